/* delivery: one text to one phone, by the routes in their order, within one deadline.
 *
 * Owns: the walk over the routes and what a person and the log are told about its end.
 * MUST: say TAKEN or MAYBE as soon as a provider may have it, and NONE or NUMBER only when it is
 *       certain that none has (B2, E9); keep the deadline (D11).
 * Never: charges, knows what the text means. */
#ifndef CORE_DELIVERY_H
#define CORE_DELIVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/dispatch.h"
#include "core/settings.h"
#include "core/verdict.h"

struct delivery {
	const struct settings *settings;
	const struct dispatch *dispatch;
	void (*note)(void *ctx,
		const char *text); /* one line for the log about a route that failed; no secrets */
	void *ctx;
};

enum delivery_end {
	DELIVERY_NONE = 0, /* certainly not sent: no provider answered, or all refused */
	/* certainly not sent: a sender could not be started, which is no provider's outage: the
	 * caller of su or sudo may have brought it about (D7) */
	DELIVERY_BROKEN,
	DELIVERY_NUMBER, /* certainly not sent: this number is refused for good */
	DELIVERY_TAKEN,  /* a provider accepted it */
	DELIVERY_MAYBE,  /* handed over, no answer in time */
};

/* route: the name of the last route tried, "" for none. */
enum delivery_end delivery_run(const struct delivery *d, const struct dispatch_job *job,
	int64_t deadline_ms, char route[VERDICT_ROUTE]) __attribute__((nonnull));

/* A provider has it, or may have it. */
bool delivery_was_taken(enum delivery_end end);

#endif
