/* cmd_repair: `sms-otp repair [USER] [--site] [--yes]`.
 *
 * Owns: the question, and the words for what was done.
 * MUST: only look where nobody is named (F1); say what the new record denies and what to type
 *       (G5, F6): nobody is to find out at the prompt.
 * Never: more than one user at a time. */
#ifndef CLI_CMD_REPAIR_H
#define CLI_CMD_REPAIR_H

#include "cli/invocation.h"

int cmd_repair(const struct invocation *a) __attribute__((nonnull));

#endif
