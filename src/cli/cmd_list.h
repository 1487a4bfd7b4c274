/* cmd_list: `sms-otp list [--json] [--count]`, with filters.
 *
 * Owns: the table of who is enrolled.
 * MUST: show damaged enrolments too, and exit 2 then; work with faulty settings.
 * Never: reads counters. */
#ifndef CLI_CMD_LIST_H
#define CLI_CMD_LIST_H

#include "cli/invocation.h"

int cmd_list(const struct invocation *a) __attribute__((nonnull));

#endif
