/* progress: how far a long work is, for who waits at a terminal.
 *
 * Owns: one line on stderr that is written over.
 * MUST: be silent where stderr is no terminal, and during the first second; leave an empty line.
 * Never: names a user. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	const char *what;
	size_t all;
	bool there, shown;
	int64_t next_ms;
};

void progress_begin(struct progress *p, const char *what, size_t all) __attribute__((nonnull));
/* done: how many are. */
void progress_step(struct progress *p, size_t done) __attribute__((nonnull));
void progress_end(struct progress *p) __attribute__((nonnull));

#endif
