#include "core/novice.h"

#include <string.h>

#include "core/enlist.h"
#include "core/message_enrol.h"
#include "core/number_tag.h"
#include "core/route.h"

enum step_end novice_begin(struct step *s)
{
	struct fault f = FAULT_INIT;
	struct ledger *l = &s->ledger;

	/* a candidate has no success yet, so that no place is a known one */
	l->known = false;
	if (place_of(s->state->key, l->account->uid, s->facts, &l->place, &f) < 0)
		return step_broken(s, TALK_REASON_SYSTEM, &f);
	if (l->place.kind != RECORD_PLACE_NONE)
		s->outcome->place = VERDICT_PLACE_NEW;
	if (enlist_begin(s->state, l->account, &f) < 0)
		return step_broken(s, TALK_REASON_STATE, &f);
	return STEP_GO_ON;
}

static bool served(const struct settings *s, const struct phone *phone)
{
	for (size_t i = 0; i < s->nroutes; i++)
		if (route_serves(&s->routes[i], phone->e164))
			return true;
	return false;
}

static bool has_country(const char *typed)
{
	size_t n = strspn(typed, " ([");

	return typed[n] == '+' || strncmp(typed + n, "00", 2) == 0;
}

/* FIRST: it is taken. The faults of phone_normalise are for administrators, and for logs. */
static enum message_enrol_why judge(
	const struct settings *s, const struct talk_answer *typed, struct phone *out)
{
	char text[SECRET_MAX + 1] = "";
	struct fault unused = FAULT_INIT;
	enum message_enrol_why why = MESSAGE_ENROL_FIRST;

	if (typed->kind == TALK_ANSWER_TEXT)
		memcpy(text, typed->text.bytes, typed->text.len);
	if (phone_normalise(text, out, &unused) < 0)
		why = strpbrk(text, "123456789") && !has_country(text) ? MESSAGE_ENROL_NO_COUNTRY
								       : MESSAGE_ENROL_NO_NUMBER;
	else if (!phone_allowed(out, s->prefixes, s->nprefixes))
		why = MESSAGE_ENROL_PREFIX;
	else if (!s->premium && phone_premium(out))
		why = MESSAGE_ENROL_PREMIUM;
	else if (!served(s, out))
		why = MESSAGE_ENROL_UNSERVED;
	secret_wipe_bytes(text, sizeof text);
	return why;
}

static enum step_end converse(struct novice *n)
{
	struct step *s = n->step;
	struct message_prompt *next = &s->dialogue.next;
	enum step_end end;

	next->why = MESSAGE_ENROL_FIRST;
	dialogue_next(&s->dialogue, MESSAGE_NUMBER, 0);
	for (;;) {
		struct talk_answer typed;

		end = step_ask(s, &typed);
		if (end == STEP_GO_ON)
			next->why = judge(s->settings, &typed, n->phone);
		secret_wipe(&typed.text);
		if (end == STEP_ENDED || next->why == MESSAGE_ENROL_FIRST)
			break;
		secret_wipe_bytes(n->phone, sizeof *n->phone);
		if (step_non_answer(s, MESSAGE_NUMBER, 0) == STEP_ENDED)
			return STEP_ENDED;
	}
	return end;
}

enum step_end novice_run(struct novice *n)
{
	struct step *s = n->step;
	struct fault f = FAULT_INIT;
	struct ledger_grant g;

	s->dialogue.next.settings = s->settings;
	if (ledger_reserve(&s->ledger, n->challenge, &g, &f) < 0)
		return step_broken(s, TALK_REASON_STATE, &f);
	if (g.answer != LEDGER_GRANTED)
		return step_refuse_aloud(s, ledger_answer_reason(g.answer), &g);
	n->entered = true;
	if (converse(n) == STEP_ENDED)
		return STEP_ENDED;
	number_tag(s->state, n->phone->e164, s->outcome->number, sizeof s->outcome->number);
	return STEP_GO_ON;
}
