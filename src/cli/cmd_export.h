/* cmd_export: `sms-otp export`.
 *
 * Owns: the printing of everybody who is enrolled as a file that import takes.
 * MUST: print the same bytes as long as nothing changes, sorted by user; leave out and name those
 *       whom import would refuse, and exit 1 then, or 2 for damaged ones.
 * Never: needs the settings. */
#ifndef CLI_CMD_EXPORT_H
#define CLI_CMD_EXPORT_H

#include "cli/invocation.h"

int cmd_export(const struct invocation *a) __attribute__((nonnull));

#endif
