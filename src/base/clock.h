/* clock: the only room that reads a clock.
 *
 * Owns: CLOCK_BOOTTIME (measures validity and deadlines; counts suspend), the wall clock (for
 *       people and across boots), the boot id.
 * MUST: give boot time in milliseconds, wall time in seconds; deadlines are absolute boot_ms
 *       values.
 * Never: sleeps. Links libc only: the shim uses clock_boot_ms. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#include "base/fault.h"

enum { CLOCK_BOOT_ID_SIZE = 16 };

struct clock_now {
	int64_t boot_ms;                           /* CLOCK_BOOTTIME */
	int64_t wall_s;                            /* CLOCK_REALTIME */
	unsigned char boot_id[CLOCK_BOOT_ID_SIZE]; /* /proc/sys/kernel/random/boot_id */
};

/* All three. Fails where /proc cannot be read. */
int clock_read(struct clock_now *now, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* CLOCK_BOOTTIME in milliseconds; cannot fail on Linux >= 2.6.39. */
int64_t clock_boot_ms(void);

/* The same in microseconds: for what must not be told apart by its length. */
int64_t clock_boot_us(void);

/* Milliseconds until deadline_ms for poll(2): 0 when it has passed, at most INT_MAX. */
int clock_left_ms(int64_t deadline_ms);

#endif
