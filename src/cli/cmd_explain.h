/* cmd_explain: `sms-otp explain USER [--service S] [--from A] [--tty T] [--json]`.
 *
 * Owns: the telling of what a login would come to, and of what decides.
 * MUST: decide by the engine's own rooms, in its order; exit 0 where a code is asked for or none is
 *       needed, 1 where the login is refused, 2 where it cannot be found out.
 * Never: sends, charges, writes. */
#ifndef CLI_CMD_EXPLAIN_H
#define CLI_CMD_EXPLAIN_H

#include "cli/invocation.h"

int cmd_explain(const struct invocation *a) __attribute__((nonnull));

#endif
