/* logbook: the engine's mouth: one line in the system's log.
 *
 * Owns: where a line goes: into the journal with its fields, or else to syslog.
 * MUST: log each line once: syslog only where the journal did not take it.
 * Never: fails. */
#ifndef ENGINE_LOGBOOK_H
#define ENGINE_LOGBOOK_H

enum { LOGBOOK_MAX = 2400 };

void logbook_open(void);

/* priority: LOG_INFO ... */
void logbook_write(int priority, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), nonnull(2)));

#endif
