/* premises: are the folders, the programs, the sender's user and the socket as they must be?
 *
 * Owns: what `check` says of the installed places (F1, E1).
 * MUST: name for everything wrong the command that mends it.
 * Never: changes anything. */
#ifndef CLI_PREMISES_H
#define CLI_PREMISES_H

#include <stdbool.h>

#include "cli/inspection.h"

/* outbox: a route uses the outbox. */
void premises_inspect(struct inspection *i, bool outbox) __attribute__((nonnull));

#endif
