/* settings_unenrolled: `unenrolled` as a group: what becomes of whom, and until when.
 *
 * Owns: its members, their types; the words for what is wrong with one.
 * MUST: refuse an unknown member, a group without `then`, "enroll" without `until` or without
 *       `groups`, `command` without "enroll", and a command that is not root's alone.
 * Never: says what becomes of a user: that is core/unenrolled. The word alone is the table's. */
#ifndef CORE_SETTINGS_UNENROLLED_H
#define CORE_SETTINGS_UNENROLLED_H

#include <libconfig.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/settings_shape.h"
#include "core/settings_value.h"

/* This member of the root is `unenrolled`, and a group. */
bool settings_unenrolled_is(const config_setting_t *s) __attribute__((nonnull));

/* The root's, if there is one, into out. */
void settings_unenrolled_read(const struct settings_value_reader *r, const config_setting_t *root,
	struct settings *out) __attribute__((nonnull));

/* The members' public face, as the table's: NULL after the last. */
const struct settings_key *settings_unenrolled_key(size_t i);

#endif
