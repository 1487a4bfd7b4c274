/* observed: what `check` says of services that are only observed (`mode`).
 *
 * Owns: the words for it; which of them stay refused all the same.
 * MUST: name every service for which nothing is enforced, as something to look at.
 * Never: changes anything. */
#ifndef CLI_OBSERVED_H
#define CLI_OBSERVED_H

#include "cli/inspection.h"
#include "core/settings.h"

void observed_inspect(struct inspection *i, const struct settings *s) __attribute__((nonnull));

#endif
