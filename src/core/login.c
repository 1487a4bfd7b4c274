#include "core/login.h"

#include <string.h>

#include "base/clock.h"
#include "core/admission.h"
#include "core/challenge.h"
#include "core/confirm.h"
#include "core/decoy.h"
#include "core/enlist.h"
#include "core/exchange.h"
#include "core/field.h"
#include "core/ledger.h"
#include "core/message.h"
#include "core/novice.h"
#include "core/offline.h"
#include "core/recognition.h"
#include "core/sending.h"
#include "core/step.h"
#include "core/two_step.h"

/* One login under way. */
struct login {
	const struct login_house *house;
	struct step step;
	struct admission admission;
	struct challenge challenge;
	struct offline offline;
	struct sending sending;
	struct dialogue_watch watch;
	struct exchange exchange;
	struct decoy decoy;
	bool confirmed; /* it was asked whether to send, or nobody wants to know */
	struct enlist enlist;
};

/* A soft roll-out: who is let off is told until when. */
static void remind(struct login *l)
{
	const struct dialogue_people *people = l->step.dialogue.people;
	struct fault f = FAULT_INIT;
	char text[MESSAGE_ENROL_MAX];

	if (l->step.outcome->verdict != VERDICT_EXEMPT || l->step.outcome->until == 0 ||
		l->step.facts->change)
		return;
	message_enrol_reminder(l->step.outcome->until, text);
	if (people->tell(people->ctx, text, l->step.deadline_ms, &f) < 0)
		step_note(&l->step, "the reminder could not be shown");
}

/* Nobody has a phone on record for them: what a recognised place spares is not theirs yet. */
static enum step_end begin_to_enrol(struct login *l)
{
	l->enlist.directory = l->house->directory;
	l->enlist.phone = &l->admission.entry.phone;
	l->step.ledger.enlist = &l->enlist;
	l->confirmed = false;
	return novice_begin(&l->step);
}

static enum step_end decide(struct login *l)
{
	l->admission.settings = l->house->settings;
	l->admission.state = l->house->state;
	l->admission.directory = l->house->directory;
	l->admission.entrance = l->house->entrance;
	enum verdict verdict = admission_decide(&l->admission, l->step.facts, l->step.outcome);
	/* for refusals, reminders and notices as well */
	step_speak(&l->step, l->admission.entry.language);
	if (verdict != VERDICT_CHALLENGE) {
		remind(l);
		return STEP_ENDED;
	}
	l->step.ledger.settings = l->house->settings;
	l->step.ledger.state = l->house->state;
	l->step.ledger.account = &l->admission.account;
	l->step.ledger.service = l->step.facts->service;
	l->step.ledger.trusted = l->step.facts->trusted;
	l->step.ledger.numbers = &l->admission.numbers;
	if (!l->admission.enrols)
		sending_choose(&l->sending, l->admission.numbers.at);
	l->step.ledger.address = &l->step.facts->address;
	l->step.ledger.began_boot_ms = clock_boot_ms();
	/* where nobody has looked at the password yet no place becomes a known one; and who types a
	 * code along is not to be let off unasked */
	if (l->admission.enrols) {
		if (begin_to_enrol(l) == STEP_ENDED)
			return STEP_ENDED;
	} else if (!l->step.facts->forward && recognition_begin(&l->step) == STEP_ENDED)
		return STEP_ENDED;
	return offline_begin(&l->offline, &l->step);
}

/* What a send that did not go out means for a login that hangs on it. */
static enum step_end not_sent(struct login *l, enum sending_end end, const struct fault *f)
{
	struct ledger_grant nothing = { .answer = LEDGER_REFUSED };

	switch (end) {
	case SENDING_OUTAGE:
		return exchange_give_up(&l->exchange, TALK_REASON_OUTAGE, &nothing);
	case SENDING_NUMBER:
		return exchange_give_up(&l->exchange, TALK_REASON_NUMBER, &nothing);
	case SENDING_BROKEN:
		return exchange_give_up(&l->exchange, TALK_REASON_SYSTEM, &nothing);
	case SENDING_SENT:
	case SENDING_WITHHELD:
	case SENDING_STATE:
	default:
		return step_broken(&l->step, TALK_REASON_STATE, f);
	}
}

