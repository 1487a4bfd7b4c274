#include "core/exchange.h"

#include "base/clock.h"

/* As long as a message can go there; not where something else is asked for, nor behind a mask,
 * which shows no menu (A6). */
static void offer_numbers(const struct exchange *e, struct message_prompt *next)
{
	numbers_menu(e->sending->numbers, &next->menu);
	if (next->offline || e->step->dialogue.mask ||
		(e->resends_left == 0 && next->situation != MESSAGE_WAIT))
		next->menu.n = 0;
}

enum step_end exchange_ask(struct exchange *e, struct talk_answer *answer)
{
	struct message_prompt *next = &e->step->dialogue.next;

	next->can_resend = e->resends_left > 0;
	next->can_call = e->resends_left > 0 && sending_can_call(e->sending);
	next->ref = e->challenge->tag;
	offer_numbers(e, next);
	e->offline->sms = e->entered ? e->challenge : NULL;
	return step_ask(e->step, answer);
}

enum step_end exchange_give_up(
	struct exchange *e, enum talk_reason reason, const struct ledger_grant *g)
{
	sending_close(e->sending);
	e->offline->sms = e->entered ? e->challenge : NULL;
	return offline_instead(e->offline, reason, g);
}

/* Enter after an expired code: its place goes now, also where no new code is granted. */
static enum step_end replace_challenge(struct exchange *e)
{
	struct fault f = FAULT_INIT;

	if (e->resends_left == 0)
		return step_refuse(e->step, TALK_REASON_EXPIRED);
	e->resends_left--;
	sending_close(e->sending);
	e->sending->call = false;
	if (ledger_void(&e->step->ledger, e->challenge, &f) < 0)
		return step_broken(e->step, TALK_REASON_STATE, &f);
	challenge_wipe(e->challenge);
	e->entered = false;
	e->replace = true;
	return STEP_ENDED;
}

/* A further send that was not charged. */
static enum step_end withheld(struct exchange *e, const struct ledger_grant *g)
{
	if (g->answer == LEDGER_WAIT)
		return step_non_answer(e->step, MESSAGE_RESEND_SOON, g->wait_s);
	if (g->answer == LEDGER_SPENT)
		return step_non_answer(e->step, MESSAGE_RESEND_NONE, 0);
	return exchange_give_up(e, ledger_answer_reason(g->answer), g);
}

/* What came of a further send. */
static enum step_end resent(struct exchange *e, enum sending_end end, bool call,
	const struct ledger_grant *g, const struct fault *f)
{
	if (end == SENDING_STATE)
		return step_broken(e->step, TALK_REASON_STATE, f);
	step_note_grant(e->step, g);
	if (end == SENDING_WITHHELD)
		return withheld(e, g);
	e->resends_left--;
	if (end != SENDING_SENT)
		dialogue_next(
			&e->step->dialogue, call ? MESSAGE_CALL_FAILED : MESSAGE_RESEND_FAILED, 0);
	return STEP_GO_ON;
}

/* r, v: the same code again, by SMS or by a call (A7). */
static enum step_end resend(struct exchange *e, bool call)
{
	struct fault f = FAULT_INIT;
	struct ledger_grant g = { .answer = LEDGER_REFUSED };

	if (challenge_expired(e->challenge, clock_boot_ms()))
		return replace_challenge(e);
	if (call && !sending_can_call(e->sending))
		return step_non_answer(e->step, MESSAGE_NOT_A_CODE, 0);
	if (e->resends_left == 0)
		return step_non_answer(e->step, MESSAGE_RESEND_NONE, 0);
	enum sending_end end = sending_again(e->sending, call, e->step->deadline_ms, &g, &f);
	return resent(e, end, call, &g, &f);
}

/* A digit of the menu: the same code, or after an expired one the new one, to another number. */
static enum step_end resend_to(struct exchange *e, size_t place)
{
	struct fault f = FAULT_INIT;
	struct ledger_grant g = { .answer = LEDGER_REFUSED };

	if (challenge_expired(e->challenge, clock_boot_ms())) {
		enum step_end s = replace_challenge(e);
		if (e->replace)
			sending_choose(e->sending, place);
		return s;
	}
	enum sending_end end = sending_to(e->sending, place, e->step->deadline_ms, &g, &f);
	return resent(e, end, false, &g, &f);
}

static enum step_end accept(struct exchange *e, struct ledger_guess *guess)
{
	struct fault f = FAULT_INIT;
	struct ledger_grant g;

	if (sending_settle(e->sending, &f) < 0)
		return step_broken(e->step, TALK_REASON_STATE, &f);
	guess->sends = e->step->outcome->sends;
	if (ledger_consume(&e->step->ledger, e->challenge, guess, &g, &f) < 0)
		return step_broken(e->step, TALK_REASON_STATE, &f);
	if (g.answer != LEDGER_GRANTED)
		return step_refuse_aloud(e->step, ledger_answer_reason(g.answer), &g);
	e->entered = false;
	if (g.later.class != FAULT_NONE)
		e->step->outcome->fault = g.later;
	e->step->outcome->verdict = VERDICT_ACCEPT;
	e->step->outcome->reason = TALK_REASON_ACCEPTED;
	e->step->outcome->by = VERDICT_BY_SMS;
	return STEP_ENDED;
}

