#include "cli/outlook.h"

#include <string.h>

#include "base/secret.h"
#include "core/binding.h"
#include "core/fatigue.h"
#include "core/limit.h"
#include "core/payer.h"

static enum talk_reason reason_of(enum limit_answer a)
{
	switch (a) {
	case LIMIT_GRANTED:
	case LIMIT_WAIT: /* asks for a moment, and then sends */
		return TALK_REASON_NONE;
	case LIMIT_LOCKED:
		return TALK_REASON_LOCKED;
	case LIMIT_BLOCKED:
		return TALK_REASON_BLOCKED;
	case LIMIT_SPENT_USER:
	case LIMIT_SPENT_NUMBER:
	case LIMIT_SPENT_ADDRESS:
	case LIMIT_SPENT_PREFIX:
	case LIMIT_SPENT_SITE:
		return TALK_REASON_BUDGET;
	case LIMIT_REFUSED:
	default:
		return TALK_REASON_SYSTEM;
	}
}

/* With two_step a host with one field is meant, and a code that is out is not sent again. */
static enum talk_reason before_a_send(
	const struct payer *p, const struct facts *facts, struct state_change *ch)
{
	struct binding b;
	struct fault f = FAULT_INIT;

	if (!facts->two_step)
		return site_is_one_field(&ch->site, facts->service) ? TALK_REASON_ONE_FIELD
								    : TALK_REASON_NONE;
	if (binding_make(p->state->key, ch->user.uid, facts, &b, &f) < 0)
		return TALK_REASON_SYSTEM;
	return binding_stands(&ch->user, &b, &ch->now) ? TALK_REASON_SENT : TALK_REASON_NONE;
}

/* Charges the change's copy, which the caller abandons. */
static int try_to_send(const struct payer *p, const struct facts *facts, struct state_change *ch,
	struct outlook *out, struct fault *f)
{
	enum talk_reason before = before_a_send(p, facts, ch);
	struct allowance_terms t;
	struct limit_result r;
	bool begun;

	out->spent = "";
	if (payer_terms(p, ch, &t, f) != 0)
		return -1;
	if (before != TALK_REASON_NONE) {
		out->reason = before;
		return 0;
	}
	r = limit_standing(&t.limit, &ch->user);
	if (r.answer == LIMIT_GRANTED && p->purse == RECORD_PURSE_STRANGER &&
		fatigue_pauses(&ch->user, &ch->now, &begun)) {
		out->reason = TALK_REASON_BUDGET;
		return 0;
	}
	if (r.answer == LIMIT_GRANTED)
		r = allowance_charge_send(&t, &ch->user, &ch->site, 0);
	out->reason = reason_of(r.answer);
	/* nobody can be asked to wait */
	if (r.answer == LIMIT_WAIT && facts->two_step)
		out->reason = TALK_REASON_BUDGET;
	out->spent = allowance_name(r.answer);
	return 0;
}

int outlook_take(const struct house *h, const struct admission *a, const struct facts *facts,
	struct outlook *out, struct fault *f)
{
	struct payer payer = { .settings = &h->settings,
		.state = &h->state,
		/* who may enrol at the login has none yet */
		.e164 = a->numbers.n > 0 ? numbers_phone(&a->numbers)->e164 : "",
		.address = &facts->address };
	struct state_change ch;

	memset(out, 0, sizeof(*out));
	if (whereabouts_take(h, &a->account, facts, &out->where, f) != 0)
		return -1;
	payer.purse = out->where.purse;
	if (state_begin(&h->state, STATE_BOTH, &a->account, &ch, f) != 0)
		return -1;
	state_abandon(&ch);
	portrait_take(&h->settings, &ch.now, &ch.user, &out->portrait);
	if (try_to_send(&payer, facts, &ch, out, f) != 0) {
		secret_wipe_bytes(&ch, sizeof(ch));
		return -1;
	}
	/* who is blocked, and a host that cannot ask, are refused whatever the user has */
	out->offline =
		!facts->two_step &&
		(out->reason == TALK_REASON_LOCKED || out->reason == TALK_REASON_BUDGET) &&
		(record_recovery_left(&ch.user.offline) > 0 || ch.user.offline.app.enrolled != 0 ||
			span_rest_s(&ch.user.offline.issued.span, &ch.now) > 0);
	secret_wipe_bytes(&ch, sizeof(ch));
	return 0;
}
