#include "core/field.h"

/* What the shim can part from a password. */
enum { KINDS = MESSAGE_RECOVERY | MESSAGE_APP };

static void judge(struct offline *o, const struct talk_answer *typed)
{
	struct secret code = { 0 };
	enum step_end end = STEP_GO_ON;

	enum offline_typed kind = offline_read(o, typed, &code);
	if (kind == OFFLINE_RECOVERY || kind == OFFLINE_APP)
		end = offline_try(o, kind, &code);
	if (end == STEP_GO_ON)
		step_refuse(o->step, TALK_REASON_NO_ANSWER);
	secret_wipe(&code);
}

void field_run(struct offline *o)
{
	struct ledger_grant nothing = { .answer = LEDGER_REFUSED };
	struct talk_answer typed;
	struct step *s = o->step;

	if (offline_stand(o) == STEP_ENDED)
		return;
	o->has &= KINDS;
	if (o->has == 0) {
		step_refuse_aloud(s, TALK_REASON_NO_OFFLINE, &nothing);
		return;
	}
	s->tries_left = 1;
	s->dialogue.next.has = o->has;
	dialogue_next(&s->dialogue, MESSAGE_FIELD, 0);
	if (step_ask(s, &typed) == STEP_GO_ON)
		judge(o, &typed);
	secret_wipe(&typed.text);
}
