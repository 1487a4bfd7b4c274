/* settings_remember: the group `remember`: for which services nobody is asked again, and how long.
 *
 * Owns: its members' bounds; the words for what is wrong with one.
 * MUST: read all members or report; refuse a name that a record has no room for.
 * Never: says whether a place is remembered: that is core/place. */
#ifndef CORE_SETTINGS_REMEMBER_H
#define CORE_SETTINGS_REMEMBER_H

#include <libconfig.h>
#include <stddef.h>
#include <stdint.h>

#include "core/settings_shape.h"
#include "core/settings_value.h"

/* The root's `remember`, if there is one, into out. */
void settings_remember_read(const struct settings_value_reader *r, const config_setting_t *root,
	struct settings *out) __attribute__((nonnull));

/* The member's public face, as the table's: NULL but for 0. */
const struct settings_key *settings_remember_key(size_t i);

/* Seconds for a service; 0: always asked. */
uint32_t settings_remember_s(const struct settings *s, const char *service)
	__attribute__((nonnull));

#endif
