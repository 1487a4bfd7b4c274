/* synced: whether a record's change was on the disk before its lock was given back (B1).
 *
 * Owns: for each descriptor of one process that stands for a file of state/, whether it has a write that was not synced.
 * MUST: know a lazy change (core/slot.h), which need not be synced, and one that was given up, whose head is cleared.
 * Never: touches a process; is told of calls that were made, with what came of them. */
#ifndef TESTS_FAULT_SYNCED_H
#define TESTS_FAULT_SYNCED_H

#include <stdbool.h>
#include <stddef.h>

enum { SYNCED_FDS = 64 };

enum synced_state { SYNCED_OTHER = 0, SYNCED_CLEAN, SYNCED_LAZY, SYNCED_DIRTY };

struct synced {
	enum synced_state fds[SYNCED_FDS];
};

/* name: a path as it was opened; only a record's plain name counts. */
void synced_opened(struct synced *s, long fd, const char *name);
/* head: up to 16 bytes of what was written; done: bytes that went, negative for none; asked: what was to go */
void synced_wrote(struct synced *s, long fd, const unsigned char head[16], size_t asked, long done);
void synced_synced(struct synced *s, long fd);
/* False: the change was not on the disk. */
bool synced_closed(struct synced *s, long fd);

#endif
