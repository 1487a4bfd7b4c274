/* field: a login through a host with one field, in which password and code come together
 * (forward_pass).
 *
 * Owns: the one prompt, and what its answer may be: a recovery code or an app's.
 * MUST: send nothing; judge one code a login, by offline's charge and comparison, and count nothing
 *       where there was none (A6); end the story.
 * Never: sees the password; says that a host cannot ask twice (D3). */
#ifndef CORE_FIELD_H
#define CORE_FIELD_H

#include "core/offline.h"

/* The outcome is filled. */
void field_run(struct offline *o) __attribute__((nonnull));

#endif
