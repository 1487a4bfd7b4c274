#include "core/ledger_offline.h"

#include <string.h>

#include "base/secret.h"

static struct limit_terms terms_of(
	const struct ledger *l, const struct state_change *ch, bool as_sms)
{
	enum record_purse offline = l->trusted ? RECORD_PURSE_OFFLINE : RECORD_PURSE_OFFLINE_OWN;

	return (struct limit_terms){ l->settings, &ch->now, as_sms ? ledger_purse(l) : offline };
}

static int begin(
	const struct ledger *l, struct state_change *ch, struct ledger_grant *g, struct fault *f)
{
	memset(g, 0, sizeof *g);
	if (state_begin(l->state, STATE_USER, l->account, ch, f) < 0)
		return -1;
	g->now_wall_s = ch->clock_wall_s;
	g->people_s = ch->clock_wall_s - ch->now.wall_s;
	return 0;
}

static void grant_from(struct ledger_grant *g, const struct limit_result *r)
{
	g->answer = r->answer == LIMIT_GRANTED   ? LEDGER_GRANTED
		    : r->answer == LIMIT_LOCKED  ? LEDGER_LOCKED
		    : r->answer == LIMIT_BLOCKED ? LEDGER_BLOCKED
						 : LEDGER_REFUSED;
	g->until_wall_s = r->until_wall_s == 0 ? 0 : r->until_wall_s + g->people_s;
}

/* A grant counts only when it is on disk; a refusal writes nothing. */
static int end(struct state_change *ch, struct ledger_grant *g, struct fault *f)
{
	if (g->answer != LEDGER_GRANTED) {
		state_abandon(ch);
		return 0;
	}
	if (state_commit(ch, f) == 0)
		return 0;
	g->answer = LEDGER_REFUSED;
	return -1;
}

/* What there is, without an issued code whose time is over. Not by value: a copy on the way would
 * leave the key of an app behind. */
static void as_of_now(const struct state_change *ch, struct record_offline *seen)
{
	memcpy(seen, &ch->user.offline, sizeof *seen);
	if (span_rest_s(&seen->issued.span, &ch->now) == 0)
		memset(&seen->issued, 0, sizeof seen->issued);
}

int ledger_offline_look(const struct ledger *l, struct record_offline *seen, struct ledger_grant *g,
	struct fault *f)
{
	struct state_change ch;

	memset(seen, 0, sizeof *seen);
	if (begin(l, &ch, g, f) < 0)
		return -1;
	struct limit_terms t = terms_of(l, &ch, false);
	struct limit_result r = limit_standing(&t, &ch.user);
	grant_from(g, &r);
	as_of_now(&ch, seen);
	state_abandon(&ch);
	return 0;
}

int ledger_offline_charge(const struct ledger *l, struct ledger_offline_guess *guess,
	struct ledger_grant *g, struct fault *f)
{
	struct state_change ch;

	memset(guess, 0, sizeof *guess);
	if (begin(l, &ch, g, f) < 0)
		return -1;
	struct limit_terms t = terms_of(l, &ch, false);
	struct limit_result r = limit_charge_guess(&t, &ch.user, &guess->limit);
	grant_from(g, &r);
	ledger_answered(l, &ch);
	as_of_now(&ch, &guess->seen);
	if (guess->limit.locked) {
		const struct record_purse_state *p =
			&ch.user.offline.purse[t.purse - RECORD_PURSE_OFFLINE];
		guess->until_wall_s = p->lock_until_wall_s + g->people_s;
	}
	return end(&ch, g, f);
}

static bool take_recovery(struct record_offline *o, const struct ledger_offline_use *use)
{
	for (int i = 0; i < RECORD_RECOVERY_CODES; i++) {
		struct record_recovery *c = &o->recovery[i];
		if (c->state != RECORD_RECOVERY_UNUSED ||
			!secret_same_bytes(c->mac, use->mac, sizeof c->mac))
			continue;
		memset(c, 0, sizeof *c);
		c->state = RECORD_RECOVERY_USED;
		return true;
	}
	return false;
}

/* Another app may have been enrolled meanwhile, or this code been used. */
static bool take_step(struct record_offline *o, const struct ledger_offline_use *use)
{
	if (o->app.enrolled != 1 || use->step <= o->app.last_step ||
		!secret_same_bytes(o->app.key, use->app.key, sizeof o->app.key))
		return false;
	o->app.last_step = use->step;
	return true;
}

/* Once, and within its time. */
static bool take_issued(
	struct record_issued *i, const struct clock_now *now, const struct ledger_offline_use *use)
{
	if (span_rest_s(&i->span, now) == 0 || !secret_same_bytes(i->mac, use->mac, sizeof i->mac))
		return false;
	memset(i, 0, sizeof *i);
	return true;
}

/* May a right code let in? A lock that others' guesses set meanwhile does not touch one that was
 * charged here before; but who paid as an SMS code must not get past a lock of this side. The block
 * that this guess itself set is lifted first, for it would hide such a lock. */
static bool may_enter(const struct limit_terms *offline, struct state_change *ch,
	const struct ledger_offline_use *use, struct ledger_grant *g)
{
	if (use->limit.blocked && ch->user.block == RECORD_BLOCK_FAILURES)
		ch->user.block = RECORD_BLOCK_NONE;
	struct limit_result r = limit_standing(offline, &ch->user);

	if (r.answer == LIMIT_GRANTED || (r.answer == LIMIT_LOCKED && !use->paid_as_sms))
		return true;
	grant_from(g, &r);
	return false;
}

int ledger_offline_consume(const struct ledger *l, const struct ledger_offline_use *use,
	unsigned *left, struct ledger_grant *g, struct fault *f)
{
	struct payer payer = ledger_payer(l);
	struct state_change ch;

	*left = 0;
	if (begin(l, &ch, g, f) < 0)
		return -1;
	struct limit_terms offline = terms_of(l, &ch, false), sms = terms_of(l, &ch, true);
	struct record_offline *o = &ch.user.offline;
	if (!may_enter(&offline, &ch, use, g))
		return end(&ch, g, f);
	bool taken = (use->by == VERDICT_BY_RECOVERY && take_recovery(o, use)) ||
		     (use->by == VERDICT_BY_APP && take_step(o, use)) ||
		     (use->by == VERDICT_BY_ISSUED && take_issued(&o->issued, &ch.now, use));
	if (!taken) {
		g->answer = LEDGER_VOID;
		return end(&ch, g, f);
	}
	limit_success(use->paid_as_sms ? &sms : &offline, &ch.user, &use->limit);
	bool back = allowance_give_back(&sms, &ch.user, use->sends);
	if (use->challenge)
		challenge_forget(&ch.user, challenge_lookup(&ch.user, use->challenge->id, &ch.now));
	struct place_moment m = ledger_moment(l, &ch);
	/* the helpdesk lets somebody in once, and does not vouch for the place */
	if (use->by != VERDICT_BY_ISSUED)
		place_note(&ch.user, &l->place, &m);
	*left = record_recovery_left(o);
	g->answer = LEDGER_GRANTED;
	if (end(&ch, g, f) < 0)
		return -1;
	/* without a send nothing is to be given back, nor has a second prompt been shown to work */
	if (back && use->sends > 0)
		payer_succeeded(&payer, use->sends, NULL, &g->later);
	return 0;
}
