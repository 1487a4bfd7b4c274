/* prefix: which country prefix a message is counted under.
 *
 * Owns: the choice among numbers.prefixes; the entries of state/site for them.
 * MUST: give the longest prefix that the number begins with; give an entry to each prefix of the
 *       settings, at the cost of those that the settings do not have any more.
 * Never: does I/O. Pure. */
#ifndef CORE_PREFIX_H
#define CORE_PREFIX_H

#include "core/settings.h"
#include "core/site.h"

/* "": not counted, since there is only one, or none fits. Lives as long as the settings. */
const char *prefix_of(const struct settings *s, const char *e164)
	__attribute__((returns_nonnull, nonnull));

/* NULL: nothing was counted under it yet. */
const struct site_prefix *prefix_look(const struct site *site, const char *prefix)
	__attribute__((nonnull));

/* Its entry, made if need be. NULL: there is no room, which the bounds of the settings exclude. */
struct site_prefix *prefix_entry(struct site *site, const struct settings *s, const char *prefix)
	__attribute__((nonnull));

#endif
