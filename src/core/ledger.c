#include "core/ledger.h"

#include <string.h>

#include "core/detour.h"
#include "core/fatigue.h"
#include "core/settings_remember.h"

enum record_purse ledger_purse(const struct ledger *l)
{
	if (!l->trusted)
		return RECORD_PURSE_OWN;
	return l->known ? RECORD_PURSE_KNOWN : RECORD_PURSE_STRANGER;
}

struct payer ledger_payer(const struct ledger *l)
{
	return (struct payer){ l->settings, l->state, l->e164, l->address, ledger_purse(l),
		l->began_boot_ms, l->numbers };
}

struct place_moment ledger_moment(const struct ledger *l, const struct state_change *ch)
{
	return (struct place_moment){ l->service, settings_remember_s(l->settings, l->service),
		ch->now.wall_s, ch->clock_wall_s };
}

static struct limit_terms terms_of(const struct ledger *l, const struct state_change *ch)
{
	struct limit_terms t = { l->settings, &ch->now, ledger_purse(l) };

	return t;
}

static void grant_from(struct ledger_grant *g, const struct limit_result *r)
{
	g->answer = ledger_answer_of(r->answer);
	g->until_wall_s = r->until_wall_s == 0 ? 0 : r->until_wall_s + g->people_s;
	g->wait_s = r->wait_s;
	g->warn = r->warn;
	g->spent = allowance_name(r->answer);
}

static int begin(const struct ledger *l, enum state_part part, struct state_change *ch,
	struct ledger_grant *g, struct fault *f)
{
	memset(g, 0, sizeof *g);
	if (state_begin(l->state, part, l->account, ch, f) < 0)
		return -1;
	g->now_wall_s = ch->clock_wall_s;
	g->people_s = ch->clock_wall_s - ch->now.wall_s;
	return 0;
}

/* With the terms of sends, for both records. */
static int begin_sends(const struct ledger *l, struct state_change *ch, struct allowance_terms *t,
	struct ledger_grant *g, struct fault *f)
{
	struct payer payer = ledger_payer(l);

	if (begin(l, STATE_BOTH, ch, g, f) < 0)
		return -1;
	if (payer_terms(&payer, ch, t, f) == 0)
		return 0;
	state_abandon(ch);
	return -1;
}

/* A grant counts only when it is on disk, and so does the place of who must wait; any other
 * refusal but that of a pause that begins writes nothing. */
static int end(struct state_change *ch, struct ledger_grant *g, struct fault *f)
{
	bool writes = g->answer == LEDGER_GRANTED || (g->answer == LEDGER_WAIT && g->keeps_place) ||
		      g->pause;

	if (!writes) {
		state_abandon(ch);
		return 0;
	}
	if (state_commit(ch, f) == 0)
		return 0;
	g->answer = LEDGER_REFUSED;
	return -1;
}

/* How long a place is kept: as long as an answer may still come, so that a late one can be told
 * so. A conversation that ends gives its place back itself; only a killed engine leaves one to
 * its end. */
static int64_t place_end_ms(const struct ledger *l, const struct clock_now *now)
{
	return now->boot_ms + (int64_t)l->settings->deadline_s * 1000 + TALK_ANSWER_MS;
}

static void enter(const struct ledger *l, const struct challenge *c, const struct clock_now *now,
	struct record_challenge *place)
{
	memcpy(place->id, c->id, sizeof place->id);
	memcpy(place->mac, c->mac, sizeof place->mac);
	memcpy(place->boot_id, now->boot_id, sizeof place->boot_id);
	place->gone_boot_ms = place_end_ms(l, now);
	place->tries_left = l->settings->code.tries;
	place->purse = ledger_purse(l);
	if (l->binding)
		binding_enter(l->binding, now, l->settings->code.lifetime_s, place);
}

/* Something happened to it. A bound one ends when it ends. */
static void stay(
	const struct ledger *l, const struct clock_now *now, struct record_challenge *place)
{
	if (place->bound == RECORD_BOUND_NONE)
		place->gone_boot_ms = place_end_ms(l, now);
}

/* A login that waits for its send holds a place as well: four logins of a user are under way at
 * most, however little they have cost so far. */
static void take_place(const struct ledger *l, const struct challenge *c, struct state_change *ch,
	struct ledger_grant *g)
{
	int place = challenge_lookup(&ch->user, c->id, &ch->now);

	if (place < 0)
		place = challenge_place(&ch->user, &ch->now, ledger_purse(l));
	if (place < 0)
		g->answer = LEDGER_CROWDED;
	else
		enter(l, c, &ch->now, &ch->user.challenges[place]);
	g->keeps_place = place >= 0;
}

/* The routes for a send that has just been granted. The claim of a trial is written with the
 * charge. */
