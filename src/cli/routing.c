#include "cli/routing.h"

#include <string.h>

#include "cli/moment.h"
#include "core/detour.h"
#include "core/route.h"

void routing_inspect_cover(struct inspection *i, const struct settings *s)
{
	char gap[PHONE_MAX + 1];

	for (size_t k = 0; k < s->nprefixes; k++) {
		const char *prefix = s->prefixes[k];

		if (!route_gap(s->routes, s->nroutes, prefix, gap))
			continue;
		if (strcmp(gap, prefix) == 0)
			inspection_add(i, INSPECTION_TROUBLE, "routes",
				"%s is in numbers.prefixes, but no route serves it (see `only`): "
				"no code will be sent there",
				prefix);
		else
			inspection_add(i, INSPECTION_FINDING, "routes",
				"%s is in numbers.prefixes, but no route serves numbers that begin "
				"with %s (see `only`): no code will be sent to them",
				prefix, gap);
	}
}

static bool named(const struct settings_route *routes, size_t n, const char *name)
{
	for (size_t k = 0; k < n; k++)
		if (strcmp(routes[k].name, name) == 0)
			return true;
	return false;
}

void routing_inspect_detours(struct inspection *i, const struct settings *s,
	const struct site *site, const struct clock_now *now)
{
	char left[MOMENT_MAX];

	for (int k = 0; k < SITE_ROUTES; k++) {
		const char *name = site->routes[k].name;

		if (name[0] == 0 || detour_look(site, name, now) != DETOUR_ACTIVE)
			continue;
		if (!named(s->routes, s->nroutes, name) && !named(s->voice, s->nvoice, name))
			continue;
		inspection_add(i, INSPECTION_FINDING, "routes",
			"%s: has failed and is passed over for another %s: until then logins try "
			"it only after all others",
			name, moment_span((detour_left_ms(site, name, now) + 999) / 1000, left));
	}
}
