#include "core/offline.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "core/challenge.h"
#include "core/issued.h"
#include "core/language.h"
#include "core/recovery.h"
#include "core/totp.h"

/* The zero is "wrong": a comparison earns better (C1). */
enum found { FOUND_NOTHING = 0, FOUND_BROKEN, FOUND_RIGHT = 0x4b1d52e9 };

static unsigned kinds_of(const struct record_offline *seen)
{
	unsigned has = record_recovery_left(seen) > 0 ? MESSAGE_RECOVERY : 0;

	has |= seen->app.enrolled == 1 ? MESSAGE_APP : 0;
	return has | (seen->issued.span.until_wall_s != 0 ? MESSAGE_ISSUED : 0);
}

enum step_end offline_begin(struct offline *o, struct step *s)
{
	struct fault f = FAULT_INIT;
	struct record_offline seen;
	struct ledger_grant g;

	*o = (struct offline){ .step = s };
	if (ledger_offline_look(&s->ledger, &seen, &g, &f) < 0)
		return step_broken(s, TALK_REASON_STATE, &f);
	o->app = seen.app;
	o->has = kinds_of(&seen);
	secret_wipe_bytes(&seen, sizeof seen);
	s->dialogue.next.has = o->has;
	return STEP_GO_ON;
}

void offline_end(struct offline *o)
{
	secret_wipe_bytes(o, sizeof *o);
}

static bool was_issued(struct offline *o)
{
	struct fault f = FAULT_INIT;
	struct record_offline seen;
	struct ledger_grant g;

	if (!(o->has & MESSAGE_ISSUED) &&
		ledger_offline_look(&o->step->ledger, &seen, &g, &f) == 0) {
		o->has |= kinds_of(&seen) & MESSAGE_ISSUED;
		secret_wipe_bytes(&seen, sizeof seen);
	}
	return (o->has & MESSAGE_ISSUED) != 0;
}

enum offline_typed offline_read(
	struct offline *o, const struct talk_answer *typed, struct secret *code)
{
	enum challenge_answer kind = challenge_read(typed, TOTP_DIGITS, code);

	if (kind == CHALLENGE_RECOVERY && (o->has & MESSAGE_RECOVERY))
		return OFFLINE_ASK;
	if (kind == CHALLENGE_CODE && (o->has & MESSAGE_APP))
		return OFFLINE_APP;
	secret_wipe(code);
	if (typed->kind == TALK_ANSWER_TEXT && (o->has & MESSAGE_RECOVERY) &&
		recovery_read(&typed->text, code))
		return OFFLINE_RECOVERY;
	if (challenge_read(typed, issued_digits(o->step->settings->code.digits), code) ==
			CHALLENGE_CODE &&
		was_issued(o))
		return OFFLINE_ISSUED;
	secret_wipe(code);
	return OFFLINE_NOTHING;
}

bool offline_wants(struct offline *o, const struct talk_answer *typed)
{
	struct secret code = { 0 };
	enum offline_typed kind = offline_read(o, typed, &code);

	secret_wipe(&code);
	return kind != OFFLINE_NOTHING;
}

void offline_ask_recovery(struct offline *o)
{
	struct message_prompt *next = &o->step->dialogue.next;

	dialogue_next(&o->step->dialogue, MESSAGE_OFFLINE, 0);
	next->refusal = TALK_REASON_NONE;
	next->offline = MESSAGE_RECOVERY;
}

/* Not for the verdict's sake: a host may not show it, and the administrator sees it too. */
static void say_left(struct offline *o, unsigned left)
{
	char text[192], note[96];
	struct text_line line;
	struct fault f = FAULT_INIT;
	const struct dialogue_people *people = o->step->dialogue.people;

	if (left > RECOVERY_FEW)
		return;
	text_begin(&line, text, sizeof text);
	if (left == 0)
		text_add(&line, "%s",
			language_text("That was the last recovery code. Ask for new ones."));
	else
		text_add(&line,
			language_plural("%u recovery code is left. Ask for new ones.",
				"%u recovery codes are left. Ask for new ones.", left),
			left);
	/* the log speaks English, whoever is spoken to */
	if (left == 0)
		snprintf(note, sizeof note, "That was the last recovery code.");
	else
		snprintf(note, sizeof note, "%u recovery code%s left.", left,
			left == 1 ? " is" : "s are");
	step_note(o->step, note);
	if (people->tell(people->ctx, text, o->step->deadline_ms, &f) < 0)
		step_note(o->step, "the person could not be told");
}

/* Consume what is right. GO_ON: it is not there any more, or may not be used now. */
static enum step_end accept(struct offline *o, struct ledger_offline_use *use)
{
	struct step *s = o->step;
	struct fault f = FAULT_INIT;
	struct ledger_grant g;
	unsigned left;

