/* cmd_bypass: `sms-otp bypass USER --for TIME --reason TEXT`, `--end`.
 *
 * Owns: the administrator's word that a user is not asked for a while, and its end.
 * MUST: want a length and a reason; log who, how long, and why (audit); say when it ends.
 * Never: lets a blocked user by. */
#ifndef CLI_CMD_BYPASS_H
#define CLI_CMD_BYPASS_H

#include "cli/invocation.h"

int cmd_bypass(const struct invocation *a) __attribute__((nonnull));

#endif
