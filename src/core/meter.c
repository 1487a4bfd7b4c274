#include "core/meter.h"

#include <string.h>

/* 15 whole buckets cover the window; the 16th is the newest one, which is still filling. */
static int64_t bucket_s(uint32_t window_s)
{
	int64_t len = ((int64_t)window_s + METER_BUCKETS - 2) / (METER_BUCKETS - 1);

	return len > 0 ? len : 1;
}

/* When the bucket `ahead` places after the newest begins. A period comes from the disk: no
 * overflow. */
static int64_t begins_s(const struct meter *m, int ahead)
{
	int64_t period, at_s;

	if (__builtin_add_overflow(m->period, (int64_t)ahead, &period) ||
		__builtin_mul_overflow(period, bucket_s(m->window_s), &at_s))
		return INT64_MAX;
	return at_s;
}

static uint32_t saturated(uint64_t n)
{
	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

/* age 0 is the newest bucket. */
static uint32_t *bucket(struct meter *m, int age)
{
	return &m->counts[(uint64_t)(m->period - age) % METER_BUCKETS];
}

static uint32_t count_of(const struct meter *m, int age)
{
	return m->counts[(uint64_t)(m->period - age) % METER_BUCKETS];
}

/* Another window: old buckets say nothing about its buckets, so all of them count as new (never
 * fewer). */
static void carry(struct meter *m, uint32_t window_s, int64_t now_s)
{
	uint32_t sum = meter_sum(m);
	int64_t stood_s = m->window_s ? begins_s(m, 0) : 0;

	if (now_s < stood_s)
		now_s = stood_s;
	memset(m, 0, sizeof *m);
	m->window_s = window_s;
	m->period = now_s / bucket_s(window_s);
	*bucket(m, 0) = sum;
}

void meter_turn(struct meter *m, uint32_t window_s, int64_t now_s)
{
	if (now_s < 0)
		now_s = 0;
	if (m->window_s != window_s) {
		carry(m, window_s, now_s);
		return;
	}
	int64_t period = now_s / bucket_s(window_s);
	if (period <= m->period)
		return;
	int64_t steps = period - m->period;
	m->period = period;
	if (steps > METER_BUCKETS)
		steps = METER_BUCKETS;
	for (int age = 0; age < (int)steps; age++)
		*bucket(m, age) = 0;
}

uint32_t meter_sum(const struct meter *m)
{
	uint64_t sum = 0;

	for (int i = 0; i < METER_BUCKETS; i++)
		sum += m->counts[i];
	return saturated(sum);
}

void meter_add(struct meter *m)
{
	uint32_t *newest = bucket(m, 0);

	if (*newest < UINT32_MAX)
		++*newest;
}

void meter_refund(struct meter *m)
{
	for (int age = 0; age < METER_BUCKETS; age++) {
		uint32_t *at = bucket(m, age);
		if (*at > 0) {
			--*at;
			return;
		}
	}
}

int64_t meter_wait_s(const struct meter *m, uint32_t limit, int64_t now_s)
{
	uint64_t left = 0;
	int64_t gone_s = now_s;

	for (int age = 0; age < METER_BUCKETS; age++)
		left += count_of(m, age);
	for (int age = METER_BUCKETS - 1; age >= 0 && left > 0 && left >= limit; age--) {
		left -= count_of(m, age);
		gone_s = begins_s(m, METER_BUCKETS - age);
	}
	return gone_s > now_s ? gone_s - now_s : 0;
}
