#include "core/caution.h"

#include <string.h>

#include "base/secret.h"
#include "core/allowance.h"
#include "core/height.h"
#include "core/limit.h"
#include "core/prefix.h"

enum {
	BUCKETS = METER_BUCKETS - 1, /* that together cover a window, of meter and tally alike */
	LEVEL_MOST = 12,             /* doubled so often the shortest lock is the longest */
};
_Static_assert((int)METER_BUCKETS == (int)TALLY_BUCKETS, "a window has as many buckets in both");

/* --- what is left of the block --- */

static enum caution_block words_of(uint32_t block)
{
	if (block == RECORD_BLOCK_ADMIN)
		return CAUTION_BY_ADMIN;
	if (block == RECORD_BLOCK_FAILURES)
		return CAUTION_BY_FAILURES;
	return CAUTION_UNKNOWN;
}

/* Whatever its seal says: bits that fell into a block by accident cost one unblock. */
static enum caution_block glimpse(const unsigned char *slot, uint32_t uid)
{
	unsigned char copy[RECORD_SLOT_SIZE];
	struct slot_cursor c = { copy, sizeof copy - SLOT_SEAL, SLOT_HEAD, false };
	struct height high;
	char name[TALK_USER_MAX + 1];

	memcpy(copy, slot, sizeof copy);
	uint32_t theirs = slot_get_u32(&c);
	slot_get_bytes(&c, name, sizeof name);
	height_get(&c, &high);
	uint32_t block = slot_get_u32(&c);
	secret_wipe_bytes(copy, sizeof copy);
	return theirs == uid ? words_of(block) : CAUTION_UNKNOWN;
}

/* A slot that holds by itself, and says that its user is not blocked. */
static bool surely_free(const unsigned char *slot, uint32_t uid)
{
	unsigned char alone[2 * RECORD_SLOT_SIZE] = { 0 };
	struct fault f = FAULT_INIT;
	struct slot_cursor c;
	struct record r;
	uint64_t sequence;

	memcpy(alone, slot, RECORD_SLOT_SIZE);
	bool is_free = slot_pick(alone, &record_shape, &sequence, &c, &f) == 0 &&
		       record_decode(&c, &r, &f) == 0 && r.uid == uid &&
		       r.block == RECORD_BLOCK_NONE;
	secret_wipe_bytes(alone, sizeof alone);
	secret_wipe_bytes(&r, sizeof r);
	return is_free;
}

enum caution_block caution_read(const unsigned char both[2 * RECORD_SLOT_SIZE], uint32_t uid)
{
	const unsigned char *other = both + RECORD_SLOT_SIZE;
	enum caution_block a = glimpse(both, uid), b = glimpse(other, uid);

	if (a == CAUTION_BY_ADMIN || b == CAUTION_BY_ADMIN)
		return CAUTION_BY_ADMIN;
	if (a == CAUTION_BY_FAILURES || b == CAUTION_BY_FAILURES)
		return CAUTION_BY_FAILURES;
	return surely_free(both, uid) && surely_free(other, uid) ? CAUTION_FREE : CAUTION_UNKNOWN;
}

uint32_t caution_block(enum caution_block before, bool administrator)
{
	switch (before) {
	case CAUTION_FREE:
		return RECORD_BLOCK_NONE;
	case CAUTION_BY_FAILURES:
		return RECORD_BLOCK_FAILURES;
	case CAUTION_UNKNOWN:
		return administrator ? RECORD_BLOCK_NONE : RECORD_BLOCK_ADMIN;
	case CAUTION_BY_ADMIN:
	default:
		return RECORD_BLOCK_ADMIN;
	}
}

/* --- counts --- */

static uint32_t up_to(uint32_t n, int k)
{
	return (uint32_t)(((uint64_t)n * (uint64_t)k + BUCKETS - 1) / BUCKETS);
}

/* What of n events falls into the k-th of the buckets, where they came evenly; a few come early, so
 * that the first is free soon. */
static uint32_t share(uint32_t n, int k)
{
	return up_to(n, k + 1) - up_to(n, k);
}

/* When the k-th of them was filling; the last is now's neighbour. */
static int64_t moment(uint32_t window_s, int k, int64_t now_s)
{
	return now_s - (int64_t)(BUCKETS - k) * ((window_s + BUCKETS - 1) / BUCKETS);
}

