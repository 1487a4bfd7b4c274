#include "cli/outlook.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "core/forecast.h"

int outlook_take(const struct house *h, const struct admission *a, const struct facts *facts,
	struct outlook *out, struct fault *f)
{
	struct payer payer = { .settings = &h->settings,
		.state = &h->state,
		/* who may enrol at the login has none yet */
		.e164 = a->numbers.n > 0 ? numbers_phone(&a->numbers)->e164 : "",
		.address = &facts->address };
	struct state_change ch;
	struct forecast cast;

	memset(out, 0, sizeof(*out));
	if (whereabouts_take(h, &a->account, facts, &out->where, f) != 0)
		return -1;
	payer.purse = out->where.purse;
	if (state_begin(&h->state, STATE_BOTH, &a->account, &ch, f) != 0)
		return -1;
	state_abandon(&ch);
	portrait_take(&h->settings, &ch.now, &ch.user, &out->portrait);
	if (forecast_take(&payer, facts, &ch, &cast, f) != 0) {
		secret_wipe_bytes(&ch, sizeof(ch));
		return -1;
	}
	out->reason = cast.reason;
	out->offline = cast.offline;
	out->spent = cast.spent;
	secret_wipe_bytes(&ch, sizeof(ch));
	return 0;
}

const char *outlook_standing(const struct outlook *o, char *out, size_t cap)
{
	if (o->where.spared)
		return "nobody would be asked";
	if (o->reason == TALK_REASON_NONE)
		return "an SMS would be sent";
	if (o->reason == TALK_REASON_BUDGET && o->spent[0] == 0)
		snprintf(out, cap, "codes to unknown places were not answered: a pause");
	else if (o->reason == TALK_REASON_BUDGET)
		snprintf(out, cap, "a budget for messages is spent (budget.%s)", o->spent);
	else if (o->reason == TALK_REASON_SENT)
		snprintf(out, cap, "a code that was sent is still good: the next login brings it");
	else if (o->reason == TALK_REASON_CROWDED)
		snprintf(out, cap, "four logins are waiting for a code already");
	else if (o->reason == TALK_REASON_NUMBER)
		snprintf(out, cap, "no route serves the number");
	else if (o->reason == TALK_REASON_ONE_FIELD)
		snprintf(out, cap, "the service was found unable to prompt twice");
	else
		portrait_standing(&o->portrait, o->where.purse, out, cap);
	return out;
}
