/* confirm: Enter before the SMS, so that a program that answers by itself causes none.
 *
 * Owns: the setting `confirm`; the prompts before anything is sent.
 * MUST: charge nothing but guesses at what works without an SMS; hold one of the user's places for
 *       live codes while it asks (else one known password could fill all of the engine's slots
 *       with free prompts); go on only on Enter, on v where a call can be made, or on a digit of
 *       the menu; bear as many non-answers as the login does (A6).
 * Never: sends. */
#ifndef CORE_CONFIRM_H
#define CORE_CONFIRM_H

#include <stdbool.h>

#include "core/challenge.h"
#include "core/numbers.h"
#include "core/offline.h"
#include "core/settings.h"
#include "core/step.h"

/* The service is listed. */
bool confirm_wanted(const struct settings *s, const char *service)
	__attribute__((warn_unused_result, nonnull));

struct confirm {
	struct step *step;
	struct offline *offline;
	const struct challenge *challenge;
	const struct numbers *numbers;
	bool can_call;
	bool entered; /* out: the challenge has its place on the record */
	bool call;    /* out: v, not Enter */
	bool chosen;  /* out: a menu digit, which stands for Enter; place: of that number */
	size_t place;
};

/* GO_ON: send. */
enum step_end confirm_run(struct confirm *c) __attribute__((warn_unused_result, nonnull));

#endif
