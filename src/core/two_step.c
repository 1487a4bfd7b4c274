#include "core/two_step.h"

#include <string.h>

#include "base/clock.h"
#include "core/ledger_step.h"
#include "core/message_two_step.h"
#include "core/place.h"

static void tell(struct two_step *t, enum message_situation situation)
{
	struct step *s = t->step;
	const struct dialogue_people *people = s->dialogue.people;
	char text[TALK_PROMPT_MAX + 1];
	struct fault f = FAULT_INIT;

	s->dialogue.next.situation = situation;
	message_two_step(&s->dialogue.next, t->binding.alone, text, sizeof text);
	if (people->tell(people->ctx, text, s->deadline_ms, &f) < 0)
		step_note(s, "the person could not be told how to go on");
}

/* --- the first step --------------------------------------------------------------------------- */

/* Nobody can be asked to wait. */
static void not_granted(struct two_step *t, const struct ledger_grant *g)
{
	struct step *s = t->step;

	if (g->answer == LEDGER_WAIT) {
		s->dialogue.next.wait_s = g->wait_s;
		tell(t, MESSAGE_WAIT);
		step_refuse(s, TALK_REASON_BUDGET);
	} else if (g->answer == LEDGER_STILL) {
		tell(t, MESSAGE_STEP);
		step_refuse(s, TALK_REASON_SENT);
	} else {
		step_refuse_aloud(s, ledger_answer_reason(g->answer), g);
	}
}

static void not_sent(struct two_step *t, enum sending_end end, const struct fault *f)
{
	struct ledger_grant nothing = { .answer = LEDGER_REFUSED };

	switch (end) {
	case SENDING_OUTAGE:
		step_refuse_aloud(t->step, TALK_REASON_OUTAGE, &nothing);
		return;
	case SENDING_NUMBER:
		step_refuse_aloud(t->step, TALK_REASON_NUMBER, &nothing);
		return;
	case SENDING_BROKEN:
		step_refuse_aloud(t->step, TALK_REASON_SYSTEM, &nothing);
		return;
	case SENDING_SENT:
	case SENDING_WITHHELD:
	case SENDING_STATE:
	default:
		step_broken(t->step, TALK_REASON_STATE, f);
		return;
	}
}

/* The person has the code, or will have it: the next login brings it. */
static void leave_it(struct two_step *t)
{
	struct step *s = t->step;
	struct fault f = FAULT_INIT;

	if (ledger_step_keep(&s->ledger, t->challenge, s->outcome->sends, &f) < 0) {
		step_broken(s, TALK_REASON_STATE, &f);
		return;
	}
	s->dialogue.next.ref = t->challenge->tag;
	tell(t, s->dialogue.next.situation);
	step_refuse(s, TALK_REASON_SENT);
}

static void first(struct two_step *t)
{
	struct step *s = t->step;
	struct fault f = FAULT_INIT;
	struct ledger_grant g;

	if (challenge_make(s->settings->code.digits, s->state->key, t->challenge, &f) < 0) {
		step_broken(s, TALK_REASON_SYSTEM, &f);
		return;
	}
	if (ledger_open(&s->ledger, t->challenge, &g, &f) < 0) {
		step_broken(s, TALK_REASON_STATE, &f);
		return;
	}
	step_note_grant(s, &g);
	if (g.answer != LEDGER_GRANTED) {
		not_granted(t, &g);
		return;
	}
	s->ledger.unanswered++;
	memcpy(s->outcome->tag, t->challenge->tag, sizeof s->outcome->tag);
	sending_begin(t->sending);
	enum sending_end end = sending_first(t->sending, &g, s->deadline_ms, &f);
	if (end == SENDING_SENT)
		leave_it(t);
	else
		not_sent(t, end, &f);
}

/* --- the second step -------------------------------------------------------------------------- */

static void expired(struct two_step *t)
{
	tell(t, MESSAGE_EXPIRED);
	step_refuse(t->step, TALK_REASON_EXPIRED);
}

static void accept(
	struct two_step *t, const struct ledger_step_found *found, struct ledger_guess *guess)
{
	struct step *s = t->step;
	struct fault f = FAULT_INIT;
	struct ledger_grant g;

	guess->sends = found->sends;
	if (ledger_consume(&s->ledger, t->challenge, guess, &g, &f) < 0) {
		step_broken(s, TALK_REASON_STATE, &f);
		return;
	}
	if (g.answer != LEDGER_GRANTED) {
		step_refuse_aloud(s, ledger_answer_reason(g.answer), &g);
		return;
	}
	s->outcome->verdict = VERDICT_ACCEPT;
	s->outcome->reason = TALK_REASON_ACCEPTED;
	s->outcome->by = VERDICT_BY_SMS;
}

static void wrong(
	struct two_step *t, const struct ledger_guess *guess, const struct ledger_grant *g)
{
	struct step *s = t->step;
	struct ledger_grant until = *g;
	struct fault f = FAULT_INIT;

