/* acceptance: when an answer means yes (E6).
 *
 * Owns: `success`: the set of HTTP statuses and the tests that must all hold.
 * MUST: demand both; take nothing but 2xx as a success.
 * Never: takes "an answer came" for a yes. Pure. */
#ifndef SENDER_ACCEPTANCE_H
#define SENDER_ACCEPTANCE_H

#include <stdbool.h>

#include "base/fault.h"
#include "sender/document.h"
#include "sender/tree.h"

int acceptance_check(const struct tree_node *success, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
bool acceptance_status(const struct tree_node *success, unsigned status) __attribute__((nonnull));
/* The status and all tests. */
bool acceptance_holds(const struct tree_node *success, struct document *d) __attribute__((nonnull));

#endif
