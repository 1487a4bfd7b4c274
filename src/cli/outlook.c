#include "cli/outlook.h"

#include <string.h>

#include "base/secret.h"
#include "core/fatigue.h"
#include "core/limit.h"
#include "core/payer.h"
#include "core/recognition.h"

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

/* Charges the change's copy, which the caller abandons. */
static int try_to_send(
	const struct ledger *l, struct state_change *ch, struct outlook *out, struct fault *f)
{
	struct payer payer = ledger_payer(l);
	struct allowance_terms t;
	struct limit_result r;
	bool begun;

	out->spent = "";
	if (payer_terms(&payer, &ch->now, &t, f) != 0)
		return -1;
	if (site_is_one_field(&ch->site, l->service)) {
		out->reason = TALK_REASON_ONE_FIELD;
		return 0;
	}
	r = limit_standing(&t.limit, &ch->user);
	if (r.answer == LIMIT_GRANTED && t.limit.purse == RECORD_PURSE_STRANGER &&
		fatigue_pauses(&ch->user, &ch->now, &begun)) {
		out->reason = TALK_REASON_BUDGET;
		return 0;
	}
	if (r.answer == LIMIT_GRANTED)
		r = allowance_charge_send(&t, &ch->user, &ch->site, 0);
	out->reason = reason_of(r.answer);
	out->spent = allowance_name(r.answer);
	return 0;
}

/* Has this place been seen? -1: that cannot be found out. */
static int look_around(struct step *s, struct outlook *out, struct fault *f)
{
	enum step_end end = recognition_begin(s);

	out->place = s->outcome->place;
	out->purse = ledger_purse(&s->ledger);
	if (end == STEP_GO_ON)
		return 0;
	out->spared = s->outcome->verdict == VERDICT_EXEMPT;
	if (s->outcome->fault.class == FAULT_NONE)
		return 0;
	*f = s->outcome->fault;
	return -1;
}

static void look_ahead(const struct ledger *l, const struct state_change *ch, struct outlook *out)
{
	struct place_moment m = ledger_moment(l, ch);
	int64_t left_s = place_remembered_s(&ch->user, &l->place, &m);

	out->remember_s = m.remember_s;
	out->until_s = left_s > 0 ? ch->clock_wall_s + left_s : 0;
}

int outlook_take(const struct house *h, const struct admission *a, const struct facts *facts,
	struct outlook *out, struct fault *f)
{
	struct state_change ch;
	struct verdict_outcome outcome = { .verdict = VERDICT_DENY };
	struct step s = {
		.settings = &h->settings,
		.state = &h->state,
		.facts = facts,
		.outcome = &outcome,
		.ledger = { .settings = &h->settings,
			.state = &h->state,
			.account = &a->account,
			.service = facts->service,
			.e164 = numbers_phone(&a->numbers)->e164,
			.address = &facts->address,
			.trusted = facts->trusted },
	};

	memset(out, 0, sizeof(*out));
	if (look_around(&s, out, f) != 0)
		return -1;
	if (state_begin(&h->state, STATE_BOTH, &a->account, &ch, f) != 0)
		return -1;
	state_abandon(&ch);
	portrait_take(&h->settings, &ch.now, &ch.user, &out->portrait);
	look_ahead(&s.ledger, &ch, out);
	if (try_to_send(&s.ledger, &ch, out, f) != 0) {
		secret_wipe_bytes(&ch, sizeof(ch));
		return -1;
	}
	/* who is blocked, and a host that cannot ask, are refused whatever the user has */
	out->offline =
		(out->reason == TALK_REASON_LOCKED || out->reason == TALK_REASON_BUDGET) &&
		(record_recovery_left(&ch.user.offline) > 0 || ch.user.offline.app.enrolled != 0 ||
			span_rest_s(&ch.user.offline.issued.span, &ch.now) > 0);
	secret_wipe_bytes(&ch, sizeof(ch));
	return 0;
}
