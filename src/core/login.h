/* login: the story of one login, right and back once.
 *
 * Owns: the order of the steps (policy, directory, charge, send, ask, charge, compare, consume)
 *       and the turning of faults into reasons.
 * MUST: charge before it sends and before it compares (B1); wipe code, answers and messages on
 *       every path out; fill the outcome on every path; give VERDICT_ACCEPT only after the
 *       consumption is on disk (A3); ask at most tries + resends + 4 times, with at most 3
 *       non-answers (A6).
 * Never: knows PAM, curl or stdio; keeps a lock across ask, tell or a send; logs (the caller
 *       makes the audit line of the outcome). */
#ifndef CORE_LOGIN_H
#define CORE_LOGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/admission.h"
#include "core/dialogue.h"
#include "core/directory.h"
#include "core/dispatch.h"
#include "core/facts.h"
#include "core/settings.h"
#include "core/state.h"
#include "core/tempo.h"
#include "core/verdict.h"
#include "wire/talk.h"

/* The rooms that a login walks through, opened by the caller. */
struct login_house {
	const struct settings *settings;
	const struct state *state;
	const struct directory *directory;
	const struct dispatch *dispatch;
	const char *host; /* this machine's short name, for the SMS */
	/* what has been asked already (core/admission.h), or NULL */
	const struct admission_entrance *entrance;
	/* begun by the caller, who keeps it afterwards; NULL: nothing is concealed */
	struct tempo *tempo;
};

void login_run(const struct login_house *house, const struct facts *facts,
	const struct dialogue_people *people, struct verdict_outcome *outcome)
	__attribute__((nonnull));

#endif
