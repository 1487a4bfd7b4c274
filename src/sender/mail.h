/* mail: delivery by a mail server, as a description tells.
 *
 * Owns: the group `mail`: the server, who writes to whom, and what.
 * MUST: let nothing but the description and a variable of kind host choose the server (E5); write
 *       to one plain address; demand TLS, but of a loopback address where the order allows that
 *       (E4); keep {text} and {code} out of addresses and credentials.
 * Never: knows SMTP's wire or a mail's headers. */
#ifndef SENDER_MAIL_H
#define SENDER_MAIL_H

#include <stdint.h>

#include "base/fault.h"
#include "sender/tree.h"
#include "sender/variables.h"
#include "wire/order.h"

/* A NULL node: not said. The nodes are judged. */
struct mail {
	const struct tree_node *server, *tls;
	const struct tree_node *user, *password; /* left out where their variable is not set */
	const struct tree_node *from, *to, *number;
	const struct tree_node *subject, *text;
};

int mail_read(const struct tree_node *group, const struct variables *v, struct mail *m,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* To send, or only to sign in (ORDER_ACTION_CHECK). known: the order's variables; the order's own
 * names are added. until_ms: on CLOCK_BOOTTIME. */
void mail_deliver(const struct mail *m, const struct order *o, struct values *known,
	int64_t until_ms, struct receipt *r) __attribute__((nonnull));

#endif