static void spend(struct meter *m, const struct number_rate *rate, int64_t now_s)
{
	memset(m, 0, sizeof *m);
	for (int k = 0; k < BUCKETS; k++) {
		meter_turn(m, rate->window_s, moment(rate->window_s, k, now_s));
		for (uint32_t i = share(rate->count, k); i > 0; i--)
			meter_add(m);
	}
	meter_turn(m, rate->window_s, now_s);
}

static void spend_all(struct meter meters[NUMBER_RATES_MAX],
	const struct number_rate rates[NUMBER_RATES_MAX], int64_t now_s)
{
	for (int i = 0; i < NUMBER_RATES_MAX && rates[i].count > 0; i++)
		spend(&meters[i], &rates[i], now_s);
}

static struct tally spent(const struct number_rate *rate, int64_t now_s)
{
	uint32_t n = rate->count < TALLY_LIMIT_MAX ? rate->count : TALLY_LIMIT_MAX;
	struct tally t = { 0 };

	for (int k = 0; k < BUCKETS; k++) {
		tally_turn(&t, rate->window_s, moment(rate->window_s, k, now_s));
		for (uint32_t i = share(n, k); i > 0; i--)
			tally_add(&t);
	}
	tally_turn(&t, rate->window_s, now_s);
	return t;
}

/* Nobody's name is in it: whoever is counted anywhere has nothing left. */
static void spend_sketch(
	struct sketch *s, const struct number_rate rates[NUMBER_RATES_MAX], int64_t now_s)
{
	for (int i = 0; i < NUMBER_RATES_MAX && rates[i].count > 0; i++) {
		struct tally t = spent(&rates[i], now_s);

		s->window_s[i] = rates[i].window_s;
		for (int row = 0; row < SKETCH_ROWS; row++)
			for (int at = 0; at < SKETCH_CELLS; at++)
				s->rows[row][at].tallies[i] = t;
	}
}

/* --- a user --- */

static void lock(struct record_purse_state *p, const struct settings *s,
	const struct clock_now *now, int64_t wall_s)
{
	struct number_rate failures = { s->lockout.failures, s->lockout.window_s };

	spend(&p->failures, &failures, wall_s);
	p->consecutive = LIMIT_BLOCK_FAILURES - 1;
	p->lock_level = LEVEL_MOST;
	p->lock_start_wall_s = wall_s;
	p->lock_until_wall_s = wall_s + LIMIT_LOCK_MAX_S;
	p->lock_until_boot_ms = now->boot_ms + LIMIT_LOCK_MAX_S * INT64_C(1000);
	memcpy(p->lock_boot_id, now->boot_id, sizeof p->lock_boot_id);
}

/* Nothing is sent while somebody is locked: what is counted for no longer than a lock lasts, the
 * lock stands for, so that unlock gives it back with everything else. */
static void spend_longer(
	struct record_purse_state *p, const struct number_rate *rates, int64_t wall_s)
{
	for (int i = 0; i < NUMBER_RATES_MAX && rates[i].count > 0; i++)
		if (rates[i].window_s > LIMIT_LOCK_MAX_S)
			spend(&p->sends[i], &rates[i], wall_s);
}

void caution_user(struct record *r, const struct settings *settings, const struct clock_now *now)
{
	height_rise(&r->high, now);
	for (int i = 0; i < RECORD_PURSES; i++) {
		lock(&r->purse[i], settings, now, r->high.wall_s);
		spend_longer(&r->purse[i], settings->budget.user.rates, r->high.wall_s);
	}
	for (int i = 0; i < RECORD_OFFLINE_PURSES; i++)
		lock(&r->offline.purse[i], settings, now, r->high.wall_s);
}

/* --- the site --- */

void caution_site(struct site *s, const struct settings *settings, const struct clock_now *now)
{
	struct number_rate all[NUMBER_RATES_MAX], prefix[NUMBER_RATES_MAX];

	height_rise(&s->high, now);
	allowance_site_rates(settings, s->enrolled, all, prefix);
	spend_all(s->sends, all, s->high.wall_s);
	for (size_t i = 0; settings->nprefixes > 1 && i < settings->nprefixes; i++) {
		struct site_prefix *one = prefix_entry(s, settings, settings->prefixes[i]);

		if (one)
			spend_all(one->sends, prefix, s->high.wall_s);
	}
	spend_sketch(&s->numbers, settings->budget.number.rates, s->high.wall_s);
	spend_sketch(&s->addresses, settings->budget.address.rates, s->high.wall_s);
}
