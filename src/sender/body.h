/* body: what a request carries: a form, JSON, plain text, or nothing.
 *
 * Owns: the JSON writer; the form and query encoding; which of the three a block has.
 * MUST: let the JSON writer do all quoting (E5); encode every byte of a form but the unreserved;
 *       leave out fields whose condition does not hold.
 * Never: does I/O. Pure. */
#ifndef SENDER_BODY_H
#define SENDER_BODY_H

#include "base/fault.h"
#include "sender/buffer.h"
#include "sender/envelope.h"
#include "sender/tree.h"
#include "sender/values.h"

/* A list of fields: query, form. */
int body_check_form(const struct tree_node *list, const struct values *known, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
int body_check_json(const struct tree_node *value, const struct values *known, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* NAME=VALUE&... */
int body_form(const struct tree_node *list, const struct values *v, struct buffer *out,
	struct fault *f) __attribute__((warn_unused_result, nonnull));
int body_json(const struct tree_node *value, const struct values *v, struct buffer *out,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
