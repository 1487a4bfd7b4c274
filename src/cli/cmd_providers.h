/* cmd_providers: `sms-otp providers [NAME] [--json]`.
 *
 * Owns: the table of all descriptions, and the page about one.
 * MUST: print one line for each description and nothing else, so that they can be counted; show a
 *       faulty one with its first fault, and exit 1 then.
 * Never: reads a description itself: the sender tells. */
#ifndef CLI_CMD_PROVIDERS_H
#define CLI_CMD_PROVIDERS_H

#include "cli/invocation.h"

int cmd_providers(const struct invocation *a) __attribute__((nonnull));

#endif
