/* cmd_provider_check: `sms-otp provider-check FILE [VARIABLE=VALUE ...]`.
 *
 * Owns: the opening of a file that anybody may have written, and the way in which the sender's
 *       judgement is shown.
 * MUST: open nothing but a regular file; name each fault as FILE:LINE: TEXT; exit 0 good, 1 faults,
 *       2 trouble.
 * Never: reads the file itself, sends anything, takes a secret. */
#ifndef CLI_CMD_PROVIDER_CHECK_H
#define CLI_CMD_PROVIDER_CHECK_H

#include "cli/invocation.h"

int cmd_provider_check(const struct invocation *a) __attribute__((nonnull));

#endif
