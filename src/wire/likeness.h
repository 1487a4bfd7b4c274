/* likeness: are two orders for one and the same route?
 *
 * Owns: what belongs to a route in an order: description, ca_file, proxy, loopback_http, and every
 *       variable with its value; not the message.
 * MUST: tell apart all that differs in one of these; give nothing away of a secret to who has not
 *       got the key.
 * Never: keeps an order. */
#ifndef WIRE_LIKENESS_H
#define WIRE_LIKENESS_H

#include "base/digest.h"
#include "base/fault.h"
#include "wire/order.h"

/* key: DIGEST_SIZE random bytes; only likenesses under the same key can be compared. */
int likeness_take(const struct order *o, const unsigned char key[DIGEST_SIZE],
	unsigned char out[DIGEST_SIZE], struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
