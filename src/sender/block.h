/* block: one call of a description: send, voice, poll or check.
 *
 * Owns: the keys of a block, which of them each call has, and the judgement of all of it while it
 *       is read.
 * MUST: find every fault of a description before the first request is made of it, with file and
 *       line; take no key that it does not know.
 * Never: makes requests or reads answers. Pure. */
#ifndef SENDER_BLOCK_H
#define SENDER_BLOCK_H

#include "base/fault.h"
#include "sender/tree.h"
#include "sender/variables.h"
#include "wire/order.h"

/* A NULL node: not said. The nodes are judged, so that others can use them without a second look.
 * */
struct block {
	enum order_action action; /* ORDER_ACTION_NONE: there is no such call */
	const struct tree_node *method, *url;
	/* these may stand at the top, for all calls */
	const struct tree_node *number, *headers, *auth, *code, *errors;
	const struct tree_node *common_errors; /* the top's, after the block's own */
	/* what is sent */
	const struct tree_node *query, *form, *json, *text, *content_type;
	/* what the answer means */
	const struct tree_node *success, *id, *balance;
	const struct tree_node *state, *delivered, *failed, *not_found;
	/* how it is spoken */
	const struct tree_node *pause, *repeat;
};

/* The keys at the top of a description that all blocks share, into *common. */
int block_read_common(const struct tree_node *root, const struct variables *v, struct block *common,
	struct fault *f) __attribute__((warn_unused_result, nonnull));
int block_read(const struct tree_node *group, enum order_action action, const struct variables *v,
	struct block *b, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* The names that a call has besides the variables, without values. */
int block_names(enum order_action action, struct values *names)
	__attribute__((warn_unused_result, nonnull));

#endif
