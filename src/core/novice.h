/* novice: somebody without a phone on record, at a login that lets them record one.
 *
 * Owns: the question for the number, and which are taken (G3).
 * MUST: have the candidate's record before the first prompt; hold one of the user's places for live
 *       codes while it asks, and ask nobody who is locked or blocked, or through a service that
 *       cannot prompt twice; bear as many non-answers as the login does (A6); take only what
 *       phone_normalise, numbers.prefixes, numbers.premium and a route take; keep what was typed
 *       out of every log (G1).
 * Never: sends; stores a number: that is enlist's, when the code has come back. */
#ifndef CORE_NOVICE_H
#define CORE_NOVICE_H

#include <stdbool.h>

#include "core/challenge.h"
#include "core/phone.h"
#include "core/step.h"

struct novice {
	struct step *step;
	const struct challenge *challenge;
	struct phone *phone; /* out: whom to send to */
	bool entered;        /* out: the challenge has its place on the record */
};

/* The candidate's record, and where the login comes from. GO_ON: both are there. */
enum step_end novice_begin(struct step *s) __attribute__((warn_unused_result, nonnull));

/* GO_ON: send to *n->phone. */
enum step_end novice_run(struct novice *n) __attribute__((warn_unused_result, nonnull));

#endif
