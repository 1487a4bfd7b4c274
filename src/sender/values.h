/* values: the names that a description may use, and what they stand for in one order.
 *
 * Owns: the list, the kinds, and what each kind allows.
 * MUST: hold pointers only, so that a secret is not copied; never say a value in a fault (G1).
 * Never: does I/O. Pure.
 *
 * The same struct serves while a description is read: names with a text of NULL are known, and
 * not set. */
#ifndef SENDER_VALUES_H
#define SENDER_VALUES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

/* What a value may be, and so where it may stand: only host and label may choose where a request
 * goes to, and url alone may begin it; only program may choose what is run, and folder where
 * something is written (E5). */
enum values_kind {
	VALUES_TEXT = 0, /* printable UTF-8 */
	VALUES_SENDER,   /* a sender: 1..32 printable ASCII characters */
	VALUES_HOST,     /* a host name or address, and a port */
	VALUES_LABEL,    /* one label of a host name */
	VALUES_URL,      /* https://host[:port][/path], or http where the order allows it */
	VALUES_PROGRAM,  /* an absolute path */
	VALUES_FOLDER,   /* an absolute path */
	VALUES_ADDRESS,  /* one e-mail address, without a name */
};

enum { VALUES_MAX = 24 };

struct values_one {
	const char *name;
	enum values_kind kind;
	const char *text; /* NULL: not set */
};

struct values {
	size_t n;
	struct values_one at[VALUES_MAX];
	bool unicode; /* the message has characters outside GSM 03.38 */
};

/* -1: the list is full. */
int values_add(struct values *v, const char *name, enum values_kind kind, const char *text)
	__attribute__((warn_unused_result, nonnull(1, 2)));
/* By a name that need not be terminated; NULL when it is not known. */
const struct values_one *values_find(const struct values *v, const char *name, size_t len)
	__attribute__((nonnull));
/* "text" ... "address"; -1 for another word. */
int values_kind_named(const char *word, enum values_kind *kind)
	__attribute__((warn_unused_result, nonnull));
/* NULL when text is of that kind, or else what is expected of it. */
const char *values_expected(enum values_kind kind, const char *text) __attribute__((nonnull));

#endif
