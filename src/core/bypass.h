/* bypass: an administrator's word that a user is asked for no code, for a while.
 *
 * Owns: whether it covers this login.
 * MUST: cover nobody who is blocked, nobody without a first factor, nothing after its end, no
 *       service but the one it names if it names one, and no login through a host that is not
 *       root's (E1: such a host names its service itself); say no where anything is in doubt.
 * Never: writes; keeps a lock when it returns. */
#ifndef CORE_BYPASS_H
#define CORE_BYPASS_H

#include <stdbool.h>

#include "base/clock.h"
#include "core/account.h"
#include "core/facts.h"
#include "core/record.h"
#include "core/state.h"

bool bypass_covers(const struct record *r, const struct facts *facts, const struct clock_now *now)
	__attribute__((warn_unused_result, nonnull));

/* The same by the record on disk. -1: it cannot be read. */
int bypass_look(const struct state *s, const struct account *a, const struct facts *facts,
	bool *covers, struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
