#include "core/login.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "core/admission.h"
#include "core/challenge.h"
#include "core/ledger.h"
#include "core/message.h"
#include "core/sending.h"

/* One login under way. */
struct login {
	const struct login_house *house;
	const struct facts *facts;
	struct verdict_outcome *outcome;
	struct admission admission;
	struct ledger ledger;
	struct challenge challenge;
	struct dialogue dialogue;
	struct sending sending;
	struct dialogue_watch watch;
	bool entered; /* the challenge is on the record */
	uint32_t tries_left, resends_left;
	int64_t deadline_ms; /* for the present step (D11) */
};

/* What a step says about the story: go on, or it has ended and the outcome is filled. */
enum step { STEP_ENDED = 0, STEP_GO_ON };

static void renew_deadline(struct login *l)
{
	l->deadline_ms = clock_boot_ms() + (int64_t)l->house->settings->deadline_s * 1000;
}

static enum step refuse(struct login *l, enum talk_reason reason)
{
	l->outcome->verdict = VERDICT_DENY;
	l->outcome->reason = reason;
	return STEP_ENDED;
}

/* Refuse, and tell the person why and until when, as far as that is theirs to know. */
static enum step refuse_aloud(
	struct login *l, enum talk_reason reason, const struct ledger_grant *g)
{
	dialogue_tell_refusal(&l->dialogue, reason, g->until_wall_s, g->now_wall_s, l->deadline_ms);
	return refuse(l, reason);
}

static void note(struct login *l, const char *text)
{
	l->dialogue.people->note(l->dialogue.people->ctx, text);
}

static enum step broken(struct login *l, enum talk_reason reason, const struct fault *f)
{
	l->outcome->fault = *f;
	return refuse(l, f->class == FAULT_MEMORY ? TALK_REASON_SYSTEM : reason);
}

static enum step decide(struct login *l)
{
	l->admission.settings = l->house->settings;
	l->admission.state = l->house->state;
	l->admission.directory = l->house->directory;
	if (admission_decide(&l->admission, l->facts, l->outcome) != VERDICT_CHALLENGE)
		return STEP_ENDED;
	l->ledger.settings = l->house->settings;
	l->ledger.state = l->house->state;
	l->ledger.account = &l->admission.account;
	l->ledger.service = l->facts->service;
	l->ledger.e164 = l->admission.entry.phone.e164;
	l->ledger.trusted = l->facts->trusted;
	return STEP_GO_ON;
}

/* The host's conversation broke, or it sent the password again: it may be one that cannot prompt
 * twice (D3). */
static enum step one_field(struct login *l, enum talk_reason reason)
{
	char line[TALK_SERVICE_MAX + 160];
	struct fault f = FAULT_INIT;
	bool marked = false;

	/* Who has not asked before us has no second prompt to fail at; who has brought one answer
	 * of its own can prompt twice, whatever happened later. */
	if (!l->facts->password_taken || l->dialogue.answered > 0)
		return refuse(l, reason);
	if (ledger_one_field(&l->ledger, &marked, &f) < 0)
		l->outcome->fault = f;
	snprintf(line, sizeof line, "service %s may not be able to prompt twice%s",
		l->facts->service,
		marked ? ": no more sends until `sms-otp check --two-prompts SERVICE`" : "");
	note(l, line);
	return refuse(l, reason);
}

/* One prompt and what came back, as far as it ends the story here. */
static enum step ask(struct login *l, struct talk_answer *answer)
{
	struct fault f = FAULT_INIT;

	l->dialogue.next.tries_left = l->tries_left;
	l->dialogue.next.can_resend = l->resends_left > 0;
	l->dialogue.next.can_call = l->resends_left > 0 && sending_can_call(&l->sending);
	l->dialogue.next.ref = l->challenge.tag;
	enum dialogue_end end = dialogue_ask(&l->dialogue, answer, &f);
	renew_deadline(l);
	switch (end) {
	case DIALOGUE_ANSWERED:
		return STEP_GO_ON;
	case DIALOGUE_SILENT:
		return refuse(l, TALK_REASON_NO_ANSWER);
	case DIALOGUE_ONE_FIELD:
		return one_field(l, TALK_REASON_ONE_FIELD);
	case DIALOGUE_CONTROL:
		return refuse(l, TALK_REASON_CONVERSATION);
	case DIALOGUE_FAILED:
		return one_field(l, TALK_REASON_CONVERSATION);
	case DIALOGUE_BROKEN:
	default:
		return broken(l, TALK_REASON_CONVERSATION, &f);
	}
}

/* Neither code nor command: no guess, but not for ever (A6). */
static enum step non_answer(struct login *l, enum message_situation situation, int64_t wait_s)
{
	if (!dialogue_bear(&l->dialogue))
		return refuse(l, TALK_REASON_NO_ANSWER);
	dialogue_next(&l->dialogue, situation, wait_s);
	return STEP_GO_ON;
}

/* What a send that did not go out means for a login that hangs on it. */
static enum step not_sent(struct login *l, enum sending_end end, const struct fault *f)
{
	struct ledger_grant nothing = { .answer = LEDGER_REFUSED };

