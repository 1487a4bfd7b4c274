/* cmd_enroll: `sms-otp enroll USER NUMBER [--unverified]`.
 *
 * Owns: the story of a first enrolment, from the typed number to the stored one.
 * MUST: store nothing but a number that is allowed, of a user whom the system knows and who is not
 *       enrolled, and (without --unverified) whose code was typed back.
 * Never: changes an enrolled user. */
#ifndef CLI_CMD_ENROLL_H
#define CLI_CMD_ENROLL_H

#include "cli/invocation.h"

int cmd_enroll(const struct invocation *a) __attribute__((nonnull));

#endif
