/* settings_rules: the list `rules`.
 *
 * Owns: the members of a rule, their types and bounds; the words for what is wrong with one.
 * MUST: read all rules or report; refuse an unknown member, an empty list, a rule without `then`,
 *       and an `until` on anything but a skip.
 * Never: says whether a rule matches: that is core/rules. */
#ifndef CORE_SETTINGS_RULES_H
#define CORE_SETTINGS_RULES_H

#include <libconfig.h>
#include <stddef.h>

#include "core/settings_shape.h"
#include "core/settings_value.h"

/* The root's `rules`, if there are any, into out. */
void settings_rules_read(const struct settings_value_reader *r, const config_setting_t *root,
	struct settings *out) __attribute__((nonnull));

/* A list of patterns elsewhere that reads as a rule's does; path: the key in the faults. */
void settings_rules_patterns(const struct settings_value_reader *r, const config_setting_t *list,
	const char *path, struct settings *out, struct settings_words *to) __attribute__((nonnull));

/* The members' public face, as the table's: NULL after the last. */
const struct settings_key *settings_rules_key(size_t i);

#endif
