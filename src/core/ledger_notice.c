#include "core/ledger_notice.h"

#include <string.h>

#include "base/secret.h"
#include "core/limit.h"
#include "core/payer.h"

/* Opens the change as well. -1: it is closed again. */
static int begin(
	const struct ledger *l, struct state_change *ch, struct allowance_terms *t, struct fault *f)
{
	struct payer payer = ledger_payer(l);

	if (state_begin(l->state, STATE_BOTH, l->account, ch, f) < 0)
		return -1;
	if (payer_terms(&payer, ch, t, f) == 0)
		return 0;
	state_abandon(ch);
	return -1;
}

/* The budgets alone: on a copy of the user without locks, of which the sends are taken over. */
static struct limit_result charge(const struct allowance_terms *t, struct state_change *ch)
{
	struct record unlocked = ch->user;
	enum record_purse purse = t->limit.purse;

	limit_unlock(&unlocked);
	struct limit_result r = allowance_charge_further(t, &unlocked, &ch->site);
	if (r.answer == LIMIT_GRANTED)
		memcpy(ch->user.purse[purse].sends, unlocked.purse[purse].sends,
			sizeof ch->user.purse[purse].sends);
	secret_wipe_bytes(&unlocked, sizeof unlocked);
	return r;
}

int ledger_notice_charge(
	const struct ledger *l, bool further, struct ledger_grant *g, struct fault *f)
{
	struct allowance_terms t;
	struct state_change ch;

	memset(g, 0, sizeof *g);
	if (begin(l, &ch, &t, f) < 0)
		return -1;
	struct limit_result r = charge(&t, &ch);
	g->answer = ledger_answer_of(r.answer);
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
	struct allowance_terms t;
	struct state_change ch;

	if (begin(l, &ch, &t, f) < 0)
		return -1;
	for (uint32_t i = 0; i < n; i++)
		allowance_refund_further(&t, &ch.user, &ch.site);
	return state_commit(&ch, f);
}

int ledger_notice_give_back(const struct ledger *l, uint32_t n, struct fault *f)
{
	struct allowance_terms t;
	struct state_change ch;

	if (begin(l, &ch, &t, f) < 0)
		return -1;
	if (!allowance_give_back(&t.limit, &ch.user, n)) {
		state_abandon(&ch);
		return 0;
	}
	allowance_give_back_shared(&t, &ch.site, n);
	return state_commit(&ch, f);
}
