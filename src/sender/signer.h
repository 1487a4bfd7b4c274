/* signer: a request that is signed as a whole.
 *
 * Owns: the signatures of OVHcloud and of Azure Communication Services, and their headers.
 * MUST: sign method, URL and body as they will be sent, and the time given;
 *       leave a request alone that asks for no signature.
 * Never: reads a clock, does I/O, or says a key in a fault (G1). Pure.
 *
 * Call it last: whatever is changed afterwards is not what was signed. Both providers refuse a
 * time that is minutes off. */
#ifndef SENDER_SIGNER_H
#define SENDER_SIGNER_H

#include <stdint.h>

#include "base/fault.h"
#include "sender/envelope.h"

/* wall_s: of the wall clock. */
int signer_sign(struct envelope *e, int64_t wall_s, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
