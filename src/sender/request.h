/* request: an order and the block for it, made into an envelope.
 *
 * Owns: the order in which the parts are filled; the spoken form of a text.
 * MUST: encode every value by the place where it stands (E5); check the order's variables before
 *       anything else, for every action.
 * Never: does I/O, or says a value in a fault (G1). Pure. */
#ifndef SENDER_REQUEST_H
#define SENDER_REQUEST_H

#include "base/fault.h"
#include "sender/envelope.h"
#include "sender/provider.h"
#include "wire/order.h"

/* The variables alone: what is missing, unknown or malformed. */
int request_check(const struct provider *p, const struct order *o, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Of the provider's block for o->action, which must exist. *e is wiped on failure; the caller
 * wipes it on success. */
int request_make(const struct provider *p, const struct order *o, struct envelope *e,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
