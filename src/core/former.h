/* former: who was enrolled once and has been forgotten.
 *
 * Owns: state/former, a folder with one file of no meaning for each, named by a keyed hash of uid
 *       and name.
 * MUST: leave nothing of a forgotten user but that hash (G5), so that who was enrolled once does
 *       not enrol at a login, where a stranger with the password would be as welcome; say "was
 *       not" only where the folder was read (C3).
 * Never: keeps an administrator from enrolling anybody. */
#ifndef CORE_FORMER_H
#define CORE_FORMER_H

#include <stdbool.h>

#include "base/fault.h"
#include "core/account.h"
#include "core/state.h"

/* On disk when it returns 0; makes the folder. Doing it twice is doing it once. */
int former_mark(const struct state *s, const struct account *a, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

int former_look(const struct state *s, const struct account *a, bool *was, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
