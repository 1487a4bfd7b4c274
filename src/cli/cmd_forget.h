/* cmd_forget: `sms-otp forget USER [--yes]` (G5).
 *
 * Owns: the question before, and the account of what was erased.
 * MUST: erase nothing without a yes; work for users whom the system no longer has, and for damaged
 *       records.
 * Never: needs the settings. */
#ifndef CLI_CMD_FORGET_H
#define CLI_CMD_FORGET_H

#include "cli/invocation.h"

int cmd_forget(const struct invocation *a) __attribute__((nonnull));

#endif
