/* cmd_app: `sms-otp app USER`.
 *
 * Owns: the enrolment of an authenticator app, and its removal.
 * MUST: store a key only when a code of it has been typed back; take that code for used; show the
 *       key once, on stdout, and log the change without it (audit, G1).
 * Never: shows a key that is stored. */
#ifndef CLI_CMD_APP_H
#define CLI_CMD_APP_H

#include "cli/invocation.h"

int cmd_app(const struct invocation *a) __attribute__((nonnull));

#endif
