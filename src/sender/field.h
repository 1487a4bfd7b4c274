/* field: a value as it stands in a description, and the named fields of a query, a form or a
 * header list.
 *
 * Owns: `( NAME, VALUE )` and `( NAME, VALUE, WHEN )`; the wrapped values `*value`, `*xml`,
 *       `*hex16` and `*integer`, each a group of its own with or without `*when`. (libconfig
 *       allows a key to begin with a star; JSON keys never do here, so the star marks what is
 *       ours.)
 * MUST: leave a field out whose condition does not hold; escape what stands in XML.
 * Never: does I/O. Pure. */
#ifndef SENDER_FIELD_H
#define SENDER_FIELD_H

#include <stdbool.h>

#include "base/fault.h"
#include "sender/buffer.h"
#include "sender/tree.h"
#include "sender/values.h"

/* A wrapped value or a plain text, integer or boolean. Groups and lists that are not wrapped are
 * the business of others. */
bool field_wrapped(const struct tree_node *value) __attribute__((nonnull));
int field_check(const struct tree_node *value, const struct values *known, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* Whether it is there at all. */
bool field_present(const struct tree_node *value, const struct values *v) __attribute__((nonnull));
/* What it is after unwrapping: *integer makes TREE_INTEGER, *value what it holds, the others
 * TREE_TEXT. */
const struct tree_node *field_inner(const struct tree_node *value, enum tree_kind *kind)
	__attribute__((nonnull));
/* Its text, not yet encoded for the place where the whole stands. */
int field_text(const struct tree_node *value, const struct values *v, struct buffer *out,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* One ( NAME, VALUE, WHEN ): its shape and its condition. */
int field_check_pair(const struct tree_node *pair, const struct values *known, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
bool field_pair_present(const struct tree_node *pair, const struct values *v)
	__attribute__((nonnull));

#endif
