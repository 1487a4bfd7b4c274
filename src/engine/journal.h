/* journal: an entry in systemd's journal, by its native protocol.
 *
 * Owns: the protocol's bytes, without libsystemd; which words of a line become fields.
 * MUST: make fields only of what stands in the line, so that nothing secret is in one that is not
 *       in the other (G1); take as `key=value` only what our own side wrote: nothing behind a
 *       colon, and nothing after the first word that is none; wait at most JOURNAL_WAIT_MS.
 * Never: keeps a descriptor; falls back to anything. */
#ifndef ENGINE_JOURNAL_H
#define ENGINE_JOURNAL_H

#include <stddef.h>

#include "base/fault.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

enum { JOURNAL_ENTRY_MAX = 8192, JOURNAL_WAIT_MS = 1000 };

struct journal_entry {
	int priority;           /* as syslog(3) has it: 0 to 7 */
	int facility;           /* its number: 10 is authpriv */
	const char *identifier; /* the program */
	const char *text;
};

/* The datagram; its length, 0 if it does not fit. */
size_t journal_compose(const struct journal_entry *e, unsigned char *out, size_t cap)
	__attribute__((warn_unused_result, nonnull));

/* ABSENT: there is no journal, or nobody behind its socket. */
int journal_send(const char *path, const struct journal_entry *e, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
