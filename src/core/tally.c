#include "core/tally.h"

#include <string.h>

/* As in meter: 15 whole buckets cover the window, the 16th is still filling. */
static int64_t bucket_s(uint32_t window_s)
{
	int64_t len = ((int64_t)window_s + TALLY_BUCKETS - 2) / (TALLY_BUCKETS - 1);

	return len > 0 ? len : 1;
}

/* Four bytes last until the year 2500 in the shortest buckets; from there time stands still. */
static uint32_t period_of(uint32_t window_s, int64_t now_s)
{
	int64_t period = now_s > 0 ? now_s / bucket_s(window_s) : 0;

	return period > UINT32_MAX ? UINT32_MAX : (uint32_t)period;
}

/* age 0 is the newest bucket. The difference wraps around as it should: the buckets are a power of
 * two. */
static uint8_t *bucket(struct tally *t, uint32_t age)
{
	return &t->counts[(t->period - age) % TALLY_BUCKETS];
}

static uint32_t count_of(const struct tally *t, uint32_t age)
{
	return t->counts[(t->period - age) % TALLY_BUCKETS];
}

void tally_turn(struct tally *t, uint32_t window_s, int64_t now_s)
{
	uint32_t period = period_of(window_s, now_s);

	if (period <= t->period)
		return;
	uint32_t steps = period - t->period;
	t->period = period;
	if (steps > TALLY_BUCKETS)
		steps = TALLY_BUCKETS;
	for (uint32_t age = 0; age < steps; age++)
		*bucket(t, age) = 0;
}

void tally_carry(struct tally *t, uint32_t from_s, uint32_t to_s, int64_t now_s)
{
	int64_t stood_s = from_s ? (int64_t)t->period * bucket_s(from_s) : 0;
	uint32_t sum = tally_sum(t);

	if (from_s == to_s)
		return;
	memset(t, 0, sizeof *t);
	t->period = period_of(to_s, now_s > stood_s ? now_s : stood_s);
	*bucket(t, 0) = sum > UINT8_MAX ? UINT8_MAX : (uint8_t)sum;
}

uint32_t tally_sum(const struct tally *t)
{
	uint32_t sum = 0;

	for (int i = 0; i < TALLY_BUCKETS; i++)
		sum += t->counts[i];
	return sum;
}

void tally_add(struct tally *t)
{
	uint8_t *newest = bucket(t, 0);

	if (*newest < UINT8_MAX)
		++*newest;
}

void tally_refund(struct tally *t, uint32_t window_s, int64_t since_s)
{
	uint32_t since = period_of(window_s, since_s);

	if (since > t->period || t->period - since >= TALLY_BUCKETS)
		return;
	for (uint32_t age = t->period - since + 1; age-- > 0;) {
		uint8_t *at = bucket(t, age);
		/* a full one may have had it, and has forgotten how many more */
		if (*at == UINT8_MAX)
			return;
		if (*at > 0) {
			--*at;
			return;
		}
	}
}

int64_t tally_wait_s(const struct tally *t, uint32_t window_s, uint32_t limit, int64_t now_s)
{
	int64_t len_s = bucket_s(window_s), gone_s = now_s;
	uint32_t left = tally_sum(t);

	if (left < limit || left == 0)
		return 0;
	for (uint32_t age = TALLY_BUCKETS; age-- > 0 && left > 0 && left >= limit;) {
		left -= count_of(t, age);
		gone_s = ((int64_t)t->period + TALLY_BUCKETS - age) * len_s;
	}
	/* where time stands still nobody knows when, but not now */
	return gone_s > now_s ? gone_s - now_s : 1;
}

void tally_put(struct slot_cursor *c, const struct tally *t)
{
	slot_put_u32(c, t->period);
	slot_put_bytes(c, t->counts, sizeof t->counts);
}

void tally_get(struct slot_cursor *c, struct tally *t)
{
	t->period = slot_get_u32(c);
	slot_get_bytes(c, t->counts, sizeof t->counts);
}
