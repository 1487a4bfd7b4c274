/* forecast: what the records would say to a login that needs a code, now.
 *
 * Owns: the trial of lock, pause, budgets and places for codes on a copy that is thrown away.
 * MUST: judge by the rooms that a login asks, in its order (core/ledger, core/field,
 *       core/two_step).
 * Never: writes, asks, sends. */
#ifndef CORE_FORECAST_H
#define CORE_FORECAST_H

#include <stdbool.h>

#include "base/fault.h"
#include "core/facts.h"
#include "core/payer.h"
#include "core/state.h"
#include "wire/talk.h"

struct forecast {
	enum talk_reason reason; /* NONE: they would be asked; else why not for an SMS's code */
	bool offline;            /* but there is something else to ask for */
	const char *spent;       /* BUDGET: whose; "" where it is a pause */
};

/* copy: of both records, already abandoned; it is changed. p->purse is the login's. */
int forecast_take(const struct payer *p, const struct facts *facts, struct state_change *copy,
	struct forecast *out, struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
