#include "core/login.h"

#include <string.h>

#include "base/clock.h"
#include "core/admission.h"
#include "core/challenge.h"
#include "core/confirm.h"
#include "core/field.h"
#include "core/ledger.h"
#include "core/message.h"
#include "core/offline.h"
#include "core/recognition.h"
#include "core/sending.h"
#include "core/step.h"

/* One login under way. */
struct login {
	const struct login_house *house;
	struct step step;
	struct admission admission;
	struct challenge challenge;
	struct offline offline;
	struct sending sending;
	struct dialogue_watch watch;
	bool entered;   /* the challenge is on the record */
	bool confirmed; /* it was asked whether to send, or nobody wants to know */
	uint32_t resends_left;
};

static enum step_end decide(struct login *l)
{
	l->admission.settings = l->house->settings;
	l->admission.state = l->house->state;
	l->admission.directory = l->house->directory;
	l->admission.entrance = l->house->entrance;
	if (admission_decide(&l->admission, l->step.facts, l->step.outcome) != VERDICT_CHALLENGE)
		return STEP_ENDED;
	l->step.ledger.settings = l->house->settings;
	l->step.ledger.state = l->house->state;
	l->step.ledger.account = &l->admission.account;
	l->step.ledger.service = l->step.facts->service;
	l->step.ledger.e164 = l->admission.entry.phone.e164;
	l->step.ledger.trusted = l->step.facts->trusted;
	/* where nobody has looked at the password yet no place becomes a known one; and who types a
	 * code along is not to be let off unasked */
	if (!l->step.facts->forward && recognition_begin(&l->step) == STEP_ENDED)
		return STEP_ENDED;
	return offline_begin(&l->offline, &l->step);
}

static enum step_end ask(struct login *l, struct talk_answer *answer)
{
	struct message_prompt *next = &l->step.dialogue.next;

	next->can_resend = l->resends_left > 0;
	next->can_call = l->resends_left > 0 && sending_can_call(&l->sending);
	next->ref = l->challenge.tag;
	l->offline.sms = l->entered ? &l->challenge : NULL;
	return step_ask(&l->step, answer);
}

/* No code comes, or none may be tried any more. */
static enum step_end give_up(struct login *l, enum talk_reason reason, const struct ledger_grant *g)
{
	sending_close(&l->sending);
	l->offline.sms = l->entered ? &l->challenge : NULL;
	return offline_instead(&l->offline, reason, g);
}

/* What a send that did not go out means for a login that hangs on it. */
static enum step_end not_sent(struct login *l, enum sending_end end, const struct fault *f)
{
	struct ledger_grant nothing = { .answer = LEDGER_REFUSED };

	switch (end) {
	case SENDING_OUTAGE:
		return give_up(l, TALK_REASON_OUTAGE, &nothing);
	case SENDING_NUMBER:
		return give_up(l, TALK_REASON_NUMBER, &nothing);
	case SENDING_BROKEN:
		return give_up(l, TALK_REASON_SYSTEM, &nothing);
	case SENDING_SENT:
	case SENDING_WITHHELD:
	case SENDING_STATE:
	default:
		return step_broken(&l->step, TALK_REASON_STATE, f);
	}
}

/* Who must wait for the next SMS is told the seconds, and asked to press Enter then (B5). */
static enum step_end wait_for_send(struct login *l, int64_t wait_s)
{
	struct talk_answer answer;

	dialogue_next(&l->step.dialogue, MESSAGE_WAIT, wait_s);
	enum step_end s = ask(l, &answer);
	bool enter = answer.kind == TALK_ANSWER_EMPTY;
	if (s == STEP_GO_ON && offline_wants(&l->offline, &answer))
		s = offline_instead_after(&l->offline, &answer);
	else if (s == STEP_GO_ON && (!enter || !dialogue_bear(&l->step.dialogue)))
		s = step_refuse(&l->step, TALK_REASON_BUDGET);
	secret_wipe(&answer.text);
	return s;
}

/* Enter before the SMS, where the settings want it. */
static enum step_end confirm(struct login *l)
{
	struct confirm c = { .step = &l->step,
		.offline = &l->offline,
		.challenge = &l->challenge,
		.can_call = sending_can_call(&l->sending) };
	enum step_end end = confirm_run(&c);

	l->entered = c.entered;
	l->sending.call = c.call;
	return end;
}

/* Make a code, charge it, send it. */
static enum step_end open_challenge(struct login *l)
{
	struct fault f = FAULT_INIT;
	struct ledger_grant g;

