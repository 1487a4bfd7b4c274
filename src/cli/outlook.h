/* outlook: what the records would say to a login that needs a code, now, and how they stand.
 *
 * Owns: what people are told of core/forecast.
 * MUST: judge by the rooms that a login asks, in its order.
 * Never: writes, sends. */
#ifndef CLI_OUTLOOK_H
#define CLI_OUTLOOK_H

#include <stdbool.h>

#include "cli/house.h"
#include "cli/portrait.h"
#include "cli/whereabouts.h"
#include "core/admission.h"

struct outlook {
	enum talk_reason reason; /* NONE: an SMS goes out; else why none does */
	bool offline;            /* but there is something else to ask for */
	struct whereabouts where;
	const char *spent; /* BUDGET: whose; "" where it is a pause */
	struct portrait portrait;
};

/* The house's state is open; a has said VERDICT_CHALLENGE. */
int outlook_take(const struct house *h, const struct admission *a, const struct facts *facts,
	struct outlook *out, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* "an SMS would be sent" and the like. */
const char *outlook_standing(const struct outlook *o, char *out, size_t cap)
	__attribute__((nonnull));

#endif
