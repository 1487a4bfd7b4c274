#include "core/detour.h"

#include <string.h>

#include "base/text.h"

static int find(const struct site *s, const char *route)
{
	for (int i = 0; route[0] && i < SITE_ROUTES; i++) {
		if (strcmp(s->routes[i].name, route) == 0)
			return i;
	}
	return -1;
}

/* Boot time differs between the time namespaces of one boot: an end further off than any that is
 * set here must not shut a route out. */
static bool holds(const struct site_route *r, const struct clock_now *now)
{
	return memcmp(r->boot_id, now->boot_id, sizeof r->boot_id) == 0 &&
	       r->until_boot_ms - DETOUR_MAX_MS <= now->boot_ms;
}

enum detour_state detour_look(const struct site *s, const char *route, const struct clock_now *now)
{
	int at = find(s, route);

	if (at < 0 || !holds(&s->routes[at], now))
		return DETOUR_NONE;
	return now->boot_ms < s->routes[at].until_boot_ms ? DETOUR_ACTIVE : DETOUR_DUE;
}

int64_t detour_left_ms(const struct site *s, const char *route, const struct clock_now *now)
{
	if (detour_look(s, route, now) != DETOUR_ACTIVE)
		return 0;
	return s->routes[find(s, route)].until_boot_ms - now->boot_ms;
}

void detour_claim(struct site *s, const char *route, const struct clock_now *now)
{
	if (detour_look(s, route, now) != DETOUR_DUE)
		return;
	struct site_route *r = &s->routes[find(s, route)];
	r->trial = 1;
	r->until_boot_ms = now->boot_ms + DETOUR_TRIAL_MS;
}

static int64_t length_ms(uint32_t failures)
{
	int64_t ms = DETOUR_FIRST_MS;

	for (uint32_t i = 1; i < failures && ms < DETOUR_MAX_MS; i++)
		ms *= 2;
	return ms < DETOUR_MAX_MS ? ms : DETOUR_MAX_MS;
}

/* A place for another route: a free one, one that means nothing any more, or the one that ends
 * first. */
static int place_for_new(const struct site *s, const struct clock_now *now)
{
	int best = 0;

	for (int i = 0; i < SITE_ROUTES; i++) {
		const struct site_route *r = &s->routes[i];
		if (!r->name[0] || !holds(r, now))
			return i;
		if (r->until_boot_ms < s->routes[best].until_boot_ms)
			best = i;
	}
	return best;
}

/* The route's place with nothing remembered in it; NULL: its name fits in none. */
static struct site_route *fresh(struct site *s, const char *route, const struct clock_now *now)
{
	int at = find(s, route);
	struct site_route *r = &s->routes[at >= 0 ? at : place_for_new(s, now)];

	if (!text_printable(route) || strlen(route) > ORDER_NAME_MAX)
		return NULL;
	memset(r, 0, sizeof *r);
	memcpy(r->name, route, strlen(route));
	memcpy(r->boot_id, now->boot_id, sizeof r->boot_id);
	return r;
}

bool detour_failed(struct site *s, const char *route, const struct clock_now *now)
{
	enum detour_state state = detour_look(s, route, now);
	struct site_route *r =
		state == DETOUR_NONE ? fresh(s, route, now) : &s->routes[find(s, route)];

	if (!r || (state == DETOUR_ACTIVE && !r->trial))
		return false;
	if (r->failures < UINT32_MAX)
		r->failures++;
	r->trial = 0;
	r->until_boot_ms = now->boot_ms + length_ms(r->failures);
	return true;
}

bool detour_works(struct site *s, const char *route)
{
	int at = find(s, route);

	if (at < 0)
		return false;
	memset(&s->routes[at], 0, sizeof s->routes[at]);
	return true;
}