	use->sends = s->outcome->sends;
	use->challenge = o->sms;
	if (ledger_offline_consume(&s->ledger, use, &left, &g, &f) < 0)
		return step_broken(s, TALK_REASON_STATE, &f);
	if (g.answer == LEDGER_BLOCKED)
		return step_refuse_aloud(s, TALK_REASON_BLOCKED, &g);
	if (g.answer != LEDGER_GRANTED)
		return STEP_GO_ON;
	if (use->by == VERDICT_BY_RECOVERY)
		say_left(o, left);
	if (g.later.class != FAULT_NONE)
		s->outcome->fault = g.later;
	s->outcome->verdict = VERDICT_ACCEPT;
	s->outcome->reason = TALK_REASON_ACCEPTED;
	s->outcome->by = use->by;
	return STEP_ENDED;
}

/* All of them, whichever fits. */
static enum found find_recovery(const struct step *s, const struct record_offline *seen,
	const struct secret *code, struct ledger_offline_use *use, struct fault *f)
{
	enum found found = FOUND_NOTHING;

	use->by = VERDICT_BY_RECOVERY;
	if (recovery_mac(s->state->key, (uint32_t)s->ledger.account->uid, code, use->mac, f) < 0)
		return FOUND_BROKEN;
	for (int i = 0; i < RECORD_RECOVERY_CODES; i++) {
		bool same = secret_same_bytes(seen->recovery[i].mac, use->mac, sizeof use->mac);
		if (same && seen->recovery[i].state == RECORD_RECOVERY_UNUSED)
			found = FOUND_RIGHT;
	}
	return found;
}

static enum found find_issued(const struct step *s, const struct record_offline *seen,
	const struct secret *code, struct ledger_offline_use *use, struct fault *f)
{
	use->by = VERDICT_BY_ISSUED;
	if (issued_mac(s->state->key, (uint32_t)s->ledger.account->uid, code, use->mac, f) < 0)
		return FOUND_BROKEN;
	bool same = secret_same_bytes(seen->issued.mac, use->mac, sizeof use->mac);
	return same && seen->issued.span.until_wall_s != 0 ? FOUND_RIGHT : FOUND_NOTHING;
}

/* An app goes by the clock on the wall, which within a boot nothing else here follows (F5): a code
 * that was accepted is refused by its step, whatever is done to the clock. */
static enum found find_app(const struct record_app *app, const struct secret *code,
	struct ledger_offline_use *use, struct fault *f)
{
	struct clock_now now;

	use->by = VERDICT_BY_APP;
	use->app = *app;
	if (clock_read(&now, f) < 0 || totp_match(app, code, now.wall_s, &use->step, f) < 0)
		return FOUND_BROKEN;
	return use->step > 0 ? FOUND_RIGHT : FOUND_NOTHING;
}

static enum step_end wrong(
	struct offline *o, const struct ledger_offline_guess *guess, const struct ledger_grant *g)
{
	struct step *s = o->step;

	s->tries_left--;
	if (guess->limit.locked && o->alone) {
		struct ledger_grant until = *g;
		until.until_wall_s = guess->until_wall_s;
		return step_refuse_aloud(s, TALK_REASON_LOCKED, &until);
	}
	if (s->tries_left == 0)
		return step_refuse_aloud(s, TALK_REASON_WRONG, g);
	dialogue_next(&s->dialogue, MESSAGE_WRONG, 0);
	return STEP_GO_ON;
}

/* Where the SMS is on its way its code counts still (B7). */
static enum step_end not_now(struct offline *o, const struct ledger_grant *g)
{
	struct message_prompt *next = &o->step->dialogue.next;

	if (o->alone || g->answer != LEDGER_LOCKED)
		return step_refuse_aloud(o->step, ledger_answer_reason(g->answer), g);
	next->until_wall_s = g->until_wall_s;
	next->now_wall_s = g->now_wall_s;
	return step_non_answer(o->step, MESSAGE_OFFLINE_LOCKED, 0);
}

enum step_end offline_try(struct offline *o, enum offline_typed kind, const struct secret *code)
{
	struct step *s = o->step;
	struct fault f = FAULT_INIT;
	struct ledger_offline_guess guess;
	struct ledger_offline_use use = { .by = VERDICT_BY_NONE };
	struct ledger_grant g;
	enum step_end end;

	if (ledger_offline_charge(&s->ledger, &guess, &g, &f) < 0) {
		end = step_broken(s, TALK_REASON_STATE, &f);
		goto out;
	}
	if (g.answer != LEDGER_GRANTED) {
		end = not_now(o, &g);
		goto out;
	}
	s->ledger.unanswered = 0;
	s->outcome->tries++;
	enum found found = kind == OFFLINE_APP      ? find_app(&guess.seen.app, code, &use, &f)
			   : kind == OFFLINE_ISSUED ? find_issued(s, &guess.seen, code, &use, &f)
						    : find_recovery(s, &guess.seen, code, &use, &f);
	use.limit = guess.limit;
	if (found == FOUND_BROKEN)
		end = step_broken(s, TALK_REASON_SYSTEM, &f);
	else if (found != FOUND_RIGHT || accept(o, &use) == STEP_GO_ON)
		end = wrong(o, &guess, &g);
	else
		end = STEP_ENDED;
out:
	secret_wipe_bytes(&guess, sizeof guess);
	secret_wipe_bytes(&use, sizeof use);
	return end;
}

