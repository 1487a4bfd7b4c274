/* sample: a made-up order for a description, to see what would be sent.
 *
 * Owns: the made-up number, text, id and values; what somebody may put in their place.
 * MUST: stand a marker, SECRET-NAME, in for every secret, and take none from outside: what comes
 *       out of it may be shown whole (G1).
 * Never: does I/O. Pure. */
#ifndef SENDER_SAMPLE_H
#define SENDER_SAMPLE_H

#include <stdbool.h>

#include "base/fault.h"
#include "sender/provider.h"
#include "wire/order.h"

#define SAMPLE_NUMBER "+4915112345678"

/* words: VARIABLE=VALUE each, also number=+NUMBER and text=TEXT; NULL-terminated. The order gets
 * them, and of the required variables and of each one_of what is missing. */
int sample_order(const struct provider *p, const char *const *words, struct order *o,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* The optional variables too, for a call that cannot do without. */
int sample_optional(const struct provider *p, struct order *o, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
