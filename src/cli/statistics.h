/* statistics: what many logins come to.
 *
 * Owns: the counts by day and by route, and the times to acceptance.
 * MUST: count each event once; have a bounded size however many there are: of a route the last
 *       STATISTICS_TIMES times, and STATISTICS_DAYS days.
 * Never: does I/O, reads a clock. Pure, but for the machine's time zone. */
#ifndef CLI_STATISTICS_H
#define CLI_STATISTICS_H

#include <stddef.h>
#include <stdint.h>

#include "cli/trail.h"
#include "wire/order.h"

enum { STATISTICS_DAYS = 366, STATISTICS_ROUTES = 32, STATISTICS_TIMES = 2000 };

struct statistics_counts {
	uint64_t challenges; /* logins for which a code was sent or compared */
	uint64_t accepted;   /* let in by a code */
	uint64_t failed;     /* refused after a code was sent or compared */
	uint64_t refused;    /* refused otherwise */
	uint64_t exempt;     /* let off */
	uint64_t locked;     /* refused as locked; these are among the failed or the refused */
	uint64_t sends;      /* messages */
};

struct statistics_route {
	char name[ORDER_NAME_MAX + 1];
	uint64_t accepted; /* logins whose last message it took */
	uint64_t failed;   /* logins in which it did not take one, or did not answer */
	uint64_t delivered, undelivered; /* by the provider's reports */
	size_t ntimes;                   /* that were ever added */
	uint32_t times_ms[STATISTICS_TIMES];
};

struct statistics {
	int32_t first_day; /* days[0] (core/day.h) */
	int32_t last_day;  /* of an event; below first_day: there was none */
	struct statistics_counts all, days[STATISTICS_DAYS];
	size_t nroutes;
	struct statistics_route routes[STATISTICS_ROUTES];
};

/* first_day: of the oldest event that will be added. */
void statistics_begin(struct statistics *s, int32_t first_day) __attribute__((nonnull));
/* Events that are no logins count for nothing. */
void statistics_add(struct statistics *s, const struct trail_event *e) __attribute__((nonnull));

/* The time that so many of a hundred acceptances had (the nearest rank); -1: there were none. */
int64_t statistics_percentile_ms(const struct statistics_route *r, unsigned percent)
	__attribute__((nonnull));

#endif
