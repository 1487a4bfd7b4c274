/* height: wall time that never runs backwards (F5).
 *
 * Owns: the highest wall time seen, the moment of a boot at which it was seen, and its encoding;
 *       the bounds of times on the disk.
 * MUST: never go down; go on at the pace of the boot while it lasts, whatever is done to the clock
 *       (a clock set ahead must not empty windows, one set back must not stretch locks); follow
 *       a clock that is ahead only at the first sight in a boot; let pass there at least as much
 *       time as the boot has lasted, so that no clock that is behind keeps a place or a lock of
 *       an earlier boot young. A height belongs to one machine.
 * Never: reads a clock. Pure. */
#ifndef CORE_HEIGHT_H
#define CORE_HEIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "core/slot.h"

struct height {
	int64_t wall_s;
	int64_t boot_ms; /* when it was seen, within boot_id */
	unsigned char boot_id[CLOCK_BOOT_ID_SIZE];
};

/* Bring *h to now. now->wall_s is what the clock says, or any later time. */
void height_rise(struct height *h, const struct clock_now *now) __attribute__((nonnull));

/* A time that may stand in a record: up to the end of the year 9999, up to 2^53 ms after boot. */
bool height_wall_sane(int64_t wall_s);
bool height_boot_sane(int64_t boot_ms);

void height_put(struct slot_cursor *c, const struct height *h) __attribute__((nonnull));
/* Marks the cursor bad where a time is not sane, as put does. */
void height_get(struct slot_cursor *c, struct height *h) __attribute__((nonnull));

#endif