static enum step_end right_but_late(struct exchange *e, const struct ledger_guess *guess)
{
	struct fault f = FAULT_INIT;

	if (ledger_pardon(&e->step->ledger, e->challenge, guess, &f) < 0)
		return step_broken(e->step, TALK_REASON_STATE, &f);
	e->step->outcome->tries--;
	return step_non_answer(e->step, MESSAGE_EXPIRED, 0);
}

static enum step_end wrong(
	struct exchange *e, const struct ledger_guess *guess, const struct ledger_grant *g)
{
	e->step->tries_left--;
	if (guess->limit.locked) {
		struct ledger_grant until = *g;
		until.until_wall_s = guess->until_wall_s;
		return exchange_give_up(e, TALK_REASON_LOCKED, &until);
	}
	if (e->step->tries_left == 0)
		return step_refuse_aloud(e->step, TALK_REASON_WRONG, g);
	dialogue_next(&e->step->dialogue, MESSAGE_WRONG, 0);
	return STEP_GO_ON;
}

/* The app's code in place of the SMS's. GO_ON: it cannot be used. */
static enum step_end accept_app(
	struct exchange *e, int64_t app_step, const struct limit_guess *guess)
{
	struct fault f = FAULT_INIT;

	if (sending_settle(e->sending, &f) < 0)
		return step_broken(e->step, TALK_REASON_STATE, &f);
	return offline_accept_app(e->offline, app_step, guess);
}

/* Charge, then compare (B1): one guess at the SMS's code and, where there is one, at the app's. */
static enum step_end judge(struct exchange *e, const struct secret *code)
{
	unsigned char mac[DIGEST_SIZE];
	struct fault f = FAULT_INIT;
	struct ledger_guess guess;
	struct ledger_grant g;

	if (ledger_charge(&e->step->ledger, e->challenge, &guess, &g, &f) < 0)
		return step_broken(e->step, TALK_REASON_STATE, &f);
	if (g.answer != LEDGER_GRANTED)
		return exchange_give_up(e, ledger_answer_reason(g.answer), &g);
	e->step->ledger.unanswered = 0;
	e->step->outcome->tries++;
	bool expired = challenge_expired(e->challenge, clock_boot_ms());
	if (challenge_mac(e->step->state->key, e->challenge->id, code, mac, &f) < 0)
		return step_broken(e->step, TALK_REASON_SYSTEM, &f);
	bool right = secret_same_bytes(mac, guess.mac, sizeof mac);
	int64_t app_step = offline_app_step(e->offline, code);
	secret_wipe_bytes(mac, sizeof mac);
	if (right && !expired)
		return accept(e, &guess);
	if (app_step > 0 && accept_app(e, app_step, &guess.limit) == STEP_ENDED)
		return STEP_ENDED;
	return right ? right_but_late(e, &guess) : wrong(e, &guess, &g);
}

/* Neither the SMS's code nor a command about it. */
static enum step_end something_else(struct exchange *e, const struct talk_answer *typed)
{
	struct secret code = { 0 };
	enum offline_typed kind = offline_read(e->offline, typed, &code);
	enum step_end s = STEP_GO_ON;

	if (kind == OFFLINE_NOTHING)
		s = step_non_answer(e->step, MESSAGE_NOT_A_CODE, 0);
	else if (kind == OFFLINE_ASK)
		offline_ask_recovery(e->offline);
	else
		s = offline_try(e->offline, kind, &code);
	secret_wipe(&code);
	return s;
}

static enum step_end answer_once(struct exchange *e)
{
	struct talk_answer typed;
	struct secret code = { 0 };
	size_t place;
	enum step_end s = exchange_ask(e, &typed);

	if (s == STEP_GO_ON) {
		enum challenge_answer kind = challenge_read(&typed, e->challenge->digits, &code);
		switch (kind) {
		case CHALLENGE_CODE:
			s = judge(e, &code);
			break;
		case CHALLENGE_RESEND:
		case CHALLENGE_CALL:
			s = resend(e, kind == CHALLENGE_CALL);
			break;
		case CHALLENGE_ENTER:
			s = e->step->dialogue.next.situation == MESSAGE_EXPIRED
				    ? replace_challenge(e)
				    : step_non_answer(e->step, MESSAGE_NOT_A_CODE, 0);
			break;
		case CHALLENGE_NUMBER_1:
		case CHALLENGE_NUMBER_2:
		case CHALLENGE_NUMBER_3:
		case CHALLENGE_NUMBER_4:
			s = numbers_chosen(&e->step->dialogue.next.menu, kind, &place)
				    ? resend_to(e, place)
				    : something_else(e, &typed);
			break;
		case CHALLENGE_RECOVERY:
		case CHALLENGE_NOT_AN_ANSWER:
		default:
			s = something_else(e, &typed);
			break;
		}
	}
	secret_wipe(&typed.text);
	secret_wipe(&code);
	return s;
}

enum step_end exchange_run(struct exchange *e)
{
	e->replace = false;
	while (answer_once(e) == STEP_GO_ON)
		;
	return e->replace ? STEP_GO_ON : STEP_ENDED;
}
