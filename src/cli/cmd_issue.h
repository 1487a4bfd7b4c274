/* cmd_issue: `sms-otp issue-code USER [--for TIME]`.
 *
 * Owns: the code that an administrator makes for one login of a user.
 * MUST: show it once, on stdout, and store nothing but its hash; void the one before; log that one
 *       was made (audit), without it.
 * Never: sends. */
#ifndef CLI_CMD_ISSUE_H
#define CLI_CMD_ISSUE_H

#include "cli/invocation.h"

int cmd_issue(const struct invocation *a) __attribute__((nonnull));

#endif
