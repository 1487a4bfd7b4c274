/* number: strict numbers, durations and rates from text.
 *
 * Owns: the meaning of `90`, `"90s"`, `"15m"`, `"24h"`, `"7d"`, `"5/1h 10/1d"`.
 * MUST: take decimal ASCII digits only, no sign, blanks or leading zeros (but "0" itself), refuse
 *       overflow.
 * Never: looks at the locale. Links libc only. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

/* count events in window_s seconds. */
struct number_rate {
	uint32_t count;
	uint32_t window_s;
};

enum { NUMBER_RATES_MAX = 2 };

/* All of text is a number in [min, max], min >= 0. */
int number_parse(const char *text, int64_t min, int64_t max, int64_t *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* "90", "90s", "15m", "24h", "7d" -> seconds. */
int number_duration(const char *text, int64_t *seconds, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* One or two rates, separated by one blank; windows ascending, counts not descending; count
 * 1..1000000, window 1 minute to 31 days. rates[i].count == 0 marks the end. */
int number_rates(const char *text, struct number_rate rates[NUMBER_RATES_MAX], struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
