/* cmd_check: `sms-otp check [--settings FILE] [--offline] [--json] [--two-prompts SERVICE]`.
 *
 * Owns: the order of the inspections; the clearing of a one-field mark (D3).
 * MUST: go on after a finding, so that one run names all; exit 0 fine, 1 findings, 2 trouble.
 * Never: mends. */
#ifndef CLI_CMD_CHECK_H
#define CLI_CMD_CHECK_H

#include "cli/invocation.h"

int cmd_check(const struct invocation *a) __attribute__((nonnull));

#endif
