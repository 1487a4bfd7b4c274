#include "core/limit.h"

#include <string.h>

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

static struct record_purse_state *purse_of(const struct limit_terms *t, struct record *r)
{
	uint32_t at = (uint32_t)t->purse;

	if (at < RECORD_PURSES)
		return &r->purse[at];
	at -= RECORD_PURSE_OFFLINE;
	return at < RECORD_OFFLINE_PURSES ? &r->offline.purse[at] : NULL;
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

static struct limit_result standing(const struct limit_terms *t, const struct record *r,
	const struct record_purse_state *p)
{
	struct limit_result result = refused;

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

struct limit_result limit_standing(const struct limit_terms *t, const struct record *r)
{
	const struct record_purse_state *p = purse_seen(t, r);

	return p ? standing(t, r, p) : refused;
}

struct limit_result limit_charge_guess(
	const struct limit_terms *t, struct record *r, struct limit_guess *guess)
{
	struct record_purse_state *p = purse_of(t, r);

	memset(guess, 0, sizeof *guess);
	if (!p)
		return refused;
	struct limit_result result = standing(t, r, p);
	if (result.answer != LIMIT_GRANTED)
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

void limit_success(const struct limit_terms *t, struct record *r, const struct limit_guess *guess)
{
	struct record_purse_state *p = purse_of(t, r);

	if (!p)
		return;
	limit_refund_guess(t, r, guess);
	p->consecutive = 0;
	p->lock_level = 0;
}

static void unlock(struct record_purse_state *p)
{
	memset(&p->failures, 0, sizeof p->failures);
	p->consecutive = 0;
	p->lock_level = 0;
	lock_clear(p);
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
