/* recital: what a program, a spool or a mail server would be given, written down and not given.
 *
 * Owns: the rehearsal of the kinds of delivery that are not HTTP.
 * MUST: show what command, spool and mail would make of the same order.
 * Never: runs, opens, connects. Pure. */
#ifndef SENDER_RECITAL_H
#define SENDER_RECITAL_H

#include "base/fault.h"
#include "sender/buffer.h"
#include "sender/provider.h"
#include "wire/order.h"

/* Lines as rehearsal has them. The provider's kind is one of these three. */
int recital_write(const struct provider *p, const struct order *o, struct buffer *out,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
