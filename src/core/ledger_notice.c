#include "core/ledger_notice.h"

#include <string.h>

#include "base/secret.h"
#include "core/limit.h"

static struct limit_terms terms_of(const struct ledger *l, const struct state_change *ch)
{
	return (struct limit_terms){ l->settings, &ch->now, ledger_purse(l) };
}

/* The budgets alone: on a copy of the user without locks, of which the sends are taken over. */
static struct limit_result charge(const struct limit_terms *t, struct state_change *ch)
{
	struct record unlocked = ch->user;

	limit_unlock(&unlocked);
	struct limit_result r = limit_charge_further(t, &unlocked, &ch->site);
	if (r.answer == LIMIT_GRANTED)
		memcpy(ch->user.purse[t->purse].sends, unlocked.purse[t->purse].sends,
			sizeof ch->user.purse[t->purse].sends);
	secret_wipe_bytes(&unlocked, sizeof unlocked);
	return r;
}

static enum ledger_answer answer_of(enum limit_answer a)
{
	switch (a) {
	case LIMIT_GRANTED:
		return LEDGER_GRANTED;
	case LIMIT_BLOCKED:
		return LEDGER_BLOCKED;
	case LIMIT_SPENT_USER:
	case LIMIT_SPENT_SITE:
		return LEDGER_SPENT;
	case LIMIT_REFUSED:
	case LIMIT_LOCKED:
	case LIMIT_WAIT:
	default:
		return LEDGER_REFUSED;
	}
}

int ledger_notice_charge(
	const struct ledger *l, bool further, struct ledger_grant *g, struct fault *f)
{
	struct state_change ch;

	memset(g, 0, sizeof *g);
	if (state_begin(l->state, STATE_BOTH, l->account, &ch, f) < 0)
		return -1;
	struct limit_terms t = terms_of(l, &ch);
	struct limit_result r = charge(&t, &ch);
	g->answer = answer_of(r.answer);
	g->now_wall_s = ch.clock_wall_s;
	g->warn = r.warn;
	if (g->answer != LEDGER_GRANTED) {
		state_abandon(&ch);
		return 0;
	}
	if (!further)
		ledger_plan(l, &ch, g);
	if (state_commit(&ch, f) == 0)
		return 0;
	g->answer = LEDGER_REFUSED;
	return -1;
}

int ledger_notice_refund(const struct ledger *l, uint32_t n, struct fault *f)
{
	struct state_change ch;

	if (state_begin(l->state, STATE_BOTH, l->account, &ch, f) < 0)
		return -1;
	struct limit_terms t = terms_of(l, &ch);
	for (uint32_t i = 0; i < n; i++)
		limit_refund_further(&t, &ch.user, &ch.site);
	return state_commit(&ch, f);
}
