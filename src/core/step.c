#include "core/step.h"

#include <stdio.h>

#include "base/clock.h"

void step_renew_deadline(struct step *s)
{
	s->deadline_ms = clock_boot_ms() + (int64_t)s->settings->deadline_s * 1000;
}

enum step_end step_refuse(struct step *s, enum talk_reason reason)
{
	s->outcome->verdict = VERDICT_DENY;
	s->outcome->reason = reason;
	return STEP_ENDED;
}

enum step_end step_refuse_aloud(
	struct step *s, enum talk_reason reason, const struct ledger_grant *g)
{
	dialogue_tell_refusal(&s->dialogue, reason, g->until_wall_s, g->now_wall_s, s->deadline_ms);
	return step_refuse(s, reason);
}

enum step_end step_broken(struct step *s, enum talk_reason reason, const struct fault *f)
{
	s->outcome->fault = *f;
	return step_refuse(s, f->class == FAULT_MEMORY ? TALK_REASON_SYSTEM : reason);
}

void step_speak(struct step *s, enum language own)
{
	struct fault f = FAULT_INIT;
	char words[sizeof f.text + 64], line[sizeof words + 64];
	/* D15: what language it is would tell whom the site knows */
	enum language whose = s->facts->conceal ? LANGUAGE_NONE : own;
	enum language l = language_choose(whose, s->facts->language, s->settings->language);

	if (language_speak(l, &f) == 0)
		return;
	snprintf(line, sizeof line, "no %s, English is spoken: %s", language_name(l),
		fault_text(&f, words, sizeof words));
	step_note(s, line);
}

void step_note(struct step *s, const char *text)
{
	s->dialogue.people->note(s->dialogue.people->ctx, text);
}

void step_note_grant(struct step *s, const struct ledger_grant *g)
{
	char line[80];

	if (g->warn)
		step_note(s, "a send budget is used to 80 % or more");
	if (g->answer == LEDGER_SPENT && g->spent && g->spent[0]) {
		snprintf(line, sizeof line, "a send budget is spent: budget.%s", g->spent);
		step_note(s, line);
	}
	if (!g->pause)
		return;
	s->outcome->pause = true;
	step_note(s, "codes were not answered: none to unknown places for an hour "
		     "(sms-otp unlock ends it)");
}

/* The host's conversation broke, or it sent the password again: it may be one that cannot prompt
 * twice (D3). */
static enum step_end one_field(struct step *s, enum talk_reason reason)
{
	char line[TALK_SERVICE_MAX + 160];
	struct fault f = FAULT_INIT;
	bool marked = false;

	/* Who has not asked before us has no second prompt to fail at; who has brought one answer
	 * of its own can prompt twice, whatever happened later. */
	if (!s->facts->password_taken || s->dialogue.answered > 0)
		return step_refuse(s, reason);
	if (ledger_one_field(&s->ledger, &marked, &f) < 0)
		s->outcome->fault = f;
	snprintf(line, sizeof line, "service %s may not be able to prompt twice%s",
		s->facts->service,
		marked ? ": no more sends until `sms-otp check --two-prompts SERVICE`" : "");
	step_note(s, line);
	return step_refuse(s, reason);
}

enum step_end step_ask(struct step *s, struct talk_answer *answer)
{
	struct fault f = FAULT_INIT;

	s->dialogue.next.tries_left = s->tries_left;
	enum dialogue_end end = dialogue_ask(&s->dialogue, answer, &f);
	step_renew_deadline(s);
	switch (end) {
	case DIALOGUE_ANSWERED:
		return STEP_GO_ON;
	case DIALOGUE_SILENT:
		return step_refuse(s, TALK_REASON_NO_ANSWER);
	case DIALOGUE_ONE_FIELD:
		return one_field(s, TALK_REASON_ONE_FIELD);
	case DIALOGUE_CONTROL:
		return step_refuse(s, TALK_REASON_CONVERSATION);
	case DIALOGUE_FAILED:
		return one_field(s, TALK_REASON_CONVERSATION);
	case DIALOGUE_BROKEN:
	default:
		return step_broken(s, TALK_REASON_CONVERSATION, &f);
	}
}

enum step_end step_non_answer(struct step *s, enum message_situation situation, int64_t wait_s)
{
	if (!dialogue_bear(&s->dialogue))
		return step_refuse(s, TALK_REASON_NO_ANSWER);
	dialogue_next(&s->dialogue, situation, wait_s);
	return STEP_GO_ON;
}
