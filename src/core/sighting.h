/* sighting: what a delivery has shown about the routes, for the logins to come.
 *
 * Owns: the change of the site's record after it.
 * MUST: write only what is news.
 * Never: keeps a lock when it returns; decides anything about a login. */
#ifndef CORE_SIGHTING_H
#define CORE_SIGHTING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "core/state.h"

struct sighting {
	const char *route;
	bool works; /* else it has failed */
};

/* Write what changes the memory of failed routes. No login depends on it. */
int sighting_note(const struct state *s, const struct sighting *all, size_t n, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
