/* timepiece: is the clock right?
 *
 * Owns: what `check` says of it.
 * MUST: hold it against the time that the site's record has seen, which a backup, another machine
 *       or a dead battery leave behind (F5).
 * Never: reads a clock, sets one. */
#ifndef CLI_TIMEPIECE_H
#define CLI_TIMEPIECE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/inspection.h"

/* clock_s: what it says; seen_s: the record's time, or 0; apps: codes that go by it. */
void timepiece_inspect(struct inspection *i, int64_t clock_s, int64_t seen_s, bool apps)
	__attribute__((nonnull));

#endif
