/* token: an OAuth2 access token by client credentials (RFC 6749, section 4.4), before the request
 * that needs it.
 *
 * Owns: the one POST to the token's URL, and what its answer means.
 * MUST: keep to the same rules and the same deadline as the request (E4); call nothing unknown,
 *       for nothing was handed over: not answered, 408, 429 and 5xx are temporary, other 4xx the
 *       account; take a token of type Bearer only, of the characters of RFC 6750.
 * Never: keeps a token for the next order, or says one in a note (G1). */
#ifndef SENDER_TOKEN_H
#define SENDER_TOKEN_H

#include "base/fault.h"
#include "sender/envelope.h"
#include "sender/http.h"
#include "wire/order.h"

/* Ask for the token that e->grant names and put it into e as Authorization. -1: *r is filled. 0
 * without a request where no token is needed. */
int token_fetch(struct envelope *e, const struct http_options *o, struct receipt *r)
	__attribute__((warn_unused_result, nonnull));

/* The parts of it that are pure. *ask is the caller's to wipe, whatever happened. */
int token_request(const struct envelope_grant *g, struct envelope *ask, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
int token_judge(const struct http_answer *a, struct envelope *e, struct receipt *r)
	__attribute__((warn_unused_result, nonnull));

#endif
