/* outlook: what the records would say to a login that needs a code, now.
 *
 * Owns: the trial of the counters on a copy that is thrown away.
 * MUST: judge by the rooms that a login asks, in its order.
 * Never: writes, sends. */
#ifndef CLI_OUTLOOK_H
#define CLI_OUTLOOK_H

#include <stdbool.h>

#include "cli/house.h"
#include "cli/portrait.h"

struct outlook {
	enum talk_reason reason; /* NONE: an SMS goes out; else why none does */
	bool offline;            /* but there is something else to ask for */
	struct portrait portrait;
};

/* The house's state is open. */
int outlook_take(const struct house *h, const struct account *a, const struct facts *facts,
	struct outlook *out, struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
