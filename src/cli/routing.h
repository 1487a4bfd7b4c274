/* routing: do the routes reach the numbers that may be texted, and which are passed over?
 *
 * Owns: what `check` says of `only`, and of the memory of failed routes.
 * MUST: name every prefix of numbers.prefixes of which numbers are left to no route.
 * Never: asks a provider, opens anything. */
#ifndef CLI_ROUTING_H
#define CLI_ROUTING_H

#include "base/clock.h"
#include "cli/inspection.h"
#include "core/settings.h"
#include "core/site.h"

void routing_inspect_cover(struct inspection *i, const struct settings *s) __attribute__((nonnull));

/* Of the routes in the settings, also of those for voice. */
void routing_inspect_detours(struct inspection *i, const struct settings *s,
	const struct site *site, const struct clock_now *now) __attribute__((nonnull));

#endif
