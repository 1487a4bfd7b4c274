/* cmd_stats: `sms-otp stats [--since TIME] [--file FILE] [--json|--prometheus] [--online]`.
 *
 * Owns: which facts are gathered for which form.
 * MUST: print metrics whole or not at all, so that a collector keeps the last ones; use no network
 *       but with --online.
 * Never: changes anything; holds a lock while it prints or asks. */
#ifndef CLI_CMD_STATS_H
#define CLI_CMD_STATS_H

#include "cli/invocation.h"

int cmd_stats(const struct invocation *a) __attribute__((nonnull));

#endif
