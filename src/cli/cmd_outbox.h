/* cmd_outbox: `sms-otp outbox [--follow] [--last N]`.
 *
 * Owns: printing the messages of the route outbox as they come.
 * MUST: work before the file exists and after it was replaced; end with status 0 on SIGINT.
 * Never: changes the file. */
#ifndef CLI_CMD_OUTBOX_H
#define CLI_CMD_OUTBOX_H

#include "cli/invocation.h"

int cmd_outbox(const struct invocation *a) __attribute__((nonnull));

#endif
