/* refusal: which class a provider's error belongs to.
 *
 * Owns: the `errors` list of a description, the default by HTTP status, and the words for people.
 * MUST: take the first entry that fits, the block's own before the common ones; 429, 5xx
 *       temporary; 401, 402, 403 account; all other statuses request.
 * Never: repeats what a provider wrote (G1). Pure. */
#ifndef SENDER_REFUSAL_H
#define SENDER_REFUSAL_H

#include "base/fault.h"
#include "sender/document.h"
#include "sender/tree.h"
#include "wire/order.h"

int refusal_check(const struct tree_node *errors, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* RECEIPT_NONE when no entry fits. code: "" where there is none. */
enum receipt_outcome refusal_class(const struct tree_node *errors, struct document *d,
	const char *code) __attribute__((nonnull));
/* The outcome of a class; RECEIPT_NONE where there is no such class. */
enum receipt_outcome refusal_named(const char *word) __attribute__((nonnull));
enum receipt_outcome refusal_by_status(unsigned status);
const char *refusal_words(enum receipt_outcome outcome, unsigned status);

#endif
