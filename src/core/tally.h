/* tally: a meter of small numbers, in 20 bytes: for counts of at most 250.
 *
 * Owns: counts of one byte in the same time buckets as meter's. Whoever has many of them keeps the
 *       window's length once for all, and passes it.
 * MUST: never report fewer events than happened in the last window_s seconds and were not taken
 *       back (it may report those of up to one bucket more); when the window's length changes,
 *       carry the whole sum into the present bucket; treat time that runs backwards as standing
 *       still; stay at a full bucket, from which nothing can be taken back.
 * Never: does I/O. Pure. */
#ifndef CORE_TALLY_H
#define CORE_TALLY_H

#include <stdint.h>

#include "core/slot.h"

enum { TALLY_BUCKETS = 16, TALLY_LIMIT_MAX = 250, TALLY_SIZE = 4 + TALLY_BUCKETS };

/* All zero: never used. */
struct tally {
	/* number of the newest bucket: seconds / (window_s / 15, rounded up) */
	uint32_t period;
	uint8_t counts[TALLY_BUCKETS]; /* [period % TALLY_BUCKETS] is the newest; saturating */
};

/* Bring *t to now_s. window_s > 0, here and below. */
void tally_turn(struct tally *t, uint32_t window_s, int64_t now_s) __attribute__((nonnull));
/* From one length of the window to another. from_s 0: it was never used. */
void tally_carry(struct tally *t, uint32_t from_s, uint32_t to_s, int64_t now_s)
	__attribute__((nonnull));
/* Events in the window, after a turn. */
uint32_t tally_sum(const struct tally *t) __attribute__((nonnull));
void tally_add(struct tally *t) __attribute__((nonnull));
/* Take back one event that happened at since_s or later, and that may share its cell with others':
 * the oldest that may be it, so that theirs do not seem older than they are. Where it may have left
 * the window already, nothing. */
void tally_refund(struct tally *t, uint32_t window_s, int64_t since_s) __attribute__((nonnull));
/* Seconds from now_s until the sum is below limit (0 if it is now). */
int64_t tally_wait_s(const struct tally *t, uint32_t window_s, uint32_t limit, int64_t now_s)
	__attribute__((nonnull));

void tally_put(struct slot_cursor *c, const struct tally *t) __attribute__((nonnull));
void tally_get(struct slot_cursor *c, struct tally *t) __attribute__((nonnull));

#endif
