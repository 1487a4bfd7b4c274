/* cmd_prune: `sms-otp prune [--dry-run] [--older TIME]`.
 *
 * Owns: nothing but the sum.
 * MUST: print what it removed, or would remove.
 * Never: decides what goes: that is cli/residue's. */
#ifndef CLI_CMD_PRUNE_H
#define CLI_CMD_PRUNE_H

#include "cli/invocation.h"

int cmd_prune(const struct invocation *a) __attribute__((nonnull));

#endif
