/* slot_write: how a changed record gets to the disk.
 *
 * Owns: the order of writes and syncs of a file with two slots (F2).
 * MUST: write over a slot only while the other one is on the disk: sync first where nobody knows
 *       (whoever wrote it was killed before the sync, or the power went), and leave it to be seen,
 *       behind a sync, that it need not be done again; take a record that could not be synced out
 *       of the way again.
 * Never: reads, locks, or knows what is in a record. */
#ifndef CORE_SLOT_WRITE_H
#define CORE_SLOT_WRITE_H

#include "base/fault.h"
#include "core/slot.h"

/* One sealed slot, to where slot_next has said. Durable when it returns 0; after -1 nothing may be
 * believed to be written. */
int slot_write_synced(int fd, const unsigned char *slot, const struct slot_shape *shape,
	const struct slot_target *to, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Makes it a lazy one, and does not wait for the disk. */
int slot_write_lazily(int fd, unsigned char *slot, const struct slot_shape *shape,
	const struct slot_target *to, struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
