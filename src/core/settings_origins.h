/* settings_origins: the group `origins`: which web page's host a service's codes are bound to.
 *
 * Owns: its members' bounds; the words for what is wrong with one.
 * MUST: read all members or report; take nothing for a host that a line "@host #code" could not be
 *       read back from.
 * Never: writes a message: that is core/sms. */
#ifndef CORE_SETTINGS_ORIGINS_H
#define CORE_SETTINGS_ORIGINS_H

#include <libconfig.h>
#include <stddef.h>

#include "core/settings_shape.h"
#include "core/settings_value.h"

/* The root's `origins`, if there is one, into out. */
void settings_origins_read(const struct settings_value_reader *r, const config_setting_t *root,
	struct settings *out) __attribute__((nonnull));

/* The member's public face, as the table's: NULL but for 0. */
const struct settings_key *settings_origins_key(size_t i);

/* The host for a service, or NULL. */
const char *settings_origins_host(const struct settings *s, const char *service)
	__attribute__((nonnull));

#endif
