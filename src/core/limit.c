#include "core/limit.h"

#include <string.h>

/* B5: seconds between sends of one user without a success in between; the first two are free. */
static const uint32_t waits_s[] = { 0, 0, 30, 60, 120, 240 };

enum { WAITS = sizeof waits_s / sizeof waits_s[0], COUNT_MAX = 1000000 };

static const struct limit_result refused = { LIMIT_REFUSED, 0, 0, false };

/* NULL for a purse that does not exist: the caller refuses. */
static const struct record_purse_state *purse_seen(
	const struct limit_terms *t, const struct record *r)
{
	uint32_t at = (uint32_t)t->purse;

	if (at < RECORD_PURSES)
		return &r->purse[at];
	at -= RECORD_PURSE_OFFLINE;
	return at < RECORD_OFFLINE_PURSES ? &r->offline.purse[at] : NULL;
}

/* A purse of offline guesses has no sends: NULL, as one that does not exist. */
static struct record_purse_state *sends_of(const struct limit_terms *t, struct record *r)
{
	return (uint32_t)t->purse < RECORD_PURSES ? &r->purse[t->purse] : NULL;
}

static struct record_purse_state *purse_of(const struct limit_terms *t, struct record *r)
{
	uint32_t at = (uint32_t)t->purse - RECORD_PURSE_OFFLINE;

	return at < RECORD_OFFLINE_PURSES ? &r->offline.purse[at] : sends_of(t, r);
}

