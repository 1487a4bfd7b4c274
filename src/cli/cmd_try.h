/* cmd_try: `sms-otp try USER [--service NAME]`: one login by the same rooms as the engine, without
 * PAM.
 *
 * Owns: the talk with the person at this terminal, the showing of verdict, reason and PAM code.
 * MUST: run login_run itself, so that what is seen is what a login does.
 * Never: shows a code. */
#ifndef CLI_CMD_TRY_H
#define CLI_CMD_TRY_H

#include "cli/invocation.h"

int cmd_try(const struct invocation *a) __attribute__((nonnull));

#endif