/* A menu digit before the message: it will go there. */
static bool choose(struct login *l, const struct talk_answer *typed)
{
	struct secret code = { 0 };
	size_t place;
	enum challenge_answer kind = challenge_read(typed, l->challenge.digits, &code);
	bool chosen = numbers_chosen(&l->step.dialogue.next.menu, kind, &place);

	if (chosen)
		sending_choose(&l->sending, place);
	secret_wipe(&code);
	return chosen;
}

/* Who must wait for the next SMS is told the seconds, and asked to press Enter then (B5). */
static enum step_end wait_for_send(struct login *l, int64_t wait_s)
{
	struct talk_answer answer;

	dialogue_next(&l->step.dialogue, MESSAGE_WAIT, wait_s);
	enum step_end s = exchange_ask(&l->exchange, &answer);
	bool enter = s == STEP_GO_ON && (answer.kind == TALK_ANSWER_EMPTY || choose(l, &answer));
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
		.numbers = &l->admission.numbers,
		.can_call = sending_can_call(&l->sending) };
	enum step_end end = confirm_run(&c);

	l->exchange.entered = c.entered;
	l->sending.call = c.call;
	if (c.chosen)
		sending_choose(&l->sending, c.place);
	return end;
}

/* The providers refuse this number: perhaps they take another of the user's. */
static bool use_another(struct login *l)
{
	size_t place;

	/* a call that is refused says nothing of messages */
	if (l->sending.call || !numbers_give_up(&l->admission.numbers, &place))
		return false;
	challenge_wipe(&l->challenge);
	sending_close(&l->sending);
	sending_choose(&l->sending, place);
	return true;
}

/* The number first, which is asked for once in a login. */
static enum step_end introduce(struct login *l)
{
	struct novice n = {
		.step = &l->step, .challenge = &l->challenge, .phone = &l->admission.entry.phone
	};
	enum step_end end = novice_run(&n);

	l->exchange.entered = n.entered;
	if (end == STEP_ENDED)
		return end;
	if (!numbers_begin(&l->admission.numbers, l->house->settings, &l->admission.entry))
		return step_refuse(&l->step, TALK_REASON_NUMBER);
	sending_choose(&l->sending, l->admission.numbers.at);
	return STEP_GO_ON;
}

/* Make a code and charge its first message. */
static enum step_end enter_challenge(struct login *l, struct ledger_grant *g)
{
	struct fault f = FAULT_INIT;

	if (challenge_make(
		    l->house->settings->code.digits, l->house->state->key, &l->challenge, &f) < 0)
		return step_broken(&l->step, TALK_REASON_SYSTEM, &f);
	if (!l->confirmed && (l->admission.enrols ? introduce(l) : confirm(l)) == STEP_ENDED)
		return STEP_ENDED;
	l->confirmed = true;
	for (;;) {
		if (ledger_open(&l->step.ledger, &l->challenge, g, &f) < 0)
			return step_broken(&l->step, TALK_REASON_STATE, &f);
		l->exchange.entered = l->exchange.entered || g->answer == LEDGER_WAIT ||
				      g->answer == LEDGER_GRANTED;
		/* who is told of no wait is refused (D15) */
		if (g->answer != LEDGER_WAIT || l->step.dialogue.mask)
			break;
		if (wait_for_send(l, g->wait_s) == STEP_ENDED)
			return STEP_ENDED;
	}
	step_note_grant(&l->step, g);
	if (g->answer != LEDGER_GRANTED)
		return exchange_give_up(&l->exchange, ledger_answer_reason(g->answer), g);
	l->step.ledger.unanswered++;
	memcpy(l->step.outcome->tag, l->challenge.tag, sizeof l->step.outcome->tag);
	return STEP_GO_ON;
}