	if (ledger_step_wrong(&s->ledger, t->challenge, &f) < 0) {
		step_broken(s, TALK_REASON_STATE, &f);
		return;
	}
	until.until_wall_s = guess->until_wall_s;
	step_refuse_aloud(s, guess->limit.locked ? TALK_REASON_LOCKED : TALK_REASON_WRONG, &until);
}

/* It ended while the guess was being charged: that was none. */
static void too_late(struct two_step *t, const struct ledger_guess *guess)
{
	struct fault f = FAULT_INIT;

	if (ledger_pardon(&t->step->ledger, t->challenge, guess, &f) < 0) {
		step_broken(t->step, TALK_REASON_STATE, &f);
		return;
	}
	t->step->outcome->tries--;
	expired(t);
}

/* Charge, then compare (B1). */
static void judge(
	struct two_step *t, const struct ledger_step_found *found, const struct secret *code)
{
	struct step *s = t->step;
	unsigned char mac[DIGEST_SIZE];
	struct fault f = FAULT_INIT;
	struct ledger_guess guess;
	struct ledger_grant g;

	if (ledger_charge(&s->ledger, t->challenge, &guess, &g, &f) < 0) {
		step_broken(s, TALK_REASON_STATE, &f);
		return;
	}
	if (g.answer != LEDGER_GRANTED) {
		step_refuse_aloud(s, ledger_answer_reason(g.answer), &g);
		return;
	}
	s->outcome->tries++;
	if (clock_boot_ms() >= found->valid_until_ms) {
		too_late(t, &guess);
		return;
	}
	if (challenge_mac(s->state->key, t->challenge->id, code, mac, &f) < 0) {
		step_broken(s, TALK_REASON_SYSTEM, &f);
		return;
	}
	bool right = secret_same_bytes(mac, guess.mac, sizeof mac);
	secret_wipe_bytes(mac, sizeof mac);
	if (right)
		accept(t, found, &guess);
	else
		wrong(t, &guess, &g);
}

/* What the field had. A dead code is neither charged nor compared: whatever was typed, it lets
 * nobody in. */
static void take(
	struct two_step *t, const struct ledger_step_found *found, const struct talk_answer *typed)
{
	struct secret code = { 0 };

	if (challenge_read(typed, t->challenge->digits, &code) != CHALLENGE_CODE)
		step_refuse(t->step, TALK_REASON_NO_STEP);
	else if (found->standing != LEDGER_STEP_VALID || clock_boot_ms() >= found->valid_until_ms)
		expired(t);
	else
		judge(t, found, &code);
	secret_wipe(&code);
}

static void ask(struct two_step *t, const struct ledger_step_found *found)
{
	struct step *s = t->step;
	struct talk_answer typed;

	memcpy(s->outcome->tag, t->challenge->tag, sizeof s->outcome->tag);
	s->dialogue.field = (struct talk_field){ t->challenge->digits, found->alone };
	dialogue_next(&s->dialogue, MESSAGE_STEP, 0);
	if (step_ask(s, &typed) == STEP_GO_ON)
		take(t, found, &typed);
	secret_wipe(&typed.text);
}

static void second(struct two_step *t)
{
	struct step *s = t->step;
	struct ledger *l = &s->ledger;
	struct ledger_step_found found;
	struct fault f = FAULT_INIT;

	/* the password was proven from here, if a code is out: a success is one of this place */
	if (place_of(s->state->key, l->account->uid, s->facts, &l->place, &f) < 0) {
		step_broken(s, TALK_REASON_SYSTEM, &f);
		return;
	}
	if (ledger_step_look(l, &found, &f) < 0) {
		step_broken(s, TALK_REASON_STATE, &f);
		return;
	}
	if (found.standing == LEDGER_STEP_NONE) {
		step_refuse(s, TALK_REASON_NO_STEP);
		return;
	}
	if (challenge_recall(found.id, s->settings->code.digits, t->challenge, &f) < 0) {
		step_broken(s, TALK_REASON_SYSTEM, &f);
		return;
	}
	l->known = found.known;
	s->outcome->new_device = found.new_device;
	/* its first step was sent then, to the number that is the first */
	l->began_boot_ms = found.valid_until_ms -
			   ((int64_t)s->settings->code.lifetime_s + s->settings->deadline_s) * 1000;
	l->unanswered = 1;
	l->numbers = NULL;
	if (l->place.kind != RECORD_PLACE_NONE)
		s->outcome->place = found.known ? VERDICT_PLACE_KNOWN : VERDICT_PLACE_NEW;
	ask(t, &found);
}

void two_step_run(struct two_step *t)
{
	struct step *s = t->step;
	struct fault f = FAULT_INIT;

	if (binding_make(s->state->key, s->ledger.account->uid, s->facts, &t->binding, &f) < 0) {
		step_broken(s, TALK_REASON_SYSTEM, &f);
		return;
	}
	s->ledger.binding = &t->binding;
	if (s->facts->forward)
		second(t);
	else
		first(t);
}
