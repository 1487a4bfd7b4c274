#include "core/allowance.h"

#include <string.h>

#include "core/prefix.h"

/* B5: seconds between sends of one user without a success in between; the first two are free. */
static const uint32_t waits_s[] = { 0, 0, 30, 60, 120, 240 };

enum { WAITS = sizeof waits_s / sizeof waits_s[0], COUNT_MAX = 1000000 };

static const struct limit_result refused = { LIMIT_REFUSED, 0, 0, false };

/* NULL for a purse that does not exist, or of offline guesses, which has no sends. */
static struct record_purse_state *purse_of(const struct limit_terms *t, struct record *r)
{
	return (uint32_t)t->purse < RECORD_PURSES ? &r->purse[t->purse] : NULL;
}

static int64_t most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* The site's record has its own time (F5). */
static int64_t site_now_s(const struct allowance_terms *t)
{
	return t->limit.now->wall_s + t->site_ahead_s;
}

/* --- the rates --- */

static uint32_t scaled(uint32_t least_count, uint64_t wished)
{
	if (wished < least_count)
		return least_count;
	return wished > COUNT_MAX ? COUNT_MAX : (uint32_t)wished;
}

void allowance_auto_rates(uint32_t enrolled, struct number_rate rates[NUMBER_RATES_MAX])
{
	memset(rates, 0, NUMBER_RATES_MAX * sizeof rates[0]);
	rates[0].count = scaled(60, (uint64_t)enrolled * 2);
	rates[0].window_s = 3600;
	rates[1].count = scaled(300, (uint64_t)enrolled * 10);
	rates[1].window_s = 86400;
}

static void halve(struct number_rate rates[NUMBER_RATES_MAX])
{
	for (int i = 0; i < NUMBER_RATES_MAX; i++)
		rates[i].count = rates[i].count / 2 + rates[i].count % 2;
}

void allowance_site_rates(const struct settings *settings, uint32_t enrolled,
	struct number_rate all[NUMBER_RATES_MAX], struct number_rate prefix[NUMBER_RATES_MAX])
{
	memcpy(all, settings->budget.all.rates, NUMBER_RATES_MAX * sizeof all[0]);
	memcpy(prefix, settings->budget.prefix.rates, NUMBER_RATES_MAX * sizeof prefix[0]);
	if (settings->budget.all.automatic)
		allowance_auto_rates(enrolled, all);
	if (settings->budget.prefix.automatic) {
		allowance_auto_rates(enrolled, prefix);
		halve(prefix);
	}
}

/* What everybody shares, as this login may use it. */
struct shared_rates {
	struct number_rate all[NUMBER_RATES_MAX], prefix[NUMBER_RATES_MAX];
};

/* Hosts that run as their user get half of it at most, so that what anybody may start cannot use up
 * the logins' share (E1). */
static struct shared_rates shared_of(const struct allowance_terms *t, const struct site *s)
{
	struct shared_rates out = { 0 };

	allowance_site_rates(t->limit.settings, s->enrolled, out.all, out.prefix);
	if (t->limit.purse == RECORD_PURSE_OWN) {
		halve(out.all);
		halve(out.prefix);
	}
	return out;
}

/* A budget without a single rate would be one that is off: there is none (B3). */
static bool all_bounded(const struct allowance_terms *t, const struct shared_rates *shared)
{
	const struct settings *s = t->limit.settings;

	return s->budget.user.rates[0].count > 0 && shared->all[0].count > 0 &&
	       (!t->number.known || s->budget.number.rates[0].count > 0) &&
	       (!t->address.known || s->budget.address.rates[0].count > 0) &&
	       (!t->prefix[0] || shared->prefix[0].count > 0);
}

/* --- meters --- */

/* Seconds until they have room for one more. */
static int64_t meters_wait_s(const struct meter meters[NUMBER_RATES_MAX],
	const struct number_rate rates[NUMBER_RATES_MAX], int64_t now_s)
{
	int64_t longest_s = 0;

	for (int i = 0; i < NUMBER_RATES_MAX && rates[i].count > 0; i++) {
		struct meter m = meters[i];
		meter_turn(&m, rates[i].window_s, now_s);
		if (meter_sum(&m) >= rates[i].count)
			longest_s =
				most(longest_s, most(1, meter_wait_s(&m, rates[i].count, now_s)));
	}
	return longest_s;
}

