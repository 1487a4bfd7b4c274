/* rulebook: what `check` says of the rules.
 *
 * Owns: the words for rules that can never match, names that nobody has, exemptions and their ends;
 *       and of `remember`.
 * MUST: name every exemption, and one that ends within RULEBOOK_WARN_DAYS, or has ended, as
 *       something to look at; name every service whose places are remembered, and how long.
 * Never: changes anything; asks for a user's groups. */
#ifndef CLI_RULEBOOK_H
#define CLI_RULEBOOK_H

#include <stdint.h>

#include "cli/inspection.h"
#include "core/settings.h"

enum { RULEBOOK_WARN_DAYS = 14 };

/* file: the settings', for the lines. */
void rulebook_inspect(struct inspection *i, const struct settings *s, const char *file)
	__attribute__((nonnull));

#endif
