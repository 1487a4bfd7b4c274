/* step: what the steps of a login share: one prompt and what came back, and the ways to end.
 *
 * Owns: the turning of faults and of a conversation's ends into reasons; how many tries are left;
 *       the deadline of the present step (D11).
 * MUST: fill the outcome whenever it says STEP_ENDED; give no verdict but VERDICT_DENY.
 * Never: charges, compares, sends. */
#ifndef CORE_STEP_H
#define CORE_STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/dialogue.h"
#include "core/facts.h"
#include "core/language.h"
#include "core/ledger.h"
#include "core/settings.h"
#include "core/state.h"
#include "core/verdict.h"

/* What a step says about the story: it has ended and the outcome is filled, or it goes on. */
enum step_end { STEP_ENDED = 0, STEP_GO_ON };

struct step {
	const struct settings *settings;
	const struct state *state;
	const struct facts *facts;
	struct verdict_outcome *outcome;
	struct ledger ledger;
	struct dialogue dialogue;
	uint32_t tries_left;
	int64_t deadline_ms;
};

void step_renew_deadline(struct step *s) __attribute__((nonnull));

enum step_end step_refuse(struct step *s, enum talk_reason reason) __attribute__((nonnull));
/* Refuse, and tell the person why and until when, as far as that is theirs to know. */
enum step_end step_refuse_aloud(struct step *s, enum talk_reason reason,
	const struct ledger_grant *g) __attribute__((nonnull));
enum step_end step_broken(struct step *s, enum talk_reason reason, const struct fault *f)
	__attribute__((nonnull));

/* In the user's own language from now on, but where a decoy conceals who is known; NONE: they have
 * none. What has no catalogue is said in English. */
void step_speak(struct step *s, enum language own) __attribute__((nonnull));

/* One line for the log. */
void step_note(struct step *s, const char *text) __attribute__((nonnull));
/* What an administrator should know of a charge: a budget that is nearly spent, or is spent, or a
 * pause that begins. */
void step_note_grant(struct step *s, const struct ledger_grant *g) __attribute__((nonnull));

/* One prompt and what came back, as far as it ends the story here. The caller wipes *answer. */
enum step_end step_ask(struct step *s, struct talk_answer *answer) __attribute__((nonnull));

/* Neither code nor command: no guess, but not for ever (A6). */
enum step_end step_non_answer(struct step *s, enum message_situation situation, int64_t wait_s)
	__attribute__((nonnull));

#endif