static bool this_boot(const struct clock_now *now, const unsigned char id[CLOCK_BOOT_ID_SIZE])
{
	return memcmp(now->boot_id, id, CLOCK_BOOT_ID_SIZE) == 0;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* F5. What was set in an earlier boot is at least as old as this boot: that ends a lock also
 * where the wall clock once stood in the future and now seems to stand still. */
static int64_t lock_rest_s(const struct record_purse_state *p, const struct clock_now *now)
{
	if (p->lock_until_wall_s == 0)
		return 0;
	int64_t length_s = least(p->lock_until_wall_s - p->lock_start_wall_s, LIMIT_LOCK_MAX_S);
	int64_t rest_s;
	if (this_boot(now, p->lock_boot_id)) {
		if (now->boot_ms >= p->lock_until_boot_ms)
			return 0;
		rest_s = (p->lock_until_boot_ms - now->boot_ms + 999) / 1000;
	} else {
		rest_s = least(p->lock_until_wall_s - now->wall_s, length_s - now->boot_ms / 1000);
	}
	return most(0, least(rest_s, length_s));
}

static void lock_clear(struct record_purse_state *p)
{
	p->lock_start_wall_s = 0;
	p->lock_until_wall_s = 0;
	p->lock_until_boot_ms = 0;
	memset(p->lock_boot_id, 0, sizeof p->lock_boot_id);
}

static void lock_set(const struct limit_terms *t, struct record_purse_state *p)
{
	int64_t length_s = t->settings->lockout.lock_s;

	for (uint32_t i = 0; i < p->lock_level && length_s < LIMIT_LOCK_MAX_S; i++)
		length_s *= 2;
	length_s = least(length_s, LIMIT_LOCK_MAX_S);
	p->lock_start_wall_s = t->now->wall_s;
	p->lock_until_wall_s = t->now->wall_s + length_s;
	p->lock_until_boot_ms = t->now->boot_ms + length_s * 1000;
	memcpy(p->lock_boot_id, t->now->boot_id, sizeof p->lock_boot_id);
	if (p->lock_level < UINT32_MAX)
		p->lock_level++;
}

struct limit_result limit_standing(const struct limit_terms *t, const struct record *r)
{
	struct limit_result result = refused;
	const struct record_purse_state *p = purse_seen(t, r);

	if (!p)
		return result;
	if (r->block != RECORD_BLOCK_NONE) {
		result.answer = LIMIT_BLOCKED;
		return result;
	}
	int64_t rest_s = lock_rest_s(p, t->now);
	if (rest_s > 0) {
		result.answer = LIMIT_LOCKED;
		result.until_wall_s = t->now->wall_s + rest_s;
		return result;
	}
	result.answer = LIMIT_GRANTED;
	return result;
}

/* Charge every rate, or say until when there is no room (then the meters hold nothing worth
 * keeping). */
static bool rates_charge(struct meter meters[NUMBER_RATES_MAX],
	const struct number_rate rates[NUMBER_RATES_MAX], int64_t now_s,
	struct limit_result *result)
{
	bool room = true;

	for (int i = 0; i < NUMBER_RATES_MAX && rates[i].count > 0; i++) {
		meter_turn(&meters[i], rates[i].window_s, now_s);
		if (meter_sum(&meters[i]) >= rates[i].count) {
			int64_t wait_s = meter_wait_s(&meters[i], rates[i].count, now_s);
			result->until_wall_s = most(result->until_wall_s, now_s + wait_s);
			room = false;
			continue;
		}
		meter_add(&meters[i]);
		if ((uint64_t)meter_sum(&meters[i]) * 100 >= (uint64_t)rates[i].count * 80)
			result->warn = true;
	}
	return room;
}

static void rates_refund(struct meter meters[NUMBER_RATES_MAX],
	const struct number_rate rates[NUMBER_RATES_MAX], int64_t now_s)
{
	for (int i = 0; i < NUMBER_RATES_MAX && rates[i].count > 0; i++) {
		meter_turn(&meters[i], rates[i].window_s, now_s);
		meter_refund(&meters[i]);
	}
}

/* What this purse may take of the site's total: hosts that run as their user get half of it at
 * most, so that what anybody may start cannot use up the logins' share (E1). */
static void site_rates(
	const struct limit_terms *t, const struct site *s, struct number_rate out[NUMBER_RATES_MAX])
{
	if (t->settings->budget.all.automatic)
		limit_auto_rates(s->enrolled, out);
	else
		memcpy(out, t->settings->budget.all.rates, NUMBER_RATES_MAX * sizeof out[0]);
	for (int i = 0; t->purse == RECORD_PURSE_OWN && i < NUMBER_RATES_MAX; i++)
		out[i].count = out[i].count / 2 + out[i].count % 2;
}

/* Seconds until this user's next send. */
static int64_t send_wait_s(
	const struct limit_terms *t, const struct record_purse_state *p, uint32_t cooldown_s)
{
	uint32_t nth = p->sends_since_success < WAITS ? p->sends_since_success : WAITS - 1;
	int64_t need_ms = most(waits_s[nth], cooldown_s) * 1000;
	int64_t passed_ms;

	if (p->last_send_wall_s == 0)
		return 0;
	if (this_boot(t->now, p->last_send_boot_id))
		passed_ms = most(0, t->now->boot_ms - p->last_send_boot_ms);
	else
		passed_ms = most(t->now->boot_ms, (t->now->wall_s - p->last_send_wall_s) * 1000);
	return passed_ms >= need_ms ? 0 : (need_ms - passed_ms + 999) / 1000;
}

static void last_send_clear(struct record_purse_state *p)
{
	p->last_send_wall_s = 0;
	p->last_send_boot_ms = 0;
	memset(p->last_send_boot_id, 0, sizeof p->last_send_boot_id);
}

static void last_send_note(const struct limit_terms *t, struct record_purse_state *p)
{
	if (p->sends_since_success < UINT32_MAX)
		p->sends_since_success++;
	p->last_send_wall_s = t->now->wall_s;
	p->last_send_boot_ms = t->now->boot_ms;
	memcpy(p->last_send_boot_id, t->now->boot_id, sizeof p->last_send_boot_id);
}

/* The user's and the site's budgets, both or none. GRANTED, or what is spent. */
static enum limit_answer budgets_charge(const struct limit_terms *t, struct record_purse_state *p,
	struct site *s, struct limit_result *result)
{
	struct number_rate all[NUMBER_RATES_MAX];
	struct meter user_sends[NUMBER_RATES_MAX], site_sends[NUMBER_RATES_MAX];
	const struct number_rate *user = t->settings->budget.user.rates;

	memcpy(user_sends, p->sends, sizeof user_sends);
	memcpy(site_sends, s->sends, sizeof site_sends);
	site_rates(t, s, all);
	/* a budget without a single rate would be one that is off: there is none (B3) */
	if (all[0].count == 0 || user[0].count == 0)
		return LIMIT_REFUSED;
	if (!rates_charge(user_sends, user, t->now->wall_s, result))
		return LIMIT_SPENT_USER;
	if (!rates_charge(site_sends, all, t->now->wall_s, result))
		return LIMIT_SPENT_SITE;
	memcpy(p->sends, user_sends, sizeof user_sends);
	memcpy(s->sends, site_sends, sizeof site_sends);
	return LIMIT_GRANTED;
}

static void budgets_refund(
	const struct limit_terms *t, struct record_purse_state *p, struct site *s)
{
	struct number_rate all[NUMBER_RATES_MAX];

	rates_refund(p->sends, t->settings->budget.user.rates, t->now->wall_s);
	site_rates(t, s, all);
	rates_refund(s->sends, all, t->now->wall_s);
}

struct limit_result limit_charge_send(
	const struct limit_terms *t, struct record *r, struct site *s, uint32_t cooldown_s)
{
	struct record_purse_state *p = sends_of(t, r);
	struct limit_result result = p ? limit_standing(t, r) : refused;

	if (result.answer != LIMIT_GRANTED)
		return result;
	/* all or none */
	const struct record_purse_state purse_before = *p;
	struct meter site_before[NUMBER_RATES_MAX];
	memcpy(site_before, s->sends, sizeof site_before);
	result.answer = budgets_charge(t, p, s, &result);
	if (result.answer == LIMIT_GRANTED) {
		result.wait_s = send_wait_s(t, p, cooldown_s);
		if (result.wait_s == 0) {
			last_send_note(t, p);
			return result;
		}
		result.answer = LIMIT_WAIT;
		*p = purse_before;
		memcpy(s->sends, site_before, sizeof site_before);
	}
	result.warn = false;
	return result;
}

void limit_refund_send(const struct limit_terms *t, struct record *r, struct site *s)
{
	struct record_purse_state *p = sends_of(t, r);

	if (!p)
		return;
	budgets_refund(t, p, s);
	if (p->sends_since_success > 0)
		p->sends_since_success--;
	/* the charge was granted because the wait before it had passed: none is left */
	last_send_clear(p);
}

struct limit_result limit_charge_further(
	const struct limit_terms *t, struct record *r, struct site *s)
{
	struct record_purse_state *p = sends_of(t, r);
	struct limit_result result = p ? limit_standing(t, r) : refused;

	if (result.answer == LIMIT_GRANTED)
		result.answer = budgets_charge(t, p, s, &result);
	if (result.answer != LIMIT_GRANTED)
		result.warn = false;
	return result;
}

void limit_refund_further(const struct limit_terms *t, struct record *r, struct site *s)
{
	struct record_purse_state *p = sends_of(t, r);

	if (p)
		budgets_refund(t, p, s);
}

struct limit_result limit_charge_guess(
	const struct limit_terms *t, struct record *r, struct limit_guess *guess)
{
	struct record_purse_state *p = purse_of(t, r);
	struct limit_result result = limit_standing(t, r);

	memset(guess, 0, sizeof *guess);
	if (result.answer != LIMIT_GRANTED || !p)
		return result;
	guess->level_before = p->lock_level;
	meter_turn(&p->failures, t->settings->lockout.window_s, t->now->wall_s);
	meter_add(&p->failures);
	if (p->consecutive < UINT32_MAX)
		p->consecutive++;
	/* who runs as the user may stop himself, not the user's logins through root's hosts (E1) */
	bool own = t->purse == RECORD_PURSE_OWN || t->purse == RECORD_PURSE_OFFLINE_OWN;
	if (p->consecutive >= LIMIT_BLOCK_FAILURES && !own) {
		r->block = RECORD_BLOCK_FAILURES;
		guess->blocked = true;
	}
	if (meter_sum(&p->failures) >= t->settings->lockout.failures) {
		lock_set(t, p);
		guess->locked = true;
		guess->lock_until_boot_ms = p->lock_until_boot_ms;
	}
	return result;
}

void limit_refund_guess(
	const struct limit_terms *t, struct record *r, const struct limit_guess *guess)
{
	struct record_purse_state *p = purse_of(t, r);

	if (!p)
		return;
	meter_turn(&p->failures, t->settings->lockout.window_s, t->now->wall_s);
	meter_refund(&p->failures);
	if (p->consecutive > 0)
		p->consecutive--;
	if (guess->blocked && r->block == RECORD_BLOCK_FAILURES)
		r->block = RECORD_BLOCK_NONE;
	if (guess->locked && p->lock_until_boot_ms == guess->lock_until_boot_ms) {
		lock_clear(p);
		if (p->lock_level > guess->level_before)
			p->lock_level = guess->level_before;
	}
}

void limit_success(const struct limit_terms *t, struct record *r, const struct limit_guess *guess,
	uint32_t sends)
{
	struct record_purse_state *p = purse_of(t, r);

	if (!p)
		return;
	limit_refund_guess(t, r, guess);
	p->consecutive = 0;
	p->lock_level = 0;
	limit_give_back(t, r, sends);
}

void limit_give_back(const struct limit_terms *t, struct record *r, uint32_t sends)
{
	struct record_purse_state *p = sends_of(t, r);
	struct limit_result unused = refused;

	if (!p)
		return;
	p->sends_since_success = 0;
	struct meter successes[NUMBER_RATES_MAX];
	memcpy(successes, p->successes, sizeof successes);
	const struct number_rate *cap = t->settings->budget.successes.rates;
	if (cap[0].count == 0 || !rates_charge(successes, cap, t->now->wall_s, &unused))
		return;
	memcpy(p->successes, successes, sizeof successes);
	for (uint32_t i = 0; i < sends; i++)
		rates_refund(p->sends, t->settings->budget.user.rates, t->now->wall_s);
}

static void unlock(struct record_purse_state *p)
{
	memset(&p->failures, 0, sizeof p->failures);
	p->consecutive = 0;
	p->lock_level = 0;
	lock_clear(p);
	p->sends_since_success = 0;
	last_send_clear(p);
}

void limit_unlock(struct record *r)
{
	for (int i = 0; i < RECORD_PURSES; i++)
		unlock(&r->purse[i]);
	for (int i = 0; i < RECORD_OFFLINE_PURSES; i++)
		unlock(&r->offline.purse[i]);
	if (r->block == RECORD_BLOCK_FAILURES)
		r->block = RECORD_BLOCK_NONE;
}

static uint32_t scaled(uint32_t least_count, uint64_t wished)
{
	if (wished < least_count)
		return least_count;
	return wished > COUNT_MAX ? COUNT_MAX : (uint32_t)wished;
}

void limit_auto_rates(uint32_t enrolled, struct number_rate rates[NUMBER_RATES_MAX])
{
	memset(rates, 0, NUMBER_RATES_MAX * sizeof rates[0]);
	rates[0].count = scaled(60, (uint64_t)enrolled * 2);
	rates[0].window_s = 3600;
	rates[1].count = scaled(300, (uint64_t)enrolled * 10);
	rates[1].window_s = 86400;
}
