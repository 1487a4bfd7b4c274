/* subject: the user whom a command is about.
 *
 * Owns: finding a user by name, in the system or, for users who are gone from it, among the
 *       enrolments.
 * MUST: tell "not enrolled" from a damaged enrolment, with the fault of the latter.
 * Never: changes anything; prints, but for subject_enrolled. */
#ifndef CLI_SUBJECT_H
#define CLI_SUBJECT_H

#include <stdbool.h>

#include "cli/house.h"

enum subject_standing {
	SUBJECT_UNKNOWN = 0,
	SUBJECT_NOT_ENROLLED,
	SUBJECT_DAMAGED,
	SUBJECT_ENROLLED
};

struct subject {
	struct account account;
	bool in_system; /* passwd knows the name */
	enum subject_standing standing;
	struct directory_entry entry; /* ENROLLED */
	struct fault fault;           /* DAMAGED */
};

/* The house's directory is open. -1: no such user anywhere (ABSENT), or it could not be found
 * out. */
int subject_find(const struct house *h, const char *name, struct subject *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* An enrolment of that name under whatever uid: of a user whom the system no longer has, or has
 * under another uid. ABSENT when there is none. */
int subject_find_former(const struct house *h, const char *name, struct subject *out,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* For a command about somebody who must be enrolled: SPEECH_YES with *out, or another exit status;
 * what went wrong has been said. */
int subject_enrolled(const struct house *h, const char *name, struct subject *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
