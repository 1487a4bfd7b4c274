/* cmd_show: `sms-otp show USER [--json]`.
 *
 * Owns: the picture of one user for people and for programs.
 * MUST: say for a damaged record what is wrong and what to do, and exit 2; show what can be shown
 *       with faulty settings.
 * Never: changes anything. */
#ifndef CLI_CMD_SHOW_H
#define CLI_CMD_SHOW_H

#include "cli/invocation.h"

int cmd_show(const struct invocation *a) __attribute__((nonnull));

#endif
