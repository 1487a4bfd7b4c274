/* rollout_back: the ends of a change to pam.d: it is kept, or the old file comes back.
 *
 * Owns: when a change may be confirmed, and what is put back over what; the lines in the system's
 *       log.
 * MUST: decide under the records' lock; put back the old file by itself whatever somebody made of
 *       it meanwhile, and keep that beside the record; touch a changed file at a person's wish only
 *       by force.
 * Never: asks, prints. */
#ifndef CLI_ROLLOUT_BACK_H
#define CLI_ROLLOUT_BACK_H

#include "cli/rollout_record.h"

enum rollout_back_end {
	ROLLOUT_BACK_NOT = 0, /* and the fault says why */
	ROLLOUT_BACK_DONE,
	ROLLOUT_BACK_ALREADY, /* the file is the old one; nothing had to be done */
	ROLLOUT_BACK_CHANGED, /* it is neither the old one nor ours: nothing was done */
	ROLLOUT_BACK_LATE,    /* confirm: the time is over */
};

struct rollout_back_wish {
	const char *why; /* for the log: "revert", "timeout", "reboot" */
	bool force;      /* whatever is in the file now */
};

/* r is up to date afterwards. */
enum rollout_back_end rollout_back_put(const struct rollout_home *home,
	const struct rollout_desk *d, struct rollout_record *r, const struct rollout_back_wish *w,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* OPEN becomes KEPT. */
enum rollout_back_end rollout_back_keep(const struct rollout_home *home,
	const struct rollout_desk *d, struct rollout_record *r, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
