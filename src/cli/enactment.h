/* enactment: the carrying out of a revision.
 *
 * Owns: the order of its steps; the log's lines and the notices about them.
 * MUST: look at everybody whom it will change before the first step; have on disk, before the
 *       first step, which second steps there will be (unfinished), so that after a crash at any
 *       point the same command, run again, completes it; change each user as enroll, set-number,
 *       add-number, remove-number and forget do.
 * Never: asks. */
#ifndef CLI_ENACTMENT_H
#define CLI_ENACTMENT_H

#include "cli/house.h"
#include "cli/revision.h"
#include "cli/unfinished.h"

struct enactment {
	const struct house *house; /* all of it is open */
	const struct revision *revision;
	struct unfinished *unfinished; /* as it was read; filled with what is begun */
	bool notify;                   /* tell numbers of changes by SMS (F6) */
	size_t done;                   /* out: users of the revision */
};

/* -1 with e->done: so many users are done, and no other has been touched but the one that the
 * fault is about. */
int enactment_run(struct enactment *e, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Somebody of an import that was cut short whom the revision does not treat anyway. */
bool enactment_is_left(const struct revision *r, const struct unfinished_user *user)
	__attribute__((nonnull));

#endif