	switch (end) {
	case SENDING_OUTAGE:
		return refuse_aloud(l, TALK_REASON_OUTAGE, &nothing);
	case SENDING_NUMBER:
		return refuse_aloud(l, TALK_REASON_NUMBER, &nothing);
	case SENDING_BROKEN:
		return refuse(l, TALK_REASON_SYSTEM);
	case SENDING_SENT:
	case SENDING_WITHHELD:
	case SENDING_STATE:
	default:
		return broken(l, TALK_REASON_STATE, f);
	}
}

/* Who must wait for the next SMS is told the seconds, and asked to press Enter then (B5). */
static enum step wait_for_send(struct login *l, int64_t wait_s)
{
	struct talk_answer answer;

	dialogue_next(&l->dialogue, MESSAGE_WAIT, wait_s);
	enum step s = ask(l, &answer);
	bool enter = answer.kind == TALK_ANSWER_EMPTY;
	secret_wipe(&answer.text);
	if (s == STEP_GO_ON && (!enter || !dialogue_bear(&l->dialogue)))
		return refuse(l, TALK_REASON_BUDGET);
	return s;
}

/* Make a code, charge it, send it. */
static enum step open_challenge(struct login *l)
{
	struct fault f = FAULT_INIT;
	struct ledger_grant g;

	if (challenge_make(
		    l->house->settings->code.digits, l->house->state->key, &l->challenge, &f) < 0)
		return broken(l, TALK_REASON_SYSTEM, &f);
	for (;;) {
		if (ledger_open(&l->ledger, &l->challenge, &g, &f) < 0)
			return broken(l, TALK_REASON_STATE, &f);
		l->entered = l->entered || g.answer == LEDGER_WAIT || g.answer == LEDGER_GRANTED;
		if (g.answer != LEDGER_WAIT)
			break;
		if (wait_for_send(l, g.wait_s) == STEP_ENDED)
			return STEP_ENDED;
	}
	if (g.answer != LEDGER_GRANTED)
		return refuse_aloud(l, ledger_reason(g.answer), &g);
	memcpy(l->outcome->tag, l->challenge.tag, sizeof l->outcome->tag);
	if (g.warn)
		note(l, "a send budget is used to 80 % or more");
	sending_begin(&l->sending);
	enum sending_end end = sending_first(&l->sending, &g, l->deadline_ms, &f);
	if (end == SENDING_SENT)
		return STEP_GO_ON;
	l->entered = l->entered && end == SENDING_STATE;
	return not_sent(l, end, &f);
}

/* Enter after an expired code: its place goes now, also where no new code is granted. */
static enum step replace_challenge(struct login *l)
{
	struct fault f = FAULT_INIT;

	if (l->resends_left == 0)
		return refuse(l, TALK_REASON_EXPIRED);
	l->resends_left--;
	sending_close(&l->sending);
	if (ledger_void(&l->ledger, &l->challenge, &f) < 0)
		return broken(l, TALK_REASON_STATE, &f);
	challenge_wipe(&l->challenge);
	l->entered = false;
	return open_challenge(l);
}

/* A further send that was not charged. */
static enum step withheld(struct login *l, const struct ledger_grant *g)
{
	if (g->answer == LEDGER_WAIT)
		return non_answer(l, MESSAGE_RESEND_SOON, g->wait_s);
	if (g->answer == LEDGER_SPENT)
		return non_answer(l, MESSAGE_RESEND_NONE, 0);
	return refuse_aloud(l, ledger_reason(g->answer), g);
}

/* r, v: the same code again, by SMS or by a call (A7). */
static enum step resend(struct login *l, bool call)
{
	struct fault f = FAULT_INIT;
	struct ledger_grant g = { .answer = LEDGER_REFUSED };

	if (challenge_expired(&l->challenge, clock_boot_ms()))
		return replace_challenge(l);
	if (call && !sending_can_call(&l->sending))
		return non_answer(l, MESSAGE_NOT_A_CODE, 0);
	if (l->resends_left == 0)
		return non_answer(l, MESSAGE_RESEND_NONE, 0);
	enum sending_end end = sending_again(&l->sending, call, l->deadline_ms, &g, &f);
	if (end == SENDING_STATE)
		return broken(l, TALK_REASON_STATE, &f);
	if (end == SENDING_WITHHELD)
		return withheld(l, &g);
	if (g.warn)
		note(l, "a send budget is used to 80 % or more");
	l->resends_left--;
	if (end != SENDING_SENT)
		dialogue_next(&l->dialogue, call ? MESSAGE_CALL_FAILED : MESSAGE_RESEND_FAILED, 0);
	return STEP_GO_ON;
}

static enum step accept(struct login *l, struct ledger_guess *guess)
{
	struct fault f = FAULT_INIT;
	struct ledger_grant g;

