/* enlist: the recording of a phone, by an administrator or by the person at a login.
 *
 * Owns: what an entry of the directory is filled with; the record of a candidate, who has begun to
 *       enrol at a login; the change that makes one a user.
 * MUST: have a candidate's record on disk before anything is sent, and find it again at the next
 *       attempt, so that budgets, failures and locks outlast an attempt (B3, B5); store the number
 *       under the record's lock, within the change that is the login's success, and only where
 *       nobody has stored one: of two logins at once one wins; leave, after a crash anywhere, a
 *       candidate or a whole enrolment: the entry is stored before the record's mark goes.
 * Never: verifies, asks, counts guesses. */
#ifndef CORE_ENLIST_H
#define CORE_ENLIST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "core/account.h"
#include "core/directory.h"
#include "core/phone.h"
#include "core/state.h"

/* Name, uid, number and the time of now; the caller says whether it is verified and by whom. */
int enlist_fill(const struct account *a, const struct phone *phone, struct directory_entry *out,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Enrolments in the folder, damaged ones too. */
int enlist_count(const struct directory *d, uint32_t *n, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* --- at a login --- */

/* What a record without an entry in the directory says. */
enum enlist_past {
	ENLIST_DAMAGED = 0, /* there was an enrolment, and it is lost */
	ENLIST_NONE,        /* no record */
	ENLIST_CANDIDATE,
	ENLIST_BLOCKED, /* a candidate who is blocked */
};
int enlist_look(const struct state *s, const struct account *a, enum enlist_past *past,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Make the candidate's record where there is none. What is there already is left alone. */
int enlist_begin(const struct state *s, const struct account *a, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* A login that enrols. */
struct enlist {
	const struct directory *directory;
	const struct phone *phone;
	bool done; /* out: the number is on disk */
};

/* Within the change that is the success: store the number, and take the mark off ch->user. 0
 * without e->done: somebody else was faster. */
int enlist_seal(struct enlist *e, const struct account *a, struct state_change *ch, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* One more, for the site's budgets. */
int enlist_counted(const struct state *s, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
