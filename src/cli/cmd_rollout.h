/* cmd_rollout: `sms-otp rollout [SERVICE [USER]] [--for TIME] [--file FILE] [--confirm] [--revert]
 * [--resume] [--force]`: the code goes into a service's file in pam.d, on trial.
 *
 * Owns: the order of the steps up to the trial, and what is told of them; the list of what was
 *       changed.
 * MUST: change nothing before everything was judged, the person has logged in by `try`, and has
 *       seen the difference and said yes.
 * Never: edits the settings or sshd's configuration. */
#ifndef CLI_CMD_ROLLOUT_H
#define CLI_CMD_ROLLOUT_H

#include "cli/invocation.h"

int cmd_rollout(const struct invocation *a) __attribute__((nonnull));

#endif
