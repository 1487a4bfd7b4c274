#include "core/decoy.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "core/account.h"
#include "core/confirm.h"
#include "core/numbers.h"

enum {
	NON_ANSWERS = 3, /* A6 */
	CODE_LENGTH = 6, /* no code is shorter */
};

/* --- what it looks like --- */

/* Who has no number has two digits all the same, and always the same ones. */
static void make_digits(struct decoy *d)
{
	static const char purpose[] = "sms-otp decoy digits";
	const char *user = d->terms.facts->user;
	struct digest_part parts[] = { { purpose, sizeof purpose - 1 }, { user, strlen(user) } };
	unsigned char mac[DIGEST_SIZE] = { 0 };
	struct fault f = FAULT_INIT;

	if (digest_mac(d->terms.state->key, parts, 2, mac, &f) < 0)
		memset(mac, 0, sizeof mac);
	snprintf(d->phone.e164, sizeof d->phone.e164, "+00000%02u",
		((unsigned)mac[0] << 8 | mac[1]) % 100);
}

/* The first number that may be sent to, with a login beneath as well: that another one is in use is
 * known to that login only. */
static void find_digits(struct decoy *d)
{
	struct account account;
	struct directory_entry entry;
	struct numbers numbers;
	struct fault f = FAULT_INIT;

	if (account_find(d->terms.facts->user, &account, &f) < 0 ||
		directory_find(d->terms.directory, &account, &entry, &f) < 0) {
		make_digits(d);
		return;
	}
	d->phone = numbers_begin(&numbers, d->terms.settings, &entry) ? *numbers_phone(&numbers)
								      : entry.phone;
}

/* A reference as of a code that was sent, and never one of those. */
static void make_tag(struct decoy *d)
{
	struct challenge other;
	struct fault f = FAULT_INIT;

	if (challenge_make(d->terms.settings->code.digits, d->terms.state->key, &other, &f) < 0)
		d->over = true;
	else
		memcpy(d->sham.tag, other.tag, sizeof d->sham.tag);
	challenge_wipe(&other);
}

/* --- what an answer does --- */

static void say(struct decoy *d, enum message_situation situation, int64_t wait_s)
{
	d->situation = situation;
	d->wait_s = wait_s;
}

static void send(struct decoy *d)
{
	say(d, MESSAGE_SENT, 0);
	d->heard = DECOY_SEND;
	d->sends_now = true;
	d->confirm = false;
}

/* The login beneath hears nothing that it could act upon. */
static void withhold(struct talk_answer *a)
{
	secret_wipe(&a->text);
	a->kind = TALK_ANSWER_OVERSIZE;
}

static void non_answer(
	struct decoy *d, struct talk_answer *a, enum message_situation situation, int64_t wait_s)
{
	withhold(a);
	if (d->non_answers_left == 0) {
		d->over = true;
		return;
	}
	d->non_answers_left--;
	say(d, situation, wait_s);
}

static void guess(struct decoy *d)
{
	d->heard = DECOY_GUESS;
	if (d->tries_left > 0)
		d->tries_left--;
	d->over = d->tries_left == 0;
	say(d, MESSAGE_WRONG, 0);
}

/* Another code after one that has expired. */
static void replace(struct decoy *d, struct talk_answer *a)
{
	if (d->resends_left == 0) {
		withhold(a);
		d->over = true;
		return;
	}
	d->resends_left--;
	d->sham.first_sent_ms = 0;
	d->sham.tag[0] = '\0';
	send(d);
}

static void resend(struct decoy *d, struct talk_answer *a)
{
	int64_t now_ms = clock_boot_ms();
	int64_t wait_ms = d->sent_ms + (int64_t)d->terms.settings->code.cooldown_s * 1000 - now_ms;

	if (d->confirm)
		non_answer(d, a, MESSAGE_NOT_A_CODE, 0);
	else if (challenge_expired(&d->sham, now_ms))
		replace(d, a);
	else if (d->resends_left == 0)
		non_answer(d, a, MESSAGE_RESEND_NONE, 0);
	else if (wait_ms > 0)
		non_answer(d, a, MESSAGE_RESEND_SOON, (wait_ms + 999) / 1000);
	else {
		d->resends_left--;
		send(d);
	}
}

/* By its length alone: of who is unknown to it sshd hands on no more (prompt_ask_blurred), and
 * what could be right for one user is a guess for everybody. */
static void take(struct decoy *d, struct talk_answer *a)
{
	size_t len = a->kind == TALK_ANSWER_TEXT ? a->text.len : 0;

	if (len >= CODE_LENGTH)
		guess(d);
	else if (len == 1)
		resend(d, a);
	else if (a->kind == TALK_ANSWER_EMPTY && d->confirm)
		send(d);
	else if (a->kind == TALK_ANSWER_EMPTY && d->situation == MESSAGE_EXPIRED)
		replace(d, a);
	else
		non_answer(d, a, MESSAGE_NOT_A_CODE, 0);
}

static void hear(void *ctx, struct talk_answer *a)
{
	struct decoy *d = ctx;

	tempo_step(d->terms.tempo);
	d->heard = DECOY_NOTHING;
	d->sends = d->outcome->sends;
	d->tries = d->outcome->tries;
	if (a->kind == TALK_ANSWER_TEXT || a->kind == TALK_ANSWER_EMPTY ||
		a->kind == TALK_ANSWER_OVERSIZE)
		take(d, a);
}

