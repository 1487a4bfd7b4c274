/* mending: what `sms-otp repair` does.
 *
 * Owns: the order of its steps.
 * MUST: put each damaged file aside before anything takes its place; write in place of what cannot
 *       be believed a record by core/caution; keep what only root can have written, byte for byte;
 *       leave, after a crash anywhere, damage that denies and can be mended by the same command
 *       (C5): nobody is "not enrolled" in between.
 * Never: asks; touches what is not damaged; makes a number up: a lost enrolment stays lost. */
#ifndef CLI_MENDING_H
#define CLI_MENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/attic.h"
#include "cli/triage.h"

struct mending {
	char record[ATTIC_NAME_MAX];    /* kept so in the attic; "": nothing was put there */
	char enrolment[ATTIC_NAME_MAX]; /* likewise */
	bool anew;                      /* there is a new record, by caution */
	uint32_t block;                 /* of that (enum record_block) */
	bool lost;                      /* there is no enrolment any more */
};

/* Of somebody who is TRIAGE_DAMAGED. *out says how far it came, also with -1. */
int mending_user(const struct house *h, const struct triage_user *u, struct mending *out,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* The same for the site's record; of *out: record and anew. */
int mending_site(const struct house *h, const struct damage *site, struct mending *out,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