/* Send it, to the number in use or to one that takes it. */
static enum step_end open_challenge(struct login *l)
{
	struct fault f = FAULT_INIT;
	struct ledger_grant g;
	enum sending_end end;

	do {
		if (enter_challenge(l, &g) == STEP_ENDED)
			return STEP_ENDED;
		sending_begin(&l->sending);
		end = sending_first(&l->sending, &g, l->step.deadline_ms, &f);
		if (end == SENDING_SENT)
			return STEP_GO_ON;
		l->exchange.entered = end == SENDING_STATE;
		l->step.ledger.unanswered--;
	} while (end == SENDING_NUMBER && use_another(l));
	return not_sent(l, end, &f);
}

/* What became of the enrolment. Nobody is let in by one that is not on disk. */
static void tell_of_enrolment(struct login *l)
{
	struct verdict_outcome *o = l->step.outcome;
	struct fault f = FAULT_INIT;

	if (!l->admission.enrols)
		return;
	o->enrolled = l->enlist.done;
	if (o->verdict == VERDICT_ACCEPT && !l->enlist.done)
		step_refuse(&l->step, TALK_REASON_SYSTEM);
	if (l->enlist.done && enlist_counted(l->house->state, &f) < 0)
		step_note(&l->step, "the site's record has not counted the enrolment");
}

/* Nobody shall learn what he is refused for, or that he is (D15). */
static void conceal(struct login *l)
{
	const struct login_house *h = l->house;
	struct decoy_terms terms = { h->settings, h->state, h->directory, l->step.facts, h->tempo };

	if (l->step.facts->conceal && h->tempo)
		decoy_begin(&l->decoy, &terms, &l->step.dialogue, l->step.outcome);
}

/* Every path out of a login passes here: the challenge is void with its conversation, and nothing
 * of the code stays. */
static void leave(struct login *l)
{
	struct fault f = FAULT_INIT;

	sending_close(&l->sending);
	if (l->exchange.entered && ledger_void(&l->step.ledger, &l->challenge, &f) < 0 &&
		l->step.outcome->fault.class == FAULT_NONE)
		l->step.outcome->fault = f;
	challenge_wipe(&l->challenge);
	offline_end(&l->offline);
	if (l->step.dialogue.mask)
		decoy_end(&l->decoy);
}

/* Who must bring a code brings it, or not. */
static void ask_for_code(struct login *l)
{
	struct two_step t = { &l->step, &l->sending, &l->challenge, { .alone = false } };

	if (l->step.facts->two_step)
		two_step_run(&t);
	else if (l->step.facts->forward)
		field_run(&l->offline);
	else
		while (open_challenge(l) == STEP_GO_ON && exchange_run(&l->exchange) == STEP_GO_ON)
			;
	l->step.ledger.binding = NULL;
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
		.confirmed = !confirm_wanted(s, facts->service),
	};

	memset(outcome, 0, sizeof *outcome);
	outcome->uid = -1;
	dialogue_begin(&l.step.dialogue, people, s->code.tries, s->code.resends);
	l.sending = (struct sending){
		.settings = s,
		.dispatch = house->dispatch,
		.ledger = &l.step.ledger,
		.numbers = &l.admission.numbers,
		.host = house->host,
		.challenge = &l.challenge,
		.dialogue = &l.step.dialogue,
		.outcome = outcome,
	};
	l.exchange = (struct exchange){
		.step = &l.step,
		.offline = &l.offline,
		.sending = &l.sending,
		.challenge = &l.challenge,
		.resends_left = s->code.resends,
	};
	sending_begin(&l.sending);
	l.watch = sending_watch(&l.sending);
	l.step.dialogue.watch = &l.watch;
	l.step.dialogue.next.digits = s->code.digits;
	l.step.dialogue.next.override = facts->prompt;
	step_renew_deadline(&l.step);
	step_speak(&l.step, LANGUAGE_NONE);
	conceal(&l);
	if (decide(&l) == STEP_GO_ON)
		ask_for_code(&l);
	tell_of_enrolment(&l);
	leave(&l);
}
