#include "core/forecast.h"

#include "core/binding.h"
#include "core/challenge.h"
#include "core/fatigue.h"
#include "core/limit.h"
#include "core/route.h"

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

/* --- recovery, app and issued codes ----------------------------------------------------------- */

static bool has_issued(const struct state_change *ch)
{
	return span_rest_s(&ch->user.offline.issued.span, &ch->now) > 0;
}

/* What the shim can part from a password (core/field). */
static bool has_for_field(const struct state_change *ch)
{
	return record_recovery_left(&ch->user.offline) > 0 || ch->user.offline.app.enrolled != 0;
}

/* Their purse is their own (B7). */
static enum talk_reason offline_standing(
	const struct payer *p, const struct facts *facts, const struct state_change *ch)
{
	struct limit_terms t = { p->settings, &ch->now,
		facts->trusted ? RECORD_PURSE_OFFLINE : RECORD_PURSE_OFFLINE_OWN };

	return reason_of(limit_standing(&t, &ch->user).answer);
}

static enum talk_reason before_a_field(
	const struct payer *p, const struct facts *facts, const struct state_change *ch)
{
	enum talk_reason standing = offline_standing(p, facts, ch);

	if (standing != TALK_REASON_NONE)
		return standing;
	return has_for_field(ch) ? TALK_REASON_NONE : TALK_REASON_NO_OFFLINE;
}

/* --- two steps -------------------------------------------------------------------------------- */

/* A code that is out is not sent again by the first step, and is what the second asks for. */
static enum talk_reason before_a_step(
	const struct payer *p, const struct facts *facts, struct state_change *ch)
{
	struct binding b;
	struct fault f = FAULT_INIT;

	if (binding_make(p->state->key, ch->user.uid, facts, &b, &f) < 0)
		return TALK_REASON_SYSTEM;
	if (facts->forward)
		return binding_find(&ch->user, &b, &ch->now) >= 0 ? TALK_REASON_NONE
								  : TALK_REASON_NO_STEP;
	return binding_stands(&ch->user, &b, &ch->now) ? TALK_REASON_SENT : TALK_REASON_NONE;
}

/* --- a send ----------------------------------------------------------------------------------- */

static bool served(const struct payer *p)
{
	for (size_t i = 0; i < p->settings->nroutes; i++)
		if (route_serves(&p->settings->routes[i], p->e164))
			return true;
	return false;
}

static int try_to_send(const struct payer *p, const struct facts *facts, struct state_change *ch,
	struct forecast *out, struct fault *f)
{
	struct allowance_terms t;
	bool begun;

	if (payer_terms(p, ch, &t, f) < 0)
		return -1;
	struct limit_result r = limit_standing(&t.limit, &ch->user);
	if (r.answer == LIMIT_GRANTED && p->purse == RECORD_PURSE_STRANGER &&
		fatigue_pauses(&ch->user, &ch->now, &begun)) {
		out->reason = TALK_REASON_BUDGET;
		return 0;
	}
	if (r.answer == LIMIT_GRANTED)
		r = allowance_charge_send(&t, &ch->user, &ch->site, 0);
	out->reason = reason_of(r.answer);
	out->spent = allowance_name(r.answer);
	/* nobody can be asked to wait */
	if (r.answer == LIMIT_WAIT && facts->two_step)
		out->reason = TALK_REASON_BUDGET;
	else if (out->reason == TALK_REASON_NONE &&
		 challenge_place(&ch->user, &ch->now, p->purse) < 0)
		out->reason = TALK_REASON_CROWDED;
	else if (out->reason == TALK_REASON_NONE && !served(p))
		out->reason = TALK_REASON_NUMBER;
	return 0;
}

/* Who is blocked, and a host that cannot ask, are refused whatever the user has. */
static bool replaceable(enum talk_reason reason)
{
	return reason == TALK_REASON_LOCKED || reason == TALK_REASON_BUDGET ||
	       reason == TALK_REASON_CROWDED || reason == TALK_REASON_NUMBER;
}

int forecast_take(const struct payer *p, const struct facts *facts, struct state_change *copy,
	struct forecast *out, struct fault *f)
{
	*out = (struct forecast){ .reason = TALK_REASON_SYSTEM, .spent = "" };
	if (facts->two_step)
		out->reason = before_a_step(p, facts, copy);
	else if (facts->forward)
		out->reason = before_a_field(p, facts, copy);
	else
		out->reason = site_is_one_field(&copy->site, facts->service) ? TALK_REASON_ONE_FIELD
									     : TALK_REASON_NONE;
	if (out->reason != TALK_REASON_NONE || facts->forward)
		return 0;
	if (try_to_send(p, facts, copy, out, f) < 0)
		return -1;
	out->offline = !facts->two_step && replaceable(out->reason) &&
		       (has_for_field(copy) || has_issued(copy)) &&
		       offline_standing(p, facts, copy) == TALK_REASON_NONE;
	return 0;
}