	if (sending_settle(&l->sending, &f) < 0)
		return broken(l, TALK_REASON_STATE, &f);
	guess->sends = l->outcome->sends;
	if (ledger_consume(&l->ledger, &l->challenge, guess, &g, &f) < 0)
		return broken(l, TALK_REASON_STATE, &f);
	if (g.answer != LEDGER_GRANTED)
		return refuse_aloud(l, ledger_reason(g.answer), &g);
	l->entered = false;
	l->outcome->verdict = VERDICT_ACCEPT;
	l->outcome->reason = TALK_REASON_ACCEPTED;
	return STEP_ENDED;
}

static enum step right_but_late(struct login *l, const struct ledger_guess *guess)
{
	struct fault f = FAULT_INIT;

	if (ledger_pardon(&l->ledger, &l->challenge, guess, &f) < 0)
		return broken(l, TALK_REASON_STATE, &f);
	l->outcome->tries--;
	return non_answer(l, MESSAGE_EXPIRED, 0);
}

static enum step wrong(
	struct login *l, const struct ledger_guess *guess, const struct ledger_grant *g)
{
	l->tries_left--;
	if (guess->limit.locked) {
		struct ledger_grant until = *g;
		until.until_wall_s = guess->until_wall_s;
		return refuse_aloud(l, TALK_REASON_LOCKED, &until);
	}
	if (l->tries_left == 0)
		return refuse_aloud(l, TALK_REASON_WRONG, g);
	dialogue_next(&l->dialogue, MESSAGE_WRONG, 0);
	return STEP_GO_ON;
}

/* Charge, then compare (B1). */
static enum step judge(struct login *l, const struct secret *code)
{
	unsigned char mac[DIGEST_SIZE];
	struct fault f = FAULT_INIT;
	struct ledger_guess guess;
	struct ledger_grant g;

	if (ledger_charge(&l->ledger, &l->challenge, &guess, &g, &f) < 0)
		return broken(l, TALK_REASON_STATE, &f);
	if (g.answer != LEDGER_GRANTED)
		return refuse_aloud(l, ledger_reason(g.answer), &g);
	l->outcome->tries++;
	bool expired = challenge_expired(&l->challenge, clock_boot_ms());
	if (challenge_mac(l->house->state->key, l->challenge.id, code, mac, &f) < 0)
		return broken(l, TALK_REASON_SYSTEM, &f);
	bool right = secret_same_bytes(mac, guess.mac, sizeof mac);
	secret_wipe_bytes(mac, sizeof mac);
	if (!right)
		return wrong(l, &guess, &g);
	return expired ? right_but_late(l, &guess) : accept(l, &guess);
}

static enum step answer_once(struct login *l)
{
	struct talk_answer typed;
	struct secret code = { 0 };
	enum step s = ask(l, &typed);

	if (s == STEP_GO_ON) {
		enum challenge_answer kind = challenge_read(&typed, l->challenge.digits, &code);
		switch (kind) {
		case CHALLENGE_CODE:
			s = judge(l, &code);
			break;
		case CHALLENGE_RESEND:
		case CHALLENGE_CALL:
			s = resend(l, kind == CHALLENGE_CALL);
			break;
		case CHALLENGE_ENTER:
			s = l->dialogue.next.situation == MESSAGE_EXPIRED
				    ? replace_challenge(l)
				    : non_answer(l, MESSAGE_NOT_A_CODE, 0);
			break;
		case CHALLENGE_NOT_AN_ANSWER:
		default:
			s = non_answer(l, MESSAGE_NOT_A_CODE, 0);
			break;
		}
	}
	secret_wipe(&typed.text);
	secret_wipe(&code);
	return s;
}

/* Every path out of a login passes here: the challenge is void with its conversation, and nothing
 * of the code stays. */
static void leave(struct login *l)
{
	struct fault f = FAULT_INIT;

	sending_close(&l->sending);
	if (l->entered && ledger_void(&l->ledger, &l->challenge, &f) < 0 &&
		l->outcome->fault.class == FAULT_NONE)
		l->outcome->fault = f;
	challenge_wipe(&l->challenge);
}

void login_run(const struct login_house *house, const struct facts *facts,
	const struct dialogue_people *people, struct verdict_outcome *outcome)
{
	const struct settings *s = house->settings;
	struct login l = {
		.house = house,
		.facts = facts,
		.outcome = outcome,
		.tries_left = s->code.tries,
		.resends_left = s->code.resends,
	};

	memset(outcome, 0, sizeof *outcome);
	outcome->uid = -1;
	dialogue_begin(&l.dialogue, people, s->code.tries, s->code.resends);
	l.sending = (struct sending){
		.settings = s,
		.dispatch = house->dispatch,
		.ledger = &l.ledger,
		.host = house->host,
		.challenge = &l.challenge,
		.dialogue = &l.dialogue,
		.outcome = outcome,
	};
	sending_begin(&l.sending);
	l.watch = sending_watch(&l.sending);
	l.dialogue.watch = &l.watch;
	l.dialogue.next.phone = &l.admission.entry.phone;
	l.dialogue.next.digits = s->code.digits;
	l.dialogue.next.override = facts->prompt;
	renew_deadline(&l);
	if (decide(&l) == STEP_GO_ON && open_challenge(&l) == STEP_GO_ON) {
		while (answer_once(&l) == STEP_GO_ON)
			;
	}
	leave(&l);
}
