/* cmd_standing: `sms-otp unlock USER`, `block USER`, `unblock USER`.
 *
 * Owns: the changes that an administrator makes to a user's lock and block.
 * MUST: log each (audit); work with faulty settings, since they are for bad days; keep a block by
 *       failures under one by the administrator.
 * Never: touches the number. */
#ifndef CLI_CMD_STANDING_H
#define CLI_CMD_STANDING_H

#include "cli/invocation.h"

int cmd_standing_unlock(const struct invocation *a) __attribute__((nonnull));
int cmd_standing_block(const struct invocation *a) __attribute__((nonnull));
int cmd_standing_unblock(const struct invocation *a) __attribute__((nonnull));

#endif
