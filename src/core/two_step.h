/* two_step: a login in two steps, for clients with one field that cannot show a second prompt.
 *
 *   first step   the password alone: a line before has proven it; a code is sent, the login refused
 *   second step  the code, alone or behind the password, before anybody looks at the password
 *
 * Owns: what either step does with the challenge that lies between them; the explicit exception to
 *       A4, by which a challenge outlives its conversation, bound to user, service and address.
 * MUST: open a challenge only where a first factor is in evidence (D4), and none beside a valid
 *       one; charge before it sends and before it compares (B1); take a code of its own binding
 *       only, in time and once (A2, A3); count nothing where there is nothing to judge; end the
 *       story.
 * Never: asks in the first step; sends in the second; takes a recovery or app code: the line that
 *       asks for the password is jumped over. */
#ifndef CORE_TWO_STEP_H
#define CORE_TWO_STEP_H

#include "core/challenge.h"
#include "core/sending.h"
#include "core/step.h"

struct two_step {
	struct step *step;
	struct sending *sending;
	struct challenge *challenge; /* the caller wipes it, and voids nothing */
	struct binding binding;      /* its own */
};

/* The first step, or with facts->forward the second. The outcome is filled. */
void two_step_run(struct two_step *t) __attribute__((nonnull));

#endif