void ledger_plan(const struct ledger *l, struct state_change *ch, struct ledger_grant *g)
{
	const struct settings *s = l->settings;

	if (g->answer != LEDGER_GRANTED)
		return;
	for (size_t i = 0; i < s->nroutes; i++)
		if (detour_look(&ch->site, s->routes[i].name, &ch->now) != DETOUR_NONE)
			g->remembered |= 1u << i;
	g->plan = route_plan(s->routes, s->nroutes, l->e164, &ch->site, &ch->now);
}

/* Why no code is sent to anybody now: the host, the user's standing, a pause. GRANTED: none of
 * these. */
static void look(const struct ledger *l, struct state_change *ch, struct ledger_grant *g)
{
	struct limit_terms t = terms_of(l, ch);
	struct limit_result r = limit_standing(&t, &ch->user);

	grant_from(g, &r);
	if (!l->binding && site_is_one_field(&ch->site, l->service)) {
		g->answer = LEDGER_ONE_FIELD;
	} else if (g->answer == LEDGER_GRANTED && t.purse == RECORD_PURSE_STRANGER &&
		   fatigue_pauses(&ch->user, &ch->now, &g->pause)) {
		g->answer = LEDGER_PAUSED;
		g->until_wall_s = ch->clock_wall_s + fatigue_rest_s(&ch->user, &ch->now);
	}
}

int ledger_open(
	const struct ledger *l, const struct challenge *c, struct ledger_grant *g, struct fault *f)
{
	struct state_change ch;
	struct allowance_terms t;

	if (begin_sends(l, &ch, &t, g, f) < 0)
		return -1;
	if (l->binding && binding_stands(&ch.user, l->binding, &ch.now)) {
		g->answer = LEDGER_STILL;
		return end(&ch, g, f);
	}
	look(l, &ch, g);
	if (g->answer != LEDGER_GRANTED)
		return end(&ch, g, f);
	struct limit_result r = allowance_charge_send(&t, &ch.user, &ch.site, 0);
	grant_from(g, &r);
	if (g->answer == LEDGER_GRANTED || (g->answer == LEDGER_WAIT && !l->binding))
		take_place(l, c, &ch, g);
	if (g->answer == LEDGER_GRANTED && t.limit.purse == RECORD_PURSE_STRANGER)
		fatigue_charge(&ch.user, &ch.now);
	ledger_plan(l, &ch, g);
	return end(&ch, g, f);
}

int ledger_reserve(
	const struct ledger *l, const struct challenge *c, struct ledger_grant *g, struct fault *f)
{
	struct state_change ch;

	if (begin(l, STATE_BOTH, &ch, g, f) < 0)
		return -1;
	look(l, &ch, g);
	if (g->answer == LEDGER_GRANTED)
		take_place(l, c, &ch, g);
	return end(&ch, g, f);
}

int ledger_resend(const struct ledger *l, const struct challenge *c, enum ledger_again by,
	struct ledger_grant *g, struct fault *f)
{
	struct state_change ch;
	struct allowance_terms t;

	if (begin_sends(l, &ch, &t, g, f) < 0)
		return -1;
	int place = challenge_lookup(&ch.user, c->id, &ch.now);
	if (place < 0) {
		g->answer = LEDGER_VOID;
		return end(&ch, g, f);
	}
	struct limit_result r = by == LEDGER_BY_US
					? allowance_charge_further(&t, &ch.user, &ch.site)
					: allowance_charge_send(&t, &ch.user, &ch.site,
						  l->settings->code.cooldown_s);
	grant_from(g, &r);
	stay(l, &ch.now, &ch.user.challenges[place]);
	if (by == LEDGER_BY_PERSON)
		ledger_plan(l, &ch, g);
	return end(&ch, g, f);
}

/* n codes of this login are none of those that nobody answered. */
static void take_back(const struct ledger *l, struct state_change *ch, uint32_t n)
{
	int64_t age_ms = ch->now.boot_ms - l->began_boot_ms;

	if (n > 0 && ledger_purse(l) == RECORD_PURSE_STRANGER)
		fatigue_answered(&ch->user, n, &ch->now, ch->now.wall_s - (age_ms + 999) / 1000);
}

void ledger_answered(const struct ledger *l, struct state_change *ch)
{
	take_back(l, ch, l->unanswered);
}

int ledger_unsend(const struct ledger *l, const struct challenge *c, const struct ledger_unsent *u,
	struct fault *f)
{
	struct state_change ch;
	struct ledger_grant g;
	struct allowance_terms t;

	if (begin_sends(l, &ch, &t, &g, f) < 0)
		return -1;
	for (uint32_t i = 0; i < u->by_us; i++)
		allowance_refund_further(&t, &ch.user, &ch.site);
	for (uint32_t i = 0; i < u->by_person; i++)
		allowance_refund_send(&t, &ch.user, &ch.site);
	if (u->drop) {
		challenge_forget(&ch.user, challenge_lookup(&ch.user, c->id, &ch.now));
		/* nobody could have answered it */
		take_back(l, &ch, l->unanswered > 0 ? 1 : 0);
	}
	g.answer = LEDGER_GRANTED;
	return end(&ch, &g, f);
}

