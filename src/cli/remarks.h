/* remarks: what `check` says of the descriptions that the routes use, before anybody is asked.
 *
 * Owns: the notes on descriptions that are uncertain or weak; the comparison of a route's variables
 *       with those that its description has.
 * MUST: tell for each route what the sender would refuse it for.
 * Never: asks a provider, shows a value of a variable (G1). */
#ifndef CLI_REMARKS_H
#define CLI_REMARKS_H

#include <stdbool.h>

#include "cli/description.h"
#include "cli/house.h"
#include "cli/inspection.h"

/* calls: bits of DESCRIPTION_*, what the route is for. False: there is no use in asking the
 * provider. */
bool remarks_inspect(struct inspection *i, const struct house *h,
	const struct settings_route *route, unsigned calls) __attribute__((nonnull));

/* Of a description that is known. False: it does not fit. */
bool remarks_compare(struct inspection *i, const struct settings_route *route,
	const struct description *d, unsigned calls) __attribute__((nonnull));

#endif
