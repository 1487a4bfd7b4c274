/* cmd_recovery: `sms-otp recovery-codes USER`.
 *
 * Owns: the making of a user's recovery codes, and how many are left.
 * MUST: have the new codes' hashes on disk before a code is shown, and void the old ones with the
 *       same change; show them once, on stdout; log the change without them (audit, G1).
 * Never: shows a code that was made before; it is nowhere. */
#ifndef CLI_CMD_RECOVERY_H
#define CLI_CMD_RECOVERY_H

#include "cli/invocation.h"

int cmd_recovery(const struct invocation *a) __attribute__((nonnull));

#endif
