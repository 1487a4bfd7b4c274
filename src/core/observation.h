/* observation: what would become of a login whose service is only observed (mode = "observe").
 *
 * Owns: the questions of a login that need no prompt and no send, in its order; the outcome in
 *       which both stand, what would have been and what is done.
 * MUST: let go on, as an exemption of policy (C3), whoever brings a first factor, or has it asked
 *       for behind us; leave refused who has shown nothing at all (D4), or names another user than
 *       its own (E1); never accept.
 * Never: asks, tells, sends, charges, writes. */
#ifndef CORE_OBSERVATION_H
#define CORE_OBSERVATION_H

#include "core/admission.h"
#include "core/facts.h"
#include "core/login.h"
#include "core/verdict.h"

/* admission_enter has said VERDICT_CHALLENGE, in house->entrance. The outcome has what would be,
 * with VERDICT_CHALLENGE for who would be asked; its reason is then why for no SMS's code. */
void observation_look(const struct login_house *house, const struct facts *facts,
	struct verdict_outcome *outcome) __attribute__((nonnull));

/* The end of every observed login, wherever it was decided: what would be moves to outcome->would,
 * and the verdict is what is done. */
void observation_end(const struct facts *facts, const struct admission_entrance *entrance,
	struct verdict_outcome *outcome) __attribute__((nonnull));

#endif