/* True: a rate is now at 80 % or more. */
static bool meters_add(struct meter meters[NUMBER_RATES_MAX],
	const struct number_rate rates[NUMBER_RATES_MAX], int64_t now_s)
{
	bool warn = false;

	for (int i = 0; i < NUMBER_RATES_MAX && rates[i].count > 0; i++) {
		meter_turn(&meters[i], rates[i].window_s, now_s);
		meter_add(&meters[i]);
		if ((uint64_t)meter_sum(&meters[i]) * 100 >= (uint64_t)rates[i].count * 80)
			warn = true;
	}
	return warn;
}

static void meters_refund(struct meter meters[NUMBER_RATES_MAX],
	const struct number_rate rates[NUMBER_RATES_MAX], int64_t now_s)
{
	for (int i = 0; i < NUMBER_RATES_MAX && rates[i].count > 0; i++) {
		meter_turn(&meters[i], rates[i].window_s, now_s);
		meter_refund(&meters[i]);
	}
}

/* --- the waits of a user --- */

/* Seconds until this user's next send. */
static int64_t send_wait_s(
	const struct limit_terms *t, const struct record_purse_state *p, uint32_t cooldown_s)
{
	uint32_t nth = p->sends_since_success < WAITS ? p->sends_since_success : WAITS - 1;
	int64_t need_ms = most(waits_s[nth], cooldown_s) * 1000;
	int64_t passed_ms;

	if (p->last_send_wall_s == 0)
		return 0;
	if (memcmp(t->now->boot_id, p->last_send_boot_id, CLOCK_BOOT_ID_SIZE) == 0)
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

/* --- all budgets of one send --- */

/* One of them was asked: the first refusal names it, the longest wait counts. */
static void heed(
	struct limit_result *result, enum limit_answer spent, int64_t wait_s, int64_t now_s)
{
	if (wait_s <= 0)
		return;
	if (result->answer == LIMIT_GRANTED)
		result->answer = spent;
	result->until_wall_s = most(result->until_wall_s, now_s + wait_s);
}

/* GRANTED, or what is spent and until when. Changes nothing. */
static struct limit_result look(
	const struct allowance_terms *t, const struct record_purse_state *p, const struct site *s)
{
	struct limit_result result = { .answer = LIMIT_GRANTED };
	struct shared_rates shared = shared_of(t, s);
	const struct settings *set = t->limit.settings;
	const struct site_prefix *prefix = prefix_look(s, t->prefix);
	int64_t now_s = t->limit.now->wall_s, site_s = site_now_s(t);

	if (!all_bounded(t, &shared))
		return refused;
	heed(&result, LIMIT_SPENT_USER, meters_wait_s(p->sends, set->budget.user.rates, now_s),
		now_s);
	heed(&result, LIMIT_SPENT_NUMBER,
		sketch_wait_s(&s->numbers, &t->number, set->budget.number.rates, site_s), now_s);
	heed(&result, LIMIT_SPENT_ADDRESS,
		sketch_wait_s(&s->addresses, &t->address, set->budget.address.rates, site_s),
		now_s);
	if (prefix)
		heed(&result, LIMIT_SPENT_PREFIX,
			meters_wait_s(prefix->sends, shared.prefix, site_s), now_s);
	heed(&result, LIMIT_SPENT_SITE, meters_wait_s(s->sends, shared.all, site_s), now_s);
	return result;
}

/* False: there is nowhere to count it, and nothing is charged. */
static bool add(const struct allowance_terms *t, struct record_purse_state *p, struct site *s,
	struct limit_result *result)
{
	struct shared_rates shared = shared_of(t, s);
	const struct settings *set = t->limit.settings;
	struct site_prefix *prefix = prefix_entry(s, set, t->prefix);
	int64_t site_s = site_now_s(t);

	if (t->prefix[0] && !prefix)
		return false;
	bool warn = meters_add(p->sends, set->budget.user.rates, t->limit.now->wall_s);
	warn |= sketch_add(&s->numbers, &t->number, set->budget.number.rates, site_s);
	warn |= sketch_add(&s->addresses, &t->address, set->budget.address.rates, site_s);
	if (prefix)
		warn |= meters_add(prefix->sends, shared.prefix, site_s);
	warn |= meters_add(s->sends, shared.all, site_s);
	result->warn = warn;
	return true;
}

static struct limit_result charge(const struct allowance_terms *t, struct record *r, struct site *s,
	const uint32_t *cooldown_s)
{
	struct record_purse_state *p = purse_of(&t->limit, r);
	struct limit_result result = p ? limit_standing(&t->limit, r) : refused;

	if (result.answer == LIMIT_GRANTED)
		result = look(t, p, s);
	if (result.answer != LIMIT_GRANTED)
		return result;
	if (cooldown_s) {
		result.wait_s = send_wait_s(&t->limit, p, *cooldown_s);
		if (result.wait_s > 0) {
			result.answer = LIMIT_WAIT;
			return result;
		}
	}
	if (!add(t, p, s, &result))
		return refused;
	if (cooldown_s)
		last_send_note(&t->limit, p);
	return result;
}

struct limit_result allowance_charge_send(
	const struct allowance_terms *t, struct record *r, struct site *s, uint32_t cooldown_s)
{
	return charge(t, r, s, &cooldown_s);
}

struct limit_result allowance_charge_further(
	const struct allowance_terms *t, struct record *r, struct site *s)
{
	return charge(t, r, s, NULL);
}

void allowance_refund_further(const struct allowance_terms *t, struct record *r, struct site *s)
{
	struct record_purse_state *p = purse_of(&t->limit, r);
	struct shared_rates shared = shared_of(t, s);
	int64_t site_s = site_now_s(t);

	if (!p)
		return;
	meters_refund(p->sends, t->limit.settings->budget.user.rates, t->limit.now->wall_s);
	allowance_give_back_shared(t, s, 1);
	if (prefix_look(s, t->prefix))
		meters_refund(prefix_entry(s, t->limit.settings, t->prefix)->sends, shared.prefix,
			site_s);
	meters_refund(s->sends, shared.all, site_s);
}

void allowance_refund_send(const struct allowance_terms *t, struct record *r, struct site *s)
{
	struct record_purse_state *p = purse_of(&t->limit, r);

	if (!p)
		return;
	allowance_refund_further(t, r, s);
	if (p->sends_since_success > 0)
		p->sends_since_success--;
	/* the charge was granted because the wait before it had passed: none is left */
	last_send_clear(p);
}

bool allowance_give_back(const struct limit_terms *t, struct record *r, uint32_t sends)
{
	struct record_purse_state *p = purse_of(t, r);
	const struct number_rate *cap = t->settings->budget.successes.rates;
	int64_t now_s = t->now->wall_s;

	if (!p)
		return false;
	p->sends_since_success = 0;
	if (cap[0].count == 0 || meters_wait_s(p->successes, cap, now_s) > 0)
		return false;
	(void)meters_add(p->successes, cap, now_s);
	for (uint32_t i = 0; i < sends; i++)
		meters_refund(p->sends, t->settings->budget.user.rates, now_s);
	return true;
}

void allowance_give_back_shared(const struct allowance_terms *t, struct site *s, uint32_t sends)
{
	const struct settings *set = t->limit.settings;
	int64_t site_s = site_now_s(t);

	for (uint32_t i = 0; i < sends; i++) {
		sketch_refund(
			&s->numbers, &t->number, set->budget.number.rates, site_s, t->since_site_s);
		sketch_refund(&s->addresses, &t->address, set->budget.address.rates, site_s,
			t->since_site_s);
	}
}

void allowance_unlock(struct record *r)
{
	for (int i = 0; i < RECORD_PURSES; i++) {
		r->purse[i].sends_since_success = 0;
		last_send_clear(&r->purse[i]);
	}
}

const char *allowance_name(enum limit_answer a)
{
	switch (a) {
	case LIMIT_SPENT_USER:
		return "user";
	case LIMIT_SPENT_NUMBER:
		return "number";
	case LIMIT_SPENT_ADDRESS:
		return "address";
	case LIMIT_SPENT_PREFIX:
		return "prefix";
	case LIMIT_SPENT_SITE:
		return "all";
	case LIMIT_REFUSED:
	case LIMIT_GRANTED:
	case LIMIT_LOCKED:
	case LIMIT_BLOCKED:
	case LIMIT_WAIT:
	default:
		return "";
	}
}
