/* grace: what `check` says of `unenrolled`: who is let off or may enrol at a login, until when,
 * and who is denied afterwards.
 *
 * Owns: the words for it.
 * MUST: name the exemption and its last day; within RULEBOOK_WARN_DAYS of that day, and when it is
 *       over, as something to look at, with the users whom it meets as far as the system lists its
 *       users.
 * Never: changes anything. */
#ifndef CLI_GRACE_H
#define CLI_GRACE_H

#include "cli/house.h"
#include "cli/inspection.h"

/* The house's settings are usable; its directory is open, or closed where it cannot be. */
void grace_inspect(struct inspection *i, const struct house *h) __attribute__((nonnull));

#endif
