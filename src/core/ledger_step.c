#include "core/ledger_step.h"

#include <string.h>

static int begin(const struct ledger *l, struct state_change *ch, struct fault *f)
{
	return state_begin(l->state, STATE_USER, l->account, ch, f);
}

static void describe(const struct record_challenge *p, const struct clock_now *now,
	struct ledger_step_found *found)
{
	memcpy(found->id, p->id, sizeof found->id);
	found->valid_until_ms = binding_valid_until_ms(p);
	found->alone = p->bound == RECORD_BOUND_ALONE;
	found->known = p->purse == RECORD_PURSE_KNOWN;
	found->sends = p->sends;
	found->standing =
		now->boot_ms < found->valid_until_ms ? LEDGER_STEP_VALID : LEDGER_STEP_EXPIRED;
}

static bool new_device(const struct ledger *l, const struct state_change *ch)
{
	struct place_moment m = ledger_moment(l, ch);

	return place_look(&ch->user, &l->place, &m) == PLACE_UNKNOWN &&
	       place_among_devices(&ch->user, &l->place);
}

int ledger_step_look(const struct ledger *l, struct ledger_step_found *found, struct fault *f)
{
	struct state_change ch;

	memset(found, 0, sizeof *found);
	if (begin(l, &ch, f) < 0)
		return -1;
	int at = binding_find(&ch.user, l->binding, &ch.now);
	if (at >= 0) {
		describe(&ch.user.challenges[at], &ch.now, found);
		found->new_device = new_device(l, &ch);
	}
	state_abandon(&ch);
	return 0;
}

int ledger_step_keep(
	const struct ledger *l, const struct challenge *c, uint32_t sends, struct fault *f)
{
	struct state_change ch;

	if (begin(l, &ch, f) < 0)
		return -1;
	int at = challenge_lookup(&ch.user, c->id, &ch.now);
	if (at < 0) {
		state_abandon(&ch);
		return fault_set(
			f, FAULT_ABSENT, 0, "the challenge was voided while its SMS went out");
	}
	binding_sent(&ch.user.challenges[at], c->valid_until_ms, sends);
	return state_commit(&ch, f);
}

int ledger_step_wrong(const struct ledger *l, const struct challenge *c, struct fault *f)
{
	struct state_change ch;

	if (begin(l, &ch, f) < 0)
		return -1;
	int at = challenge_lookup(&ch.user, c->id, &ch.now);
	if (at < 0 || ch.user.challenges[at].tries_left > 0) {
		state_abandon(&ch);
		return 0;
	}
	challenge_forget(&ch.user, at);
	return state_commit(&ch, f);
}