/* --- how long it takes --- */

static int64_t limit_ms(const struct decoy *d)
{
	return (int64_t)d->terms.settings->deadline_s * 1000;
}

/* A login that did what logins do is remembered; whatever else was done takes as long as one. */
static void spend_time(struct decoy *d, enum pace_kind kind, bool usual)
{
	if (usual && !d->alone)
		tempo_note(d->terms.tempo, kind);
	else
		tempo_wait(d->terms.tempo, kind, d->terms.state, limit_ms(d));
}

static void spend_step(struct decoy *d)
{
	bool sent = d->outcome->sends > d->sends, charged = d->outcome->tries > d->tries;

	switch (d->heard) {
	case DECOY_FIRST:
		spend_time(d, d->confirm ? PACE_CONFIRM : PACE_FIRST, d->confirm || sent);
		break;
	case DECOY_SEND:
		spend_time(d, PACE_AGAIN, sent);
		break;
	case DECOY_GUESS:
		spend_time(d, PACE_GUESS, charged);
		break;
	case DECOY_NOTHING:
	default:
		break;
	}
	if (!d->sends_now || d->confirm)
		return;
	d->sends_now = false;
	d->sent_ms = clock_boot_ms();
	challenge_sent(&d->sham, d->sent_ms, d->terms.settings->code.lifetime_s);
}

static void spend_end(struct decoy *d)
{
	const struct verdict_outcome *o = d->outcome;

	if (!d->alone && d->heard == DECOY_GUESS && o->tries > d->tries &&
		o->reason == TALK_REASON_WRONG)
		tempo_last_note(d->terms.tempo);
	else
		tempo_last_wait(d->terms.tempo, d->terms.state, limit_ms(d));
}

/* --- the mask --- */

/* Who knew the code has the phone, and may know that it was too late. */
static void pardon(struct decoy *d)
{
	d->tries_left++;
	d->over = false;
	say(d, MESSAGE_EXPIRED, 0);
}

static bool speak(void *ctx, struct message_prompt *shown)
{
	struct decoy *d = ctx;

	if (!d->alone && d->heard == DECOY_GUESS && shown->situation == MESSAGE_EXPIRED)
		pardon(d);
	if (d->phone.e164[0] == '\0')
		find_digits(d);
	if (!d->alone && shown->ref && shown->ref[0] != '\0')
		memcpy(d->sham.tag, shown->ref, sizeof d->sham.tag);
	else if (d->sham.tag[0] == '\0')
		make_tag(d);
	if (d->over)
		return false;
	spend_step(d);
	*shown = (struct message_prompt){
		.situation = d->situation,
		.phone = &d->phone,
		.ref = d->sham.tag,
		.digits = d->terms.settings->code.digits,
		.tries_left = d->tries_left,
		.wait_s = d->wait_s,
		.can_resend = d->resends_left > 0,
		.confirm = d->confirm,
		.override = d->terms.facts->prompt,
	};
	return true;
}

void decoy_begin(struct decoy *d, const struct decoy_terms *terms, struct dialogue *dialogue,
	struct verdict_outcome *outcome)
{
	memset(d, 0, sizeof *d);
	d->terms = *terms;
	d->dialogue = dialogue;
	d->outcome = outcome;
	d->mask = (struct dialogue_mask){ d, speak, hear };
	d->situation = MESSAGE_SENT;
	d->tries_left = terms->settings->code.tries;
	d->resends_left = terms->settings->code.resends;
	d->non_answers_left = NON_ANSWERS;
	d->heard = DECOY_FIRST;
	d->confirm = confirm_wanted(terms->settings, terms->facts->service);
	d->sends_now = true;
	dialogue->mask = &d->mask;
}

/* From here on nobody is beneath. */
static void go_on_alone(struct decoy *d)
{
	int64_t (*patience_ms)(void) = d->terms.tempo->patience_ms;
	struct talk_answer answer;
	struct fault f = FAULT_INIT;
	enum dialogue_end end;

	d->outcome->by = VERDICT_BY_DECOY;
	d->alone = true;
	d->dialogue->watch = NULL;
	d->dialogue->patience_ms = patience_ms ? patience_ms() : TALK_ANSWER_MS;
	if (d->dialogue->patience_ms == 0) {
		spend_step(d);
		return;
	}
	do {
		end = dialogue_ask(d->dialogue, &answer, &f);
		secret_wipe(&answer.text);
	} while (end == DIALOGUE_ANSWERED);
}

void decoy_end(struct decoy *d)
{
	if (d->outcome->verdict != VERDICT_DENY)
		return;
	if (!d->over && !d->dialogue->over)
		go_on_alone(d);
	/* the person may be gone */
	if (d->over)
		spend_end(d);
}

void decoy_run(const struct decoy_terms *terms, const struct dialogue_people *people,
	struct verdict_outcome *outcome)
{
	struct dialogue dialogue;
	struct decoy d;

	dialogue_begin(
		&dialogue, people, terms->settings->code.tries, terms->settings->code.resends);
	decoy_begin(&d, terms, &dialogue, outcome);
	outcome->verdict = VERDICT_DENY;
	decoy_end(&d);
}
