/* cmd_import: `sms-otp import FILE [--sync] [--dry-run] [--yes] [--notify] [--json]`.
 *
 * Owns: the story of an import: read, judge all, show, ask, carry out.
 * MUST: name every bad line, and change nothing then; show what would change before anything does;
 *       change nothing without a yes; not take the last administrator away without a yes of its
 *       own; say 0 where nothing is to be done or all is done, 1 where something would change or is
 *       refused, 2 in trouble.
 * Never: sends a code; prints a whole number (G1). */
#ifndef CLI_CMD_IMPORT_H
#define CLI_CMD_IMPORT_H

#include "cli/invocation.h"

int cmd_import(const struct invocation *a) __attribute__((nonnull));

#endif
