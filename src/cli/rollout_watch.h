/* rollout_watch: who puts the old files back when nobody confirms in time.
 *
 * Owns: the watcher, a process of its own that outlives the person's session, its start, and the
 *       lock that tells whether there is one; what `check` says of files on trial.
 * MUST: put back what is due by CLOCK_BOOTTIME, or from an earlier boot, and try again where that
 *       fails; end only when nothing is on trial, under the records' lock, so that no new trial
 *       takes it for its own; belong to nobody's session.
 * Never: puts back what is confirmed. */
#ifndef CLI_ROLLOUT_WATCH_H
#define CLI_ROLLOUT_WATCH_H

#include "cli/inspection.h"
#include "cli/rollout_record.h"

/* Be the watcher: until nothing is on trial. At once where somebody else is. An exit status. */
int rollout_watch_run(const struct rollout_home *home) __attribute__((nonnull));

bool rollout_watch_alive(const struct rollout_home *home) __attribute__((nonnull));

/* Start one where there is none, by systemd where that runs, and wait until it watches. */
int rollout_watch_start(const struct rollout_home *home, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Who looks after a reboot; NULL: systemd does. Else what to do, for people. */
const char *rollout_watch_after_reboot(void);

void rollout_watch_inspect(struct inspection *i, const struct rollout_home *home)
	__attribute__((nonnull));

#endif
