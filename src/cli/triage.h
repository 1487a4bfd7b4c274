/* triage: all that is damaged in our folders, user by user.
 *
 * Owns: which of a user's two files makes damage of the other; the words for what was found.
 * MUST: find whatever a login would refuse as damage; tell it from what is no damage: a candidate,
 *       a uid that is somebody else's now.
 * Never: changes anything. */
#ifndef CLI_TRIAGE_H
#define CLI_TRIAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/damage.h"
#include "cli/house.h"

struct triage_user {
	/* name "": the system does not know the uid, and no enrolment has a name for it */
	struct account account;
	struct damage record, enrolment;
	struct directory_entry entry; /* of an enrolment that is whole */
};

enum triage_kind {
	TRIAGE_UNKNOWN = 0, /* it could not be found out */
	TRIAGE_SOUND,
	TRIAGE_HALF,     /* heals by itself */
	TRIAGE_ANOTHERS, /* the uid was somebody else's: for forget */
	TRIAGE_LOST,     /* the enrolment is missing: for a backup, or enroll */
	TRIAGE_DAMAGED,  /* for repair */
};

/* What is wrong with this uid's files. -1: it could not be found out whose they are. */
int triage_look(const struct house *h, uint32_t uid, struct triage_user *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
enum triage_kind triage_judge(const struct triage_user *u) __attribute__((nonnull));

/* The uids that have a file, ascending; free *uids. */
int triage_uids(const struct house *h, uint32_t **uids, size_t *n, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Print on stdout what is wrong and what to type, a line or more; nothing where all is well. */
void triage_print(const struct triage_user *u) __attribute__((nonnull));
void triage_print_site(const struct damage *site) __attribute__((nonnull));

#endif
