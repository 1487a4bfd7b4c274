#include "core/route.h"

#include <string.h>

#include "base/text.h"
#include "core/detour.h"

bool route_serves(const struct settings_route *r, const char *e164)
{
	for (size_t i = 0; i < r->nonly; i++) {
		if (text_starts(e164, r->only[i]))
			return true;
	}
	return r->nonly == 0;
}

static bool passed_over(const struct site *site, const char *route, const struct clock_now *now)
{
	return site && detour_look(site, route, now) == DETOUR_ACTIVE;
}

struct route_plan route_plan(const struct settings_route *routes, size_t nroutes, const char *e164,
	struct site *site, const struct clock_now *now)
{
	struct route_plan plan = { .n = 0 };

	for (int last = 0; last <= 1; last++) {
		for (size_t i = 0; i < nroutes && i < SETTINGS_ROUTES_MAX; i++) {
			if (route_serves(&routes[i], e164) &&
				passed_over(site, routes[i].name, now) == (last == 1))
				plan.at[plan.n++] = (uint8_t)i;
		}
	}
	if (site && plan.n > 0)
		detour_claim(site, routes[plan.at[0]].name, now);
	return plan;
}

enum { TOO_MANY_REQUESTS = 429 };

enum route_word route_says(const struct receipt *r)
{
	switch (r->outcome) {
	case RECEIPT_ACCEPTED:
	case RECEIPT_RECIPIENT:
		return ROUTE_WORKS;
	case RECEIPT_TEMPORARY:
		return r->http_status == TOO_MANY_REQUESTS ? ROUTE_SAYS_NOTHING : ROUTE_FAILS;
	case RECEIPT_ACCOUNT:
	case RECEIPT_UNKNOWN: /* the time ran out: whoever comes next must not wait as long */
		return ROUTE_FAILS;
	case RECEIPT_REQUEST:
	case RECEIPT_NONE:
	case RECEIPT_PENDING:
	case RECEIPT_LOCAL:
	case RECEIPT_COUNT:
	default:
		return ROUTE_SAYS_NOTHING;
	}
}

static bool all_served(const struct settings_route *routes, size_t nroutes, const char *prefix)
{
	for (size_t i = 0; i < nroutes; i++) {
		if (route_serves(&routes[i], prefix))
			return true;
	}
	return false;
}

/* Some numbers with this prefix may be served, though not all by one `only`. */
static bool part_served(const struct settings_route *routes, size_t nroutes, const char *prefix)
{
	for (size_t i = 0; i < nroutes; i++) {
		for (size_t k = 0; k < routes[i].nonly; k++) {
			if (text_starts(routes[i].only[k], prefix))
				return true;
		}
	}
	return false;
}

/* Digit by digit, as if counting: a beginning of which all is served is stepped over, one of
 * which a part is served is looked into. No longer than the longest `only`. */
bool route_gap(const struct settings_route *routes, size_t nroutes, const char *prefix,
	char gap[PHONE_MAX + 1])
{
	size_t floor = strlen(prefix), len = floor;

	memset(gap, 0, PHONE_MAX + 1);
	if (len > PHONE_MAX)
		return false;
	memcpy(gap, prefix, len);
	for (;;) {
		bool all = all_served(routes, nroutes, gap);
		if (!all && (len == PHONE_MAX || !part_served(routes, nroutes, gap)))
			return true;
		if (!all) {
			gap[len++] = '0';
			continue;
		}
		while (len > floor && gap[len - 1] == '9')
			gap[--len] = '\0';
		if (len == floor)
			break;
		gap[len - 1]++;
	}
	memset(gap, 0, PHONE_MAX + 1);
	return false;
}
