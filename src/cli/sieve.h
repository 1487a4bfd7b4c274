/* sieve: which of the enrolled users a list is about.
 *
 * Owns: the filters of list, and what each means.
 * MUST: take only who passes all of them; say where it cannot be found out, instead of leaving
 *       somebody out without a word.
 * Never: changes anything. */
#ifndef CLI_SIEVE_H
#define CLI_SIEVE_H

#include "cli/house.h"
#include "cli/invocation.h"

struct sieve {
	const struct invocation *a;
	const struct house *house; /* its directory is open, and what sieve_parts wants */
};

/* No filter is given. */
bool sieve_is_open(const struct invocation *a) __attribute__((nonnull));

/* What the filters need beside the directory: bits of enum house_part. BAD: a value is not as it
 * must be, or there is no such group. */
int sieve_parts(const struct invocation *a, unsigned *parts, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

int sieve_takes(const struct sieve *s, const struct directory_entry *e, bool *takes,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