	if (challenge_make(
		    l->house->settings->code.digits, l->house->state->key, &l->challenge, &f) < 0)
		return step_broken(&l->step, TALK_REASON_SYSTEM, &f);
	if (!l->confirmed && confirm(l) == STEP_ENDED)
		return STEP_ENDED;
	l->confirmed = true;
	for (;;) {
		if (ledger_open(&l->step.ledger, &l->challenge, &g, &f) < 0)
			return step_broken(&l->step, TALK_REASON_STATE, &f);
		l->entered = l->entered || g.answer == LEDGER_WAIT || g.answer == LEDGER_GRANTED;
		if (g.answer != LEDGER_WAIT)
			break;
		if (wait_for_send(l, g.wait_s) == STEP_ENDED)
			return STEP_ENDED;
	}
	if (g.answer != LEDGER_GRANTED)
		return give_up(l, ledger_reason(g.answer), &g);
	memcpy(l->step.outcome->tag, l->challenge.tag, sizeof l->step.outcome->tag);
	if (g.warn)
		step_note(&l->step, "a send budget is used to 80 % or more");
	sending_begin(&l->sending);
	enum sending_end end = sending_first(&l->sending, &g, l->step.deadline_ms, &f);
	if (end == SENDING_SENT)
		return STEP_GO_ON;
	l->entered = l->entered && end == SENDING_STATE;
	return not_sent(l, end, &f);
}

/* Enter after an expired code: its place goes now, also where no new code is granted. */
static enum step_end replace_challenge(struct login *l)
{
	struct fault f = FAULT_INIT;

	if (l->resends_left == 0)
		return step_refuse(&l->step, TALK_REASON_EXPIRED);
	l->resends_left--;
	sending_close(&l->sending);
	l->sending.call = false;
	if (ledger_void(&l->step.ledger, &l->challenge, &f) < 0)
		return step_broken(&l->step, TALK_REASON_STATE, &f);
	challenge_wipe(&l->challenge);
	l->entered = false;
	return open_challenge(l);
}

/* A further send that was not charged. */
static enum step_end withheld(struct login *l, const struct ledger_grant *g)
{
	if (g->answer == LEDGER_WAIT)
		return step_non_answer(&l->step, MESSAGE_RESEND_SOON, g->wait_s);
	if (g->answer == LEDGER_SPENT)
		return step_non_answer(&l->step, MESSAGE_RESEND_NONE, 0);
	return give_up(l, ledger_reason(g->answer), g);
}

/* r, v: the same code again, by SMS or by a call (A7). */
static enum step_end resend(struct login *l, bool call)
{
	struct fault f = FAULT_INIT;
	struct ledger_grant g = { .answer = LEDGER_REFUSED };

	if (challenge_expired(&l->challenge, clock_boot_ms()))
		return replace_challenge(l);
	if (call && !sending_can_call(&l->sending))
		return step_non_answer(&l->step, MESSAGE_NOT_A_CODE, 0);
	if (l->resends_left == 0)
		return step_non_answer(&l->step, MESSAGE_RESEND_NONE, 0);
	enum sending_end end = sending_again(&l->sending, call, l->step.deadline_ms, &g, &f);
	if (end == SENDING_STATE)
		return step_broken(&l->step, TALK_REASON_STATE, &f);
	if (end == SENDING_WITHHELD)
		return withheld(l, &g);
	if (g.warn)
		step_note(&l->step, "a send budget is used to 80 % or more");
	l->resends_left--;
	if (end != SENDING_SENT)
		dialogue_next(
			&l->step.dialogue, call ? MESSAGE_CALL_FAILED : MESSAGE_RESEND_FAILED, 0);
	return STEP_GO_ON;
}

static enum step_end accept(struct login *l, struct ledger_guess *guess)
{
	struct fault f = FAULT_INIT;
	struct ledger_grant g;

	if (sending_settle(&l->sending, &f) < 0)
		return step_broken(&l->step, TALK_REASON_STATE, &f);
	guess->sends = l->step.outcome->sends;
	if (ledger_consume(&l->step.ledger, &l->challenge, guess, &g, &f) < 0)
		return step_broken(&l->step, TALK_REASON_STATE, &f);
	if (g.answer != LEDGER_GRANTED)
		return step_refuse_aloud(&l->step, ledger_reason(g.answer), &g);
	l->entered = false;
	l->step.outcome->verdict = VERDICT_ACCEPT;
	l->step.outcome->reason = TALK_REASON_ACCEPTED;
	l->step.outcome->by = VERDICT_BY_SMS;
	return STEP_ENDED;
}

static enum step_end right_but_late(struct login *l, const struct ledger_guess *guess)
{
	struct fault f = FAULT_INIT;

	if (ledger_pardon(&l->step.ledger, &l->challenge, guess, &f) < 0)
		return step_broken(&l->step, TALK_REASON_STATE, &f);
	l->step.outcome->tries--;
	return step_non_answer(&l->step, MESSAGE_EXPIRED, 0);
}

static enum step_end wrong(
	struct login *l, const struct ledger_guess *guess, const struct ledger_grant *g)
{
	l->step.tries_left--;
	if (guess->limit.locked) {
		struct ledger_grant until = *g;
		until.until_wall_s = guess->until_wall_s;
		return give_up(l, TALK_REASON_LOCKED, &until);
	}
	if (l->step.tries_left == 0)
		return step_refuse_aloud(&l->step, TALK_REASON_WRONG, g);
	dialogue_next(&l->step.dialogue, MESSAGE_WRONG, 0);
	return STEP_GO_ON;
}

