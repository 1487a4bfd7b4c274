/* source: where in an answer a value stands, and what must be true of it.
 *
 * Owns: a path as text, lists of alternatives, { path, header, regex }; the tests equals, in,
 *       not_in, prefix, exists, absent, ignore_case.
 * MUST: compare as text; for a path with [*] demand the test of every value, and of one at least.
 * Never: changes an answer. Pure. */
#ifndef SENDER_SOURCE_H
#define SENDER_SOURCE_H

#include <stdbool.h>

#include "base/fault.h"
#include "sender/document.h"
#include "sender/tree.h"

int source_check(const struct tree_node *source, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* *text is valid until the next call. */
enum document_found source_text(const struct tree_node *source, struct document *d,
	const char **text) __attribute__((nonnull));

/* A group that is a source and a test. others: keys that may stand beside, NULL-terminated. With
 * a key of others the test may be missing. */
int source_check_test(const struct tree_node *test, const char *const *others, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* A group without a test holds. */
bool source_holds(const struct tree_node *test, struct document *d) __attribute__((nonnull));

/* text is one of a text, an integer, a boolean, or a list of them. */
bool source_among(const struct tree_node *list, const char *text, bool ignore_case)
	__attribute__((nonnull));

#endif
