/* admission: who is it, must they bring a code, and where is their phone - before anything is
 * charged or sent.
 *
 * Owns: the order of these questions: service, account, the peer's right to the name (E1), rules,
 *       first factor; then directory, bypass, allowed prefixes (G3); or, without an entry, what the
 *       past and `unenrolled` say.
 * MUST: say VERDICT_CHALLENGE only with account (and entry, or enrols) filled; fill the outcome
 *       otherwise; keep "not there" and "could not find out" apart (C3); leave in the outcome
 *       which rule decided, and the fault of a look-up that counted as "required" (C6).
 * Never: charges, sends, asks. */
#ifndef CORE_ADMISSION_H
#define CORE_ADMISSION_H

#include "core/account.h"
#include "core/directory.h"
#include "core/facts.h"
#include "core/numbers.h"
#include "core/rules.h"
#include "core/settings.h"
#include "core/state.h"
#include "core/unenrolled.h"
#include "core/verdict.h"

/* What could be said without state and directory. */
struct admission_entrance {
	enum verdict verdict; /* CHALLENGE: on to admission_decide */
	bool known;           /* account and rule are filled */
	struct account account;
	struct rules_answer rule;
};

struct admission {
	const struct settings *settings;
	const struct state *state; /* for the number's tag */
	const struct directory *directory;
	const struct admission_entrance *entrance; /* NULL: admission_decide asks for it itself */
	struct account account;                    /* out */
	struct directory_entry entry;              /* out */
	struct numbers numbers;                    /* out: of entry */
	/* out: what `unenrolled` says; and whether the user has no phone on record, and may record
	 * one now: entry is empty then */
	struct unenrolled_answer unenrolled;
	bool enrols;
};

/* Who is sent home here needs no rooms: damaged state must not stop what asks for no code. */
enum verdict admission_enter(const struct settings *s, const struct facts *facts,
	struct admission_entrance *out, struct verdict_outcome *outcome)
	__attribute__((warn_unused_result, nonnull));

enum verdict admission_decide(struct admission *a, const struct facts *facts,
	struct verdict_outcome *outcome) __attribute__((warn_unused_result, nonnull));

#endif
