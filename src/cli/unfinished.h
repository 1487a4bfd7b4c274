/* unfinished: what an import has begun, so that one that was cut short can be ended by the next.
 *
 * Owns: localstatedir/lib/sms-otp/import: the users whose change takes a second step, with uid and
 *       name; no number.
 * MUST: be on disk before the first step; be refused as a whole where it is not as written.
 * Never: takes a step. */
#ifndef CLI_UNFINISHED_H
#define CLI_UNFINISHED_H

#include <stdbool.h>

#include "core/account.h"

/* The second step. */
enum unfinished_step {
	UNFINISHED_NONE = 0,
	UNFINISHED_SETTLE = 's', /* membership_settle, after the number was replaced */
	UNFINISHED_VOID = 'v',   /* membership_void, after a number was removed */
	UNFINISHED_ERASE = 'e',  /* membership_erase, whole */
};

struct unfinished_user {
	enum unfinished_step step;
	struct account account;
};

/* Empty: all zero. */
struct unfinished {
	bool there; /* an import was cut short */
	size_t n, room;
	struct unfinished_user *at;
};

/* To be freed in any case. */
int unfinished_read(struct unfinished *u, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
void unfinished_free(struct unfinished *u) __attribute__((nonnull));

int unfinished_add(struct unfinished *u, const struct unfinished_user *user, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
int unfinished_write(const struct unfinished *u, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* It is all done. */
int unfinished_remove(struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Somebody is forgotten (G5). */
int unfinished_drop(uint32_t uid, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* The text of len bytes, as it is in the file. Pure. */
int unfinished_parse(char *text, struct unfinished *u, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
