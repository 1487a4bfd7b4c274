/* route: which provider is tried next.
 *
 * Owns: the order of routes and what a receipt means for the next step.
 * MUST: try each route once at most; stop on acceptance, on an unknown outcome (E9), on a
 *       recipient error, and when the time is up.
 * Never: does I/O. Pure. */
#ifndef CORE_ROUTE_H
#define CORE_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/settings.h"
#include "wire/order.h"

enum { ROUTE_MIN_MS = 500 }; /* with less time left no further route is started */

struct route_walk {
	const struct settings *settings;
	size_t next;
	int64_t deadline_ms;
};

void route_begin(struct route_walk *w, const struct settings *s, int64_t deadline_ms)
	__attribute__((nonnull));
/* The next route to try at now_ms and the absolute end of its share of the time, or NULL. */
const struct settings_route *route_next(struct route_walk *w, int64_t now_ms, int64_t *until_ms)
	__attribute__((nonnull));
/* After this receipt, shall the next route be tried? */
bool route_goes_on(const struct receipt *r) __attribute__((nonnull));

#endif
