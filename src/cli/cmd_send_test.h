/* cmd_send_test: `sms-otp send-test NUMBER [--route NAME]`.
 *
 * Owns: the test text, and the report of each receipt.
 * MUST: try each route by itself, not as a login would (which stops at the first that accepts).
 * Never: sends a code. */
#ifndef CLI_CMD_SEND_TEST_H
#define CLI_CMD_SEND_TEST_H

#include "cli/invocation.h"

int cmd_send_test(const struct invocation *a) __attribute__((nonnull));

#endif
