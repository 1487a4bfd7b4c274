/* rollout_trial: the person waits at the terminal while a new file is on trial.
 *
 * Owns: what is told meanwhile; the question after a login; Ctrl-C.
 * MUST: ask for the confirmation only after a login in a new session brought a code; take nothing
 *       but the word "yes" for one; put the old file back at "no" and at Ctrl-C; start the watcher
 *       again where it was ended.
 * Never: decides when the time is over: the watcher does. */
#ifndef CLI_ROLLOUT_TRIAL_H
#define CLI_ROLLOUT_TRIAL_H

#include "cli/house.h"
#include "cli/rollout_record.h"

/* An exit status: 0 kept, 1 not. The house's state and directory are open. */
int rollout_trial_run(const struct rollout_home *home, const struct house *h,
	const struct rollout_record *r, const char *user) __attribute__((nonnull));

/* What is told of an end, by the trial and by --confirm and --revert; an exit status. */
int rollout_trial_confirm(const struct rollout_home *home, const char *service)
	__attribute__((nonnull));
int rollout_trial_revert(const struct rollout_home *home, const char *service, bool force)
	__attribute__((nonnull));

#endif
