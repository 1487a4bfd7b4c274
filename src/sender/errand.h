/* errand: one order carried out: description, sandbox, delivery, receipt.
 *
 * Owns: the order of the steps and the time that each may take: which sandbox fits is known only
 *       when the description was read; what is kept for a next order to the same route.
 * MUST: fill *r whatever happens, in time for it to be sent; hand nothing over before every
 *       variable was judged and the sandbox is entered; send nothing to a number that the provider
 *       does not reach; end with the order's traces wiped.
 * Never: reads or writes the treaty. */
#ifndef SENDER_ERRAND_H
#define SENDER_ERRAND_H

#include <stdbool.h>
#include <stdint.h>

#include "sender/line.h"
#include "sender/provider.h"
#include "wire/order.h"

/* Starts as { 0 }. */
struct errand_kept {
	bool ready; /* another order to the same route may come; set and cleared by errand_run */
	uint32_t sandbox;
	struct provider provider;
	struct line line;
};

/* until_ms: on CLOCK_BOOTTIME, when *r must be there. The process stays in the sandbox. kept: what
 * the order before left, of the same description; NULL: this is the only one. */
void errand_run(const struct provider_folders *folders, const struct order *o, int64_t until_ms,
	struct errand_kept *kept, struct receipt *r) __attribute__((nonnull(1, 2, 5)));

#endif
