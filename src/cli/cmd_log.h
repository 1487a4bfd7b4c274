/* cmd_log: `sms-otp log USER [--since TIME] [--file FILE] [--json]`.
 *
 * Owns: one user's past, for people and for programs.
 * MUST: show whatever a log holds as printable text.
 * Never: changes anything. */
#ifndef CLI_CMD_LOG_H
#define CLI_CMD_LOG_H

#include "cli/invocation.h"

int cmd_log(const struct invocation *a) __attribute__((nonnull));

#endif