int64_t offline_app_step(const struct offline *o, const struct secret *code)
{
	struct ledger_offline_use use;
	struct fault f = FAULT_INIT;
	int64_t step = 0;

	if (!(o->has & MESSAGE_APP) || code->len != TOTP_DIGITS)
		return 0;
	/* the SMS's code can still be right where the app's cannot be found out */
	if (find_app(&o->app, code, &use, &f) == FOUND_RIGHT)
		step = use.step;
	secret_wipe_bytes(&use, sizeof use);
	return step;
}

enum step_end offline_accept_app(struct offline *o, int64_t step, const struct limit_guess *guess)
{
	struct ledger_offline_use use = {
		.by = VERDICT_BY_APP,
		.app = o->app,
		.step = step,
		.limit = *guess,
		.paid_as_sms = true,
	};
	enum step_end end = accept(o, &use);

	secret_wipe_bytes(&use, sizeof use);
	return end;
}

/* One answer to a prompt that has no SMS's code to wait for. */
static enum step_end take(struct offline *o, const struct talk_answer *typed)
{
	struct secret code = { 0 };
	enum step_end end = STEP_GO_ON;

	enum offline_typed kind = offline_read(o, typed, &code);
	if (kind == OFFLINE_NOTHING)
		end = step_non_answer(o->step, MESSAGE_NOT_A_CODE, 0);
	else if (kind == OFFLINE_ASK)
		offline_ask_recovery(o);
	else
		end = offline_try(o, kind, &code);
	secret_wipe(&code);
	return end;
}

static enum step_end converse(struct offline *o)
{
	struct message_prompt *next = &o->step->dialogue.next;
	enum step_end end;

	do {
		struct talk_answer typed;
		if (next->offline == 0)
			next->offline = o->has;
		end = step_ask(o->step, &typed);
		if (end == STEP_GO_ON)
			end = take(o, &typed);
		secret_wipe(&typed.text);
	} while (end == STEP_GO_ON);
	return end;
}

/* Who waits here holds no place on the record, and so nothing on it bounds how many do. Where the
 * code comes along in one field (forward) nobody has seen the password: a stranger's logins shall
 * not count against the owner's. */
static bool crowded(const struct step *s)
{
	const struct dialogue_people *people = s->dialogue.people;

	return !s->facts->forward && people->room &&
	       !people->room(people->ctx, s->ledger.account->uid);
}

enum step_end offline_stand(struct offline *o)
{
	struct fault f = FAULT_INIT;
	struct record_offline seen;
	struct ledger_grant g;
	enum step_end end = STEP_GO_ON;

	o->alone = true;
	if (crowded(o->step)) {
		g = (struct ledger_grant){ .answer = LEDGER_REFUSED };
		return step_refuse_aloud(o->step, TALK_REASON_CROWDED, &g);
	}
	if (ledger_offline_look(&o->step->ledger, &seen, &g, &f) < 0)
		end = step_broken(o->step, TALK_REASON_STATE, &f);
	else if (g.answer != LEDGER_GRANTED)
		end = step_refuse_aloud(o->step, ledger_answer_reason(g.answer), &g);
	secret_wipe_bytes(&seen, sizeof seen);
	return end;
}

static bool replaceable(enum talk_reason reason)
{
	return reason == TALK_REASON_LOCKED || reason == TALK_REASON_BUDGET ||
	       reason == TALK_REASON_CROWDED || reason == TALK_REASON_OUTAGE ||
	       reason == TALK_REASON_NUMBER || reason == TALK_REASON_SYSTEM;
}

enum step_end offline_instead(
	struct offline *o, enum talk_reason reason, const struct ledger_grant *g)
{
	struct message_prompt *next = &o->step->dialogue.next;

	if (o->has == 0 || !replaceable(reason) || o->step->tries_left == 0)
		return step_refuse_aloud(o->step, reason, g);
	if (offline_stand(o) == STEP_ENDED)
		return STEP_ENDED;
	dialogue_next(&o->step->dialogue, MESSAGE_OFFLINE, 0);
	next->refusal = reason;
	next->until_wall_s = g->until_wall_s;
	next->now_wall_s = g->now_wall_s;
	return converse(o);
}

enum step_end offline_instead_after(struct offline *o, const struct talk_answer *typed)
{
	if (offline_stand(o) == STEP_ENDED || take(o, typed) == STEP_ENDED)
		return STEP_ENDED;
	return converse(o);
}
