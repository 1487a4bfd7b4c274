/* variables: what a description asks its site for.
 *
 * Owns: the `variables` and `one_of` keys of a description; the match of an order's variables to
 *       them.
 * MUST: before any request refuse a required variable that is missing, one that the description
 *       does not know, and a value that is not of its kind; say names, never values (G1).
 * Never: copies a value. Pure. */
#ifndef SENDER_VARIABLES_H
#define SENDER_VARIABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "sender/tree.h"
#include "sender/values.h"
#include "wire/order.h"

struct variables_one {
	const char *name;
	enum values_kind kind;
	bool required, secret;
	const char *fallback; /* NULL: none */
	const char *must;     /* the only value it may have. NULL: any */
	const char *doc;
};

struct variables {
	size_t n;
	struct variables_one at[ORDER_VARIABLES_MAX];
	const struct tree_node *one_of; /* lists: exactly one of each is set. NULL: none */
};

/* From the root of a description. */
int variables_read(const struct tree_node *root, struct variables *v, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Add the variables with their values in the order. */
int variables_bind(const struct variables *v, const struct order *o, struct values *out,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Add the names alone, for judging templates. */
int variables_names(const struct variables *v, struct values *out)
	__attribute__((warn_unused_result, nonnull));

#endif
