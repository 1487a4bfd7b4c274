/* decoy: a conversation that looks like a login whose answers are all wrong (D15).
 *
 * Owns: what everybody is shown in a line of the kind: the prompts, the tries, the resends and
 *       their cool-down, the expiry, the non-answers, all by the answers' lengths and the settings
 *       alone; the last two digits of the one number that is shown, and of one for who has
 *       none.
 * MUST: say the same whoever it is, but for who has typed a right code too late; go on to the end
 *       when the login beneath has ended as a refusal; take the time that logins take.
 * Never: accepts, sends, charges; writes of a user, or anything at all in a conversation with no
 *       login beneath.
 *
 * With a login beneath it is a mask on its dialogue: the login hears the answers that count, and
 * what it would say is not shown. */
#ifndef CORE_DECOY_H
#define CORE_DECOY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/challenge.h"
#include "core/dialogue.h"
#include "core/directory.h"
#include "core/facts.h"
#include "core/phone.h"
#include "core/settings.h"
#include "core/state.h"
#include "core/tempo.h"
#include "core/verdict.h"

struct decoy_terms {
	const struct settings *settings;
	const struct state *state;
	const struct directory *directory;
	const struct facts *facts;
	struct tempo *tempo;
};

/* What the last answer was. */
enum decoy_heard { DECOY_NOTHING = 0, DECOY_FIRST, DECOY_SEND, DECOY_GUESS };

/* All its own. */
struct decoy {
	struct decoy_terms terms;
	struct dialogue *dialogue;
	struct verdict_outcome *outcome;
	struct dialogue_mask mask;
	struct challenge sham; /* tag and times; no code */
	struct phone phone;    /* its last two digits are shown; "": not looked for */
	enum message_situation situation;
	int64_t wait_s;
	int64_t sent_ms;
	uint32_t tries_left, resends_left, non_answers_left;
	uint32_t sends, tries; /* of the outcome, before the last answer */
	enum decoy_heard heard;
	bool confirm; /* Enter is asked for first */
	bool sends_now;
	bool alone; /* no login beneath, or none any more */
	bool over;
};

/* Put it on a login's dialogue; d stays where it is until decoy_end. */
void decoy_begin(struct decoy *d, const struct decoy_terms *terms, struct dialogue *dialogue,
	struct verdict_outcome *outcome) __attribute__((nonnull));
/* The login has ended: go on without it if it was refused before its time. */
void decoy_end(struct decoy *d) __attribute__((nonnull));

/* A whole conversation with no login beneath. The outcome is a refusal already and stays one. */
void decoy_run(const struct decoy_terms *terms, const struct dialogue_people *people,
	struct verdict_outcome *outcome) __attribute__((nonnull));

#endif
