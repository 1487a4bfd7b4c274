/* providers: do the site's routes work, as far as can be told without sending?
 *
 * Owns: what `check` says of the routes, and the loud word about the outbox.
 * MUST: ask every route, not only the first that works.
 * Never: sends a message. */
#ifndef CLI_PROVIDERS_H
#define CLI_PROVIDERS_H

#include <stdbool.h>

#include "cli/house.h"
#include "cli/inspection.h"

/* A route writes to the outbox. */
bool providers_use_outbox(const struct settings *s) __attribute__((nonnull));

void providers_inspect(struct inspection *i, const struct house *h, bool offline)
	__attribute__((nonnull));

#endif
