/* admission: who is it, must they bring a code, and where is their phone - before anything is
 * charged or sent.
 *
 * Owns: the order of these questions: policy, account, the peer's right to the name (E1),
 *       directory, allowed prefixes (G3).
 * MUST: say VERDICT_CHALLENGE only with account and entry filled; fill the outcome otherwise;
 *       keep "not there" and "could not find out" apart (C3).
 * Never: charges, sends, asks. */
#ifndef CORE_ADMISSION_H
#define CORE_ADMISSION_H

#include "core/account.h"
#include "core/directory.h"
#include "core/facts.h"
#include "core/settings.h"
#include "core/state.h"
#include "core/verdict.h"

struct admission {
	const struct settings *settings;
	const struct state *state; /* for the number's tag */
	const struct directory *directory;
	struct account account;       /* out */
	struct directory_entry entry; /* out */
};

enum verdict admission_decide(struct admission *a, const struct facts *facts,
	struct verdict_outcome *outcome) __attribute__((warn_unused_result, nonnull));

#endif
