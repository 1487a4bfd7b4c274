/* rollout_begin: a new file goes into pam.d on trial.
 *
 * Owns: the order of the steps: record on disk, watcher at work, file in place.
 * MUST: leave at every step the old file, or the new one with a record that says how to go back and
 *       a watcher that does; install only over the file that was judged.
 * Never: asks, prints. */
#ifndef CLI_ROLLOUT_BEGIN_H
#define CLI_ROLLOUT_BEGIN_H

#include "cli/rollout_file.h"
#include "cli/rollout_plan.h"

struct rollout_begin {
	const struct rollout_plan *plan;
	const struct rollout_file *present; /* what was judged; without bytes: there is none */
	int64_t length_s;
	const char *by;
};

/* *r is then a copy of the record, which the caller frees, also after -1. */
int rollout_begin_trial(const struct rollout_home *home, const struct rollout_begin *b,
	struct rollout_record *r, struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
