/* recording: from a typed user and number to a proven pair that may be stored.
 *
 * Owns: the steps that enroll, set-number and add-number share: open the house, judge the user,
 *       judge the number, prove the phone, judge both again.
 * MUST: say SPEECH_YES only when every step did; ask again after a proof, because minutes have
 *       passed and the user may have been enrolled, forgotten or changed meanwhile.
 * Never: stores anything. */
#ifndef CLI_RECORDING_H
#define CLI_RECORDING_H

#include "cli/house.h"
#include "cli/invocation.h"
#include "cli/subject.h"
#include "core/phone.h"

struct recording {
	/* SPEECH_YES if this user may get a number by this command; else it has said why not. */
	int (*judge_user)(const struct house *h, const char *name, struct subject *who);
	unsigned state; /* HOUSE_NEW_STATE or HOUSE_STATE */
	/* likewise about the number, or NULL */
	int (*judge_number)(const struct subject *who, const struct phone *phone);
};

/* For those that are about somebody enrolled, as judge_user. */
int recording_judge_enrolled(const struct house *h, const char *name, struct subject *who)
	__attribute__((warn_unused_result, nonnull));

/* a: operands USER and NUMBER, OPTION_UNVERIFIED and OPTION_LANGUAGE. An exit status; what went
 * wrong has been said. */
int recording_prepare(struct house *h, const struct invocation *a, const struct recording *r,
	struct subject *who, struct phone *phone) __attribute__((warn_unused_result, nonnull));

#endif
