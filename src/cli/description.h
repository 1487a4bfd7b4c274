/* description: what a provider's description says, as the sender tells it.
 *
 * Owns: the reading of the sender's `--describe`: lines KEY=VALUE, in the order in which the sender
 *       room `synopsis` writes them, the last of them `end=`.
 * MUST: refuse an answer without its end, and any line that is not expected (C7); make every value
 *       fit for a terminal, whatever the sender said.
 * Never: reads a description itself. */
#ifndef CLI_DESCRIPTION_H
#define CLI_DESCRIPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/consult.h"

enum { DESCRIPTION_VARIABLES_MAX = 16, DESCRIPTION_SETS_MAX = 8 };

enum {
	DESCRIPTION_SEND = 1,
	DESCRIPTION_VOICE = 2,
	DESCRIPTION_POLL = 4,
	DESCRIPTION_CHECK = 8,
};

/* Texts are never NULL; "" is not said. They live as long as the description. */
struct description_variable {
	const char *name, *kind, *fallback, *doc;
	const char *must; /* not "": the only value that it may have */
	bool required, secret;
	bool has_fallback;
};

struct description {
	struct consult_answer answer;
	const char *name, *file, *kind, *vendor, *doc;
	const char *confidence, *uncertain, *weak, *notes;
	const char *fault; /* not "": nothing below it is said */
	unsigned calls;    /* bits */
	size_t nvariables;
	struct description_variable variables[DESCRIPTION_VARIABLES_MAX];
	size_t nsets;
	uint32_t sets[DESCRIPTION_SETS_MAX]; /* a bit for each variable: exactly one is given */
};

/* What the sender knows of NAME: a fault of the description is told in d->fault, -1 is for
 * everything else. description_close after 0. */
int description_ask(const struct consult *c, const char *name, struct description *d,
	struct fault *f) __attribute__((warn_unused_result, nonnull));
/* Takes the answer over, also on -1. */
int description_read(struct consult_answer *answer, struct description *d, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
void description_close(struct description *d) __attribute__((nonnull));

/* "sms voice reports check", or as much of it as there is. Returns out. */
const char *description_calls(const struct description *d, char *out, size_t cap)
	__attribute__((nonnull));

/* Every control character, and whatever is not UTF-8, becomes '?', in place; newlines too. */
void description_clean(char *text) __attribute__((nonnull));

#endif
