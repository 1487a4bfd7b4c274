/* chronicle: where the events of the past are kept.
 *
 * Owns: the choice of the source: a file that is named, systemd's journal, or the files of syslog
 *       and their older ones, compressed or not; the reading of them, oldest first.
 * MUST: hold one line in memory at a time; take from the journal root's entries only, since anybody
 *       may write one under our name; end every program that it starts.
 * Never: writes; says that there is nothing where it could not look. */
#ifndef CLI_CHRONICLE_H
#define CLI_CHRONICLE_H

#include <stdint.h>

#include "base/fault.h"
#include "cli/trail.h"

struct chronicle {
	const char *file; /* NULL: the system's log */
	int64_t since_s;  /* nothing older */
	int64_t now_s;
	void (*each)(void *ctx, const struct trail_event *e);
	void *ctx;
};

/* ABSENT: this system keeps no log that we know of, or the file is not there. */
int chronicle_read(const struct chronicle *c, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
