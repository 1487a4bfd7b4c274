/* route: which provider is tried next.
 *
 * Owns: the order of routes, which numbers a route serves, and what a receipt means for the route.
 * MUST: plan every route that serves the number, once each, also those that are passed over, which
 *       come last.
 * Never: does I/O; lets a refused number or a fault of our own side speak against a route.
 *        Pure. */
#ifndef CORE_ROUTE_H
#define CORE_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "core/settings.h"
#include "core/site.h"
#include "wire/order.h"

enum { ROUTE_MIN_MS = 500 }; /* with less time left no further route is started */

/* The routes that serve a number, as indexes, in the order in which they are to be tried. */
struct route_plan {
	size_t n;
	uint8_t at[SETTINGS_ROUTES_MAX];
};

/* As configured; those that are passed over (core/detour) at the end, better than nothing when all
 * others fail. A route whose trial is due keeps its place; if that is the first, the trial is
 * claimed in site, which the caller then writes. site NULL: nothing is remembered. */
struct route_plan route_plan(const struct settings_route *routes, size_t nroutes, const char *e164,
	struct site *site, const struct clock_now *now) __attribute__((nonnull(1, 3, 5)));

/* `only` of the route, if it has one, has a prefix of this number. */
bool route_serves(const struct settings_route *r, const char *e164) __attribute__((nonnull));

/* What a receipt says of its route, for all numbers. Nothing where it may speak of this message or
 * this number alone: a number that is refused, a request that the description did not foresee,
 * too many messages at once (429); one user must not turn everybody's messages to another route. */
enum route_word { ROUTE_SAYS_NOTHING = 0, ROUTE_WORKS, ROUTE_FAILS };
enum route_word route_says(const struct receipt *r) __attribute__((nonnull));

/* Are there numbers beginning with prefix that no route serves? gap: the first of the
 * beginnings (prefix itself, or more digits) of which none is served; "" if there are none. */
bool route_gap(const struct settings_route *routes, size_t nroutes, const char *prefix,
	char gap[PHONE_MAX + 1]) __attribute__((warn_unused_result, nonnull));

#endif
