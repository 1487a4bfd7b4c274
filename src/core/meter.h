/* meter: how often something happened in a sliding window, in time buckets.
 *
 * Owns: counts in METER_BUCKETS buckets that together cover the window.
 * MUST: never report fewer events than happened in the last window_s seconds (it may report
 *       those of up to one bucket more); when the window's length changes, carry the whole sum
 *       into the present bucket; treat time that runs backwards as standing still.
 * Never: does I/O. Pure. The struct is what lies on disk, field by field, through slot's
 *        encoding. */
#ifndef CORE_METER_H
#define CORE_METER_H

#include <stdint.h>

enum { METER_BUCKETS = 16 };

struct meter {
	uint32_t window_s; /* 0: never used */
	/* number of the newest bucket: seconds / (window_s / 15, rounded up) */
	int64_t period;
	uint32_t counts[METER_BUCKETS]; /* [period % METER_BUCKETS] is the newest; saturating */
};

/* Bring *m to now and to window_s. */
void meter_turn(struct meter *m, uint32_t window_s, int64_t now_s) __attribute__((nonnull));
/* Events in the window. */
uint32_t meter_sum(const struct meter *m) __attribute__((nonnull));
void meter_add(struct meter *m) __attribute__((nonnull));
/* Take one event back, from the newest bucket that has one; nothing below zero. */
void meter_refund(struct meter *m) __attribute__((nonnull));
/* Seconds from now_s until the sum is below limit (0 if it is now). */
int64_t meter_wait_s(const struct meter *m, uint32_t limit, int64_t now_s) __attribute__((nonnull));

#endif
