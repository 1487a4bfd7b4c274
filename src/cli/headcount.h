/* headcount: how many users are in which standing.
 *
 * Owns: one walk over the enrolments and their records.
 * MUST: hold each record's lock only while it is read, one at a time.
 * Never: changes anything. */
#ifndef CLI_HEADCOUNT_H
#define CLI_HEADCOUNT_H

#include <stdint.h>

#include "core/directory.h"
#include "core/settings.h"
#include "core/state.h"

struct headcount {
	uint32_t enrolled;
	uint32_t locked;  /* at least one purse is, after wrong codes */
	uint32_t blocked; /* by an administrator or 100 wrong codes */
	uint32_t paused;  /* no code to unknown places for a while */
	uint32_t bypassed;
	uint32_t damaged; /* enrolment or record */
};

int headcount_take(const struct settings *s, const struct state *state,
	const struct directory *directory, struct headcount *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
