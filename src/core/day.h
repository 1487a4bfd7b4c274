/* day: calendar days.
 *
 * Owns: "2027-01-31", which day a moment is in, and how far two days are apart.
 * MUST: refuse days that no calendar has; go by the host's time zone for moments, as people do.
 * Never: reads a clock. */
#ifndef CORE_DAY_H
#define CORE_DAY_H

#include <stdint.h>

#include "base/fault.h"

enum { DAY_MAX = 16 };

/* Days since the first of January 1970; a day of the years 2000 to 9999. */
int day_parse(const char *text, int32_t *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* The local day of a moment. -1: the C library cannot say. */
int day_of(int64_t wall_s, int32_t *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* "2027-01-31". Returns out. */
const char *day_text(int32_t day, char out[DAY_MAX]) __attribute__((nonnull));

#endif
