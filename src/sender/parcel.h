/* parcel: one order's number, text and code, as the names {number}, {text} and {code} of a
 * description.
 *
 * Owns: the forms of a number; the code that is found in a text.
 * MUST: refuse a number that is not one E.164 number, and a text that is empty or not UTF-8, for
 *       every kind of delivery; wipe its copies.
 * Never: does I/O, or says a value in a fault (G1). Pure. */
#ifndef SENDER_PARCEL_H
#define SENDER_PARCEL_H

#include <stdbool.h>

#include "base/fault.h"
#include "sender/tree.h"
#include "sender/values.h"
#include "wire/order.h"

enum { PARCEL_CODE_MIN = 4, PARCEL_CODE_MAX = 10 };

/* What values point into: it must outlive them. */
struct parcel {
	char number[ORDER_NUMBER_MAX + 2];
	char code[PARCEL_CODE_MAX + 1];
};

/* `number` of a description: "plus", "digits" or "00". */
int parcel_check_form(const struct tree_node *form, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Add {number} in the form of the node, "plus" where that is NULL. */
int parcel_number(struct parcel *p, const struct tree_node *form, const char *e164,
	struct values *v, struct fault *f) __attribute__((warn_unused_result, nonnull(1, 3, 4, 5)));
/* Add {number} and {code}, and say whether the text is beyond GSM. {text} is the caller's: some
 * speak it. */
int parcel_pack(struct parcel *p, const struct tree_node *form, const struct order *o,
	struct values *v, struct fault *f) __attribute__((warn_unused_result, nonnull(1, 3, 4, 5)));
void parcel_wipe(struct parcel *p) __attribute__((nonnull));

#endif
