/* span: a stretch of time that an administrator granted, and that ends by itself (F5).
 *
 * Owns: its start and end, its rest at a moment, and its encoding.
 * MUST: go by the time since boot within the boot in which it began, and by wall time that never
 *       runs backwards after it; last no longer than it was granted for, nor than SPAN_MAX_S,
 *       whatever is done to the clock.
 * Never: reads a clock. Pure. */
#ifndef CORE_SPAN_H
#define CORE_SPAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "core/slot.h"

enum { SPAN_MAX_S = 7 * 86400 };

/* All zero: none. */
struct span {
	int64_t start_wall_s, until_wall_s;
	int64_t until_boot_ms;
	unsigned char boot_id[CLOCK_BOOT_ID_SIZE];
};

/* now->wall_s never runs backwards. length_s: 1 to SPAN_MAX_S. */
void span_begin(struct span *s, int64_t length_s, const struct clock_now *now)
	__attribute__((nonnull));
/* Seconds that are left; 0: it is over, or there is none. */
int64_t span_rest_s(const struct span *s, const struct clock_now *now) __attribute__((nonnull));

/* A span that span_begin makes, or none. */
bool span_sane(const struct span *s) __attribute__((nonnull));
void span_put(struct slot_cursor *c, const struct span *s) __attribute__((nonnull));
void span_get(struct slot_cursor *c, struct span *s) __attribute__((nonnull));

#endif