int ledger_charge(const struct ledger *l, const struct challenge *c, struct ledger_guess *guess,
	struct ledger_grant *g, struct fault *f)
{
	struct state_change ch;

	memset(guess, 0, sizeof *guess);
	if (begin(l, STATE_USER, &ch, g, f) < 0)
		return -1;
	int at = challenge_lookup(&ch.user, c->id, &ch.now);
	if (at < 0 || ch.user.challenges[at].tries_left == 0) {
		g->answer = LEDGER_VOID;
		return end(&ch, g, f);
	}
	struct limit_terms t = terms_of(l, &ch);
	struct limit_result r = limit_charge_guess(&t, &ch.user, &guess->limit);
	grant_from(g, &r);
	ledger_answered(l, &ch);
	struct record_challenge *place = &ch.user.challenges[at];
	place->tries_left--;
	stay(l, &ch.now, place);
	memcpy(guess->mac, place->mac, sizeof guess->mac);
	guess->until_wall_s = 0;
	if (guess->limit.locked)
		guess->until_wall_s = ch.user.purse[t.purse].lock_until_wall_s + g->people_s;
	return end(&ch, g, f);
}

int ledger_pardon(const struct ledger *l, const struct challenge *c,
	const struct ledger_guess *guess, struct fault *f)
{
	struct state_change ch;
	struct ledger_grant g;

	if (begin(l, STATE_USER, &ch, &g, f) < 0)
		return -1;
	struct limit_terms t = terms_of(l, &ch);
	limit_refund_guess(&t, &ch.user, &guess->limit);
	int at = challenge_lookup(&ch.user, c->id, &ch.now);
	if (at >= 0 && ch.user.challenges[at].tries_left < l->settings->code.tries)
		ch.user.challenges[at].tries_left++;
	g.answer = LEDGER_GRANTED;
	return end(&ch, &g, f);
}

/* A user's candidacy is over: because the number is stored now, or because it has been. */
static int enlist(
	const struct ledger *l, struct state_change *ch, struct ledger_grant *g, struct fault *f)
{
	if (l->enlist && enlist_seal(l->enlist, l->account, ch, f) < 0)
		return -1;
	g->answer = l->enlist && !l->enlist->done ? LEDGER_VOID : LEDGER_GRANTED;
	ch->user.candidate = 0;
	return 0;
}

int ledger_consume(const struct ledger *l, const struct challenge *c,
	const struct ledger_guess *guess, struct ledger_grant *g, struct fault *f)
{
	struct payer payer = ledger_payer(l);
	struct state_change ch;

	if (begin(l, STATE_USER, &ch, g, f) < 0)
		return -1;
	int place = challenge_lookup(&ch.user, c->id, &ch.now);
	if (place < 0) {
		g->answer = LEDGER_VOID;
		return end(&ch, g, f);
	}
	struct limit_terms t = terms_of(l, &ch);
	struct limit_result standing = limit_standing(&t, &ch.user);
	/* A lock that others' guesses set meanwhile does not touch this one, which was charged
	 * before; a block by the administrator does. */
	bool by_itself = guess->limit.blocked && ch.user.block == RECORD_BLOCK_FAILURES;
	if (standing.answer == LIMIT_BLOCKED && !by_itself) {
		grant_from(g, &standing);
		return end(&ch, g, f);
	}
	if (enlist(l, &ch, g, f) < 0) {
		state_abandon(&ch);
		return -1;
	}
	if (g->answer != LEDGER_GRANTED)
		return end(&ch, g, f);
	limit_success(&t, &ch.user, &guess->limit);
	bool back = allowance_give_back(&t, &ch.user, guess->sends);
	challenge_forget(&ch.user, place);
	struct place_moment m = ledger_moment(l, &ch);
	place_note(&ch.user, &l->place, &m);
	if (end(&ch, g, f) < 0)
		return -1;
	/* what it says about the service counts from root's hosts only (E1) */
	const char *shown = l->trusted && !l->binding ? l->service : NULL;
	payer_succeeded(&payer, back ? guess->sends : 0, shown, &g->later);
	return 0;
}

int ledger_void(const struct ledger *l, const struct challenge *c, struct fault *f)
{
	struct state_change ch;
	struct ledger_grant g;

	if (begin(l, STATE_USER, &ch, &g, f) < 0)
		return -1;
	int place = challenge_lookup(&ch.user, c->id, &ch.now);
	challenge_forget(&ch.user, place);
	g.answer = place < 0 ? LEDGER_VOID : LEDGER_GRANTED;
	return end(&ch, &g, f);
}

int ledger_one_field(const struct ledger *l, bool *marked, struct fault *f)
{
	struct state_change ch;

	*marked = false;
	if (!l->trusted)
		return 0;
	if (state_begin(l->state, STATE_SITE, NULL, &ch, f) < 0)
		return -1;
	*marked = site_note_one_field(&ch.site, l->service, l->account->uid) != 0;
	return state_commit(&ch, f);
}
