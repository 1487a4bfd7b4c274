/* auth: how a request shows who asks.
 *
 * Owns: the kinds none, basic, header, sigv4, ovh, azure and oauth2, and the one that is reserved
 *       and not built.
 * MUST: keep credentials in headers, or in what libcurl, the signer and the token make headers of
 *       (E4).
 * Never: does I/O. Pure. */
#ifndef SENDER_AUTH_H
#define SENDER_AUTH_H

#include "base/fault.h"
#include "sender/envelope.h"
#include "sender/tree.h"
#include "sender/values.h"

int auth_check(const struct tree_node *auth, const struct values *known, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
int auth_apply(const struct tree_node *auth, const struct values *v, struct envelope *e,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