/* The app's code in place of the SMS's. GO_ON: it cannot be used. */
static enum step_end accept_app(struct login *l, int64_t app_step, const struct limit_guess *guess)
{
	struct fault f = FAULT_INIT;

	if (sending_settle(&l->sending, &f) < 0)
		return step_broken(&l->step, TALK_REASON_STATE, &f);
	return offline_accept_app(&l->offline, app_step, guess);
}

/* Charge, then compare (B1): one guess at the SMS's code and, where there is one, at the app's. */
static enum step_end judge(struct login *l, const struct secret *code)
{
	unsigned char mac[DIGEST_SIZE];
	struct fault f = FAULT_INIT;
	struct ledger_guess guess;
	struct ledger_grant g;

	if (ledger_charge(&l->step.ledger, &l->challenge, &guess, &g, &f) < 0)
		return step_broken(&l->step, TALK_REASON_STATE, &f);
	if (g.answer != LEDGER_GRANTED)
		return give_up(l, ledger_reason(g.answer), &g);
	l->step.outcome->tries++;
	bool expired = challenge_expired(&l->challenge, clock_boot_ms());
	if (challenge_mac(l->house->state->key, l->challenge.id, code, mac, &f) < 0)
		return step_broken(&l->step, TALK_REASON_SYSTEM, &f);
	bool right = secret_same_bytes(mac, guess.mac, sizeof mac);
	int64_t app_step = offline_app_step(&l->offline, code);
	secret_wipe_bytes(mac, sizeof mac);
	if (right && !expired)
		return accept(l, &guess);
	if (app_step > 0 && accept_app(l, app_step, &guess.limit) == STEP_ENDED)
		return STEP_ENDED;
	return right ? right_but_late(l, &guess) : wrong(l, &guess, &g);
}

/* Neither the SMS's code nor a command about it. */
static enum step_end something_else(struct login *l, const struct talk_answer *typed)
{
	struct secret code = { 0 };
	enum offline_typed kind = offline_read(&l->offline, typed, &code);
	enum step_end s = STEP_GO_ON;

	if (kind == OFFLINE_NOTHING)
		s = step_non_answer(&l->step, MESSAGE_NOT_A_CODE, 0);
	else if (kind == OFFLINE_ASK)
		offline_ask_recovery(&l->offline);
	else
		s = offline_try(&l->offline, kind, &code);
	secret_wipe(&code);
	return s;
}

static enum step_end answer_once(struct login *l)
{
	struct talk_answer typed;
	struct secret code = { 0 };
	enum step_end s = ask(l, &typed);

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
			s = l->step.dialogue.next.situation == MESSAGE_EXPIRED
				    ? replace_challenge(l)
				    : step_non_answer(&l->step, MESSAGE_NOT_A_CODE, 0);
			break;
		case CHALLENGE_RECOVERY:
		case CHALLENGE_NOT_AN_ANSWER:
		default:
			s = something_else(l, &typed);
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
	if (l->entered && ledger_void(&l->step.ledger, &l->challenge, &f) < 0 &&
		l->step.outcome->fault.class == FAULT_NONE)
		l->step.outcome->fault = f;
	challenge_wipe(&l->challenge);
	offline_end(&l->offline);
}

void login_run(const struct login_house *house, const struct facts *facts,
	const struct dialogue_people *people, struct verdict_outcome *outcome)
{
	const struct settings *s = house->settings;
	struct login l = {
		.house = house,
		.step = { .settings = s,
			.state = house->state,
			.facts = facts,
			.outcome = outcome,
			.tries_left = s->code.tries },
		.resends_left = s->code.resends,
		.confirmed = !confirm_wanted(s, facts->service),
	};

	memset(outcome, 0, sizeof *outcome);
	outcome->uid = -1;
	dialogue_begin(&l.step.dialogue, people, s->code.tries, s->code.resends);
	l.sending = (struct sending){
		.settings = s,
		.dispatch = house->dispatch,
		.ledger = &l.step.ledger,
		.host = house->host,
		.challenge = &l.challenge,
		.dialogue = &l.step.dialogue,
		.outcome = outcome,
	};
	sending_begin(&l.sending);
	l.watch = sending_watch(&l.sending);
	l.step.dialogue.watch = &l.watch;
	l.step.dialogue.next.phone = &l.admission.entry.phone;
	l.step.dialogue.next.digits = s->code.digits;
	l.step.dialogue.next.override = facts->prompt;
	step_renew_deadline(&l.step);
	if (decide(&l) == STEP_ENDED)
		;
	else if (facts->forward)
		field_run(&l.offline);
	else if (open_challenge(&l) == STEP_GO_ON) {
		while (answer_once(&l) == STEP_GO_ON)
			;
	}
	leave(&l);
}
