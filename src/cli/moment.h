/* moment: wall time as people and programs read it.
 *
 * Owns: the two forms: local time for people, UTC (RFC 3339) for programs; those that people type.
 * MUST: say "never" or give NULL for 0, and not fail on any value.
 * Never: reads a clock. */
#ifndef CLI_MOMENT_H
#define CLI_MOMENT_H

#include <stdint.h>

#include "base/fault.h"

enum { MOMENT_MAX = 40 };

/* "2026-11-23 14:32:05" in the machine's time zone; "never" for 0. Returns out. */
const char *moment_text(int64_t wall_s, char out[MOMENT_MAX]) __attribute__((nonnull));

/* "2026-11-23T13:32:05Z"; NULL for 0. */
const char *moment_json(int64_t wall_s, char out[MOMENT_MAX]) __attribute__((nonnull));

/* "90 s", "15 min", "24 h", "7 d": the largest unit that divides it. Returns out. */
const char *moment_span(int64_t seconds, char out[MOMENT_MAX]) __attribute__((nonnull));

/* "2d": so long before now; "2026-11-23", "2026-11-23 14:32", "2026-11-23 14:32:05": local time. */
int moment_read(const char *text, int64_t now_s, int64_t *wall_s, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
