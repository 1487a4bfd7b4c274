#include "cli/whereabouts.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "cli/moment.h"
#include "core/recognition.h"

/* Has this place been seen? -1: that cannot be found out. */
static int look_around(struct step *s, struct whereabouts *out, struct fault *f)
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

static int look_ahead(const struct ledger *l, struct whereabouts *out, struct fault *f)
{
	struct state_change ch;

	if (state_begin(l->state, STATE_USER, l->account, &ch, f) != 0)
		return -1;
	state_abandon(&ch);
	struct place_moment m = ledger_moment(l, &ch);
	int64_t left_s = place_remembered_s(&ch.user, &l->place, &m);
	out->remember_s = m.remember_s;
	out->until_s = left_s > 0 ? ch.clock_wall_s + left_s : 0;
	secret_wipe_bytes(&ch, sizeof(ch));
	return 0;
}

int whereabouts_take(const struct house *h, const struct account *a, const struct facts *facts,
	struct whereabouts *out, struct fault *f)
{
	struct verdict_outcome outcome = { .verdict = VERDICT_DENY };
	struct step s = {
		.settings = &h->settings,
		.state = &h->state,
		.facts = facts,
		.outcome = &outcome,
		.ledger = { .settings = &h->settings,
			.state = &h->state,
			.account = a,
			.service = facts->service,
			.trusted = facts->trusted },
	};

	memset(out, 0, sizeof(*out));
	return look_around(&s, out, f) != 0 ? -1 : look_ahead(&s.ledger, out, f);
}

const char *whereabouts_text(const struct whereabouts *w, char *out, size_t cap)
{
	char until[MOMENT_MAX], span[MOMENT_MAX];
	const char *name = verdict_place_name(w->place);

	if (w->place == VERDICT_PLACE_NONE)
		snprintf(out, cap, "none that could be known again");
	else if (w->until_s != 0)
		snprintf(out, cap, "remembered until %s%s", moment_text(w->until_s, until),
			w->spared ? ": would not be asked until then"
				  : ", which spares nobody who is blocked or locked, or brings no "
				    "first factor");
	else if (w->remember_s != 0)
		snprintf(out, cap, "%s; remembered for %s after a right code", name,
			moment_span(w->remember_s, span));
	else
		snprintf(out, cap, "%s; this service remembers none (`remember`)", name);
	return out;
}
