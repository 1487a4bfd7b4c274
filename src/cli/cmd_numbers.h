/* cmd_numbers: `sms-otp add-number`, `remove-number`, `default-number`.
 *
 * Owns: the change of a user's further numbers, and the notices about it (F6).
 * MUST: store a number only after its proof, unless told --unverified; void live codes and forget
 *       known places when a number goes: it may have been the one that they came by.
 * Never: leaves a user without a number. */
#ifndef CLI_CMD_NUMBERS_H
#define CLI_CMD_NUMBERS_H

#include "cli/invocation.h"

int cmd_numbers_add(const struct invocation *a) __attribute__((nonnull));
int cmd_numbers_remove(const struct invocation *a) __attribute__((nonnull));
int cmd_numbers_default(const struct invocation *a) __attribute__((nonnull));

#endif
