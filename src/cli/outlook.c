#include "cli/outlook.h"

#include <string.h>

#include "base/secret.h"
#include "core/limit.h"

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
	case LIMIT_SPENT_SITE:
		return TALK_REASON_BUDGET;
	case LIMIT_REFUSED:
	default:
		return TALK_REASON_SYSTEM;
	}
}

/* Charges the change's copy, which the caller abandons. */
static enum talk_reason try_to_send(
	const struct house *h, const struct facts *facts, struct state_change *ch)
{
	struct limit_terms t = { &h->settings, &ch->now, RECORD_PURSE_STRANGER };
	struct limit_result r;

	if (site_is_one_field(&ch->site, facts->service))
		return TALK_REASON_ONE_FIELD;
	r = limit_standing(&t, &ch->user);
	if (r.answer == LIMIT_GRANTED)
		r = limit_charge_send(&t, &ch->user, &ch->site, 0);
	return reason_of(r.answer);
}

int outlook_take(const struct house *h, const struct account *a, const struct facts *facts,
	struct outlook *out, struct fault *f)
{
	struct state_change ch;

	memset(out, 0, sizeof(*out));
	if (state_begin(&h->state, STATE_BOTH, a, &ch, f) != 0)
		return -1;
	state_abandon(&ch);
	portrait_take(&h->settings, &ch.now, &ch.user, &out->portrait);
	out->reason = try_to_send(h, facts, &ch);
	/* who is blocked, and a host that cannot ask, are refused whatever the user has */
	out->offline =
		(out->reason == TALK_REASON_LOCKED || out->reason == TALK_REASON_BUDGET) &&
		(record_recovery_left(&ch.user.offline) > 0 || ch.user.offline.app.enrolled != 0 ||
			span_rest_s(&ch.user.offline.issued.span, &ch.now) > 0);
	secret_wipe_bytes(&ch, sizeof(ch));
	return 0;
}
