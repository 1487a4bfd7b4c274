/* shift: the orders that one sender gets, one after another.
 *
 * Owns: the order in memory, and what is said when: receipt, then READY, then wait; TAKEN before
 *       any order but the first (wire/word).
 * MUST: serve one order only, unless it may stay; then go on only after an order that leaves
 *       something worth keeping, and serve the route of the first order only: what is unlike it
 *       ends the shift before anything was done; have the order wiped before the receipt leaves,
 *       so that READY never comes from who still has a message; end when the other side is gone,
 *       or says anything that is no whole order.
 * Never: ends by itself while it waits: it would cross an order on its way. */
#ifndef SENDER_SHIFT_H
#define SENDER_SHIFT_H

#include <stdbool.h>
#include <stdint.h>

#include "sender/errand.h"
#include "wire/order.h"

struct shift {
	int in, out; /* orders come, receipts and words leave */
	bool stay;
	/* Carry one order out. kept: NULL where the sender does not stay. */
	void (*work)(const struct order *o, int64_t start_ms, struct errand_kept *kept,
		struct receipt *r);
};

/* 0 when the last order was answered, -1 when not even its receipt could be said. */
int shift_run(const struct shift *s) __attribute__((nonnull));

#endif
