/* cmd_set_number: `sms-otp set-number USER NUMBER [--unverified]`.
 *
 * Owns: the story of a change of number.
 * MUST: verify as enroll does; tell the old number of the change, or warn that it could not be told
 *       (F6).
 * Never: enrols. */
#ifndef CLI_CMD_SET_NUMBER_H
#define CLI_CMD_SET_NUMBER_H

#include "cli/invocation.h"

int cmd_set_number(const struct invocation *a) __attribute__((nonnull));

#endif
