#include "core/confirm.h"

#include <string.h>

bool confirm_wanted(const struct settings *s, const char *service)
{
	for (size_t i = 0; i < s->nconfirm; i++)
		if (strcmp(s->confirm[i], service) == 0)
			return true;
	return false;
}

/* GO_ON with *sends: now. */
static enum step_end take(struct confirm *c, const struct talk_answer *typed, bool *sends)
{
	struct secret code = { 0 };
	enum step_end end = STEP_GO_ON;
	enum challenge_answer about = challenge_read(typed, c->challenge->digits, &code);

	c->call = about == CHALLENGE_CALL && c->can_call;
	c->chosen = numbers_chosen(&c->step->dialogue.next.menu, about, &c->place);
	*sends = c->call || c->chosen || about == CHALLENGE_ENTER;
	if (*sends)
		return STEP_GO_ON;
	enum offline_typed kind = offline_read(c->offline, typed, &code);
	if (kind == OFFLINE_NOTHING)
		end = step_non_answer(c->step, MESSAGE_NOT_A_CODE, 0);
	else if (kind == OFFLINE_ASK)
		offline_ask_recovery(c->offline);
	else
		end = offline_try(c->offline, kind, &code);
	secret_wipe(&code);
	return end;
}

/* Not where a recovery code is asked for. */
static void offer_numbers(const struct confirm *c)
{
	struct message_prompt *next = &c->step->dialogue.next;

	numbers_menu(c->numbers, &next->menu);
	if (next->offline)
		next->menu.n = 0;
}

static enum step_end converse(struct confirm *c)
{
	enum step_end end;
	bool sends = false;

	do {
		struct talk_answer typed;
		offer_numbers(c);
		end = step_ask(c->step, &typed);
		if (end == STEP_GO_ON)
			end = take(c, &typed, &sends);
		secret_wipe(&typed.text);
	} while (end == STEP_GO_ON && !sends);
	return end;
}

enum step_end confirm_run(struct confirm *c)
{
	struct message_prompt *next = &c->step->dialogue.next;
	struct fault f = FAULT_INIT;
	struct ledger_grant g;

	if (ledger_reserve(&c->step->ledger, c->challenge, &g, &f) < 0)
		return step_broken(c->step, TALK_REASON_STATE, &f);
	step_note_grant(c->step, &g);
	if (g.answer != LEDGER_GRANTED)
		return offline_instead(c->offline, ledger_answer_reason(g.answer), &g);
	c->entered = true;
	c->offline->sms = c->challenge;
	dialogue_next(&c->step->dialogue, MESSAGE_CONFIRM, 0);
	next->confirm = true;
	next->can_call = c->can_call;
	next->ref = "";
	enum step_end end = converse(c);
	next->confirm = false;
	return end;
}
