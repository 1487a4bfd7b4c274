#include "core/recognition.h"

#include <stdbool.h>

#include "core/limit.h"
#include "core/policy.h"

/* A place spares the second factor, not the first: where the service asks for none before us
 * (without_password), only the session of a terminal tells somebody from their neighbours. */
static bool spares(const struct step *s)
{
	return s->facts->first_factor || s->ledger.place.kind == RECORD_PLACE_SESSION;
}

static int look(struct step *s, enum place_standing *standing, struct fault *f)
{
	const struct ledger *l = &s->ledger;
	struct state_change ch;

	if (state_begin(s->state, STATE_USER, l->account, &ch, f) < 0)
		return -1;
	struct place_moment m = ledger_moment(l, &ch);
	*standing = place_look(&ch.user, &l->place, &m);
	s->outcome->new_device =
		*standing == PLACE_UNKNOWN && place_among_devices(&ch.user, &l->place);
	struct limit_terms t = { s->settings, &ch.now, RECORD_PURSE_KNOWN };
	if (*standing == PLACE_REMEMBERED &&
		(!spares(s) || limit_standing(&t, &ch.user).answer != LIMIT_GRANTED))
		*standing = PLACE_KNOWN;
	state_abandon(&ch);
	return 0;
}

static enum verdict_place word_for(enum place_standing standing)
{
	if (standing == PLACE_REMEMBERED)
		return VERDICT_PLACE_REMEMBERED;
	return standing == PLACE_KNOWN ? VERDICT_PLACE_KNOWN : VERDICT_PLACE_NEW;
}

enum step_end recognition_begin(struct step *s)
{
	enum place_standing standing = PLACE_UNKNOWN;
	struct fault f = FAULT_INIT;
	struct ledger *l = &s->ledger;

	l->known = false;
	if (place_of(s->state->key, l->account->uid, s->facts, &l->place, &f) < 0)
		return step_broken(s, TALK_REASON_SYSTEM, &f);
	if (l->place.kind == RECORD_PLACE_NONE)
		return STEP_GO_ON;
	if (look(s, &standing, &f) < 0)
		return step_broken(s, TALK_REASON_STATE, &f);
	l->known = standing == PLACE_KNOWN || standing == PLACE_REMEMBERED;
	s->outcome->place = word_for(standing);
	struct policy_answer a = policy_for_place(standing == PLACE_REMEMBERED);
	if (a.verdict == VERDICT_CHALLENGE)
		return STEP_GO_ON;
	s->outcome->verdict = a.verdict;
	s->outcome->reason = a.reason;
	return STEP_ENDED;
}
