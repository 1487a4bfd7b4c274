/* settings_mode: `mode`, for all services or for some: is what we decide done, or only logged?
 *
 * Owns: the setting as a word and as a group; the words for what is wrong with it.
 * MUST: take "observe" for nothing but that word; leave what is enforced as the zero, and every
 *       service enforced that is not named.
 * Never: says what becomes of a login that is observed: that is core/policy. */
#ifndef CORE_SETTINGS_MODE_H
#define CORE_SETTINGS_MODE_H

#include <libconfig.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/settings_shape.h"
#include "core/settings_value.h"

/* The root's `mode`, if there is one, into out. */
void settings_mode_read(const struct settings_value_reader *r, const config_setting_t *root,
	struct settings *out) __attribute__((nonnull));

/* The public face, as the table's: the word, and a member of the group. */
const struct settings_key *settings_mode_key(size_t i);

/* Logins through this service are decided and logged, and nothing more. */
bool settings_mode_observes(const struct settings *s, const char *service) __attribute__((nonnull));

#endif
