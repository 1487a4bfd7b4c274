#include "core/meter.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

enum { HOUR = 3600, DAY = 86400 };

static struct meter fresh(uint32_t window_s, int64_t now_s)
{
	struct meter m;

	memset(&m, 0, sizeof m);
	meter_turn(&m, window_s, now_s);
	return m;
}

/* An event at 0 (of a window that begins on a bucket's edge) is still seen `after` seconds
 * later, or not. */
static const struct {
	const char *name;
	uint32_t window_s;
	int64_t after_s;
	uint32_t sum;
} ages[] = {
	{ "at once", HOUR, 0, 1 },
	{ "just inside the hour", HOUR, HOUR - 1, 1 },
	{ "at the hour: still seen", HOUR, HOUR, 1 },
	{ "one bucket later: gone", HOUR, HOUR + HOUR / 15, 0 },
	{ "long after", HOUR, 100 * HOUR, 0 },
	{ "just inside the day", DAY, DAY - 1, 1 },
	{ "a day and a bucket", DAY, DAY + DAY / 15, 0 },
	{ "a window that 15 does not divide", 61, 61, 1 },
	{ "the same, gone", 61, 16 * 5, 0 },
	{ "a window shorter than its buckets", 7, 7, 1 },
};

START_TEST(an_event_is_seen_for_its_window)
{
	struct meter m = fresh(ages[_i].window_s, 0);

	meter_add(&m);
	meter_turn(&m, ages[_i].window_s, ages[_i].after_s);
	ck_assert_msg(meter_sum(&m) == ages[_i].sum, "%s: %u", ages[_i].name, meter_sum(&m));
}
END_TEST

START_TEST(counts_saturate)
{
	struct meter m = fresh(HOUR, 0);

	m.counts[0] = UINT32_MAX;
	meter_add(&m);
	ck_assert_uint_eq(m.counts[0], UINT32_MAX);
	m.counts[3] = 7;
	ck_assert_uint_eq(meter_sum(&m), UINT32_MAX);
}
END_TEST

START_TEST(a_refund_takes_the_newest_and_stops_at_zero)
{
	struct meter m = fresh(HOUR, 0);

	meter_add(&m);
	meter_turn(&m, HOUR, 600);
	meter_add(&m);
	struct meter before = m;
	meter_add(&m);
	meter_refund(&m);
	ck_assert(memcmp(&m, &before, sizeof m) == 0);
	meter_refund(&m);
	meter_turn(&m, HOUR, HOUR + 240);
	ck_assert_uint_eq(meter_sum(&m), 0);
	meter_refund(&m);
	ck_assert_uint_eq(meter_sum(&m), 0);
}
END_TEST

START_TEST(time_that_runs_backwards_stands_still)
{
	struct meter m = fresh(HOUR, 50 * HOUR);

	meter_add(&m);
	struct meter before = m;
	meter_turn(&m, HOUR, 3 * HOUR);
	ck_assert(memcmp(&m, &before, sizeof m) == 0);
	meter_turn(&m, HOUR, -5);
	ck_assert(memcmp(&m, &before, sizeof m) == 0);
	/* also across a change of the window: the event must not look older than it is */
	meter_turn(&m, DAY, 3 * HOUR);
	meter_turn(&m, DAY, 50 * HOUR + DAY - 1);
	ck_assert_uint_eq(meter_sum(&m), 1);
}
END_TEST

START_TEST(another_window_carries_the_sum)
{
	struct meter m = fresh(HOUR, 10 * HOUR);

	for (int i = 0; i < 3; i++)
		meter_add(&m);
	meter_turn(&m, HOUR, 10 * HOUR + 1800);
	for (int i = 0; i < 2; i++)
		meter_add(&m);
	meter_turn(&m, DAY, 10 * HOUR + 1800);
	ck_assert_uint_eq(meter_sum(&m), 5);
	meter_turn(&m, DAY, 10 * HOUR + 1800 + DAY - 1);
	ck_assert_uint_eq(meter_sum(&m), 5);
}
END_TEST

START_TEST(a_period_from_the_disk_does_not_overflow)
{
	struct meter m = fresh(HOUR, 0);

	m.period = INT64_MAX;
	meter_add(&m);
	ck_assert_int_gt(meter_wait_s(&m, 1, 0), 0);
	meter_turn(&m, DAY, 5);
	ck_assert_uint_eq(meter_sum(&m), 1);
}
END_TEST

START_TEST(the_wait_ends_when_there_is_room)
{
	struct meter m = fresh(HOUR, 0);

	ck_assert_int_eq(meter_wait_s(&m, 1, 0), 0);
	meter_add(&m);
	meter_turn(&m, HOUR, 1000);
	meter_add(&m);
	ck_assert_int_eq(meter_wait_s(&m, 3, 1000), 0);
	int64_t wait = meter_wait_s(&m, 2, 1000);
	struct meter later = m;
	meter_turn(&later, HOUR, 1000 + wait - 1);
	ck_assert_uint_eq(meter_sum(&later), 2);
	meter_turn(&later, HOUR, 1000 + wait);
	ck_assert_uint_eq(meter_sum(&later), 1);
	/* room for the first only when both are gone */
	wait = meter_wait_s(&m, 1, 1000);
	meter_turn(&m, HOUR, 1000 + wait - 1);
	ck_assert_uint_eq(meter_sum(&m), 1);
	meter_turn(&m, HOUR, 1000 + wait);
	ck_assert_uint_eq(meter_sum(&m), 0);
}
END_TEST

/* Against a plain list of times: never fewer than happened, and at most those of one bucket
 * more. */
START_TEST(b4_never_fewer_than_happened)
{
	static const uint32_t windows[] = { 60, 61, 3600, 86400, 604800 };
	static int64_t times[4096];
	uint32_t window = windows[_i];
	int64_t bucket = (window + 14) / 15;
	int64_t now = 1700000000;
	int n = 0;
	struct meter m = fresh(window, now);

	srandom((unsigned)_i + 1);
	for (int step = 0; step < 4000; step++) {
		now += random() % (random() % 8 == 0 ? 2 * window : bucket / 2 + 1);
		meter_turn(&m, window, now);
		if (random() % 3) {
			meter_add(&m);
			times[n++] = now;
		}
		uint32_t inside = 0, within_reach = 0;
		for (int i = 0; i < n; i++) {
			inside += now - times[i] <= window;
			within_reach += now - times[i] < 16 * bucket;
		}
		ck_assert_uint_ge(meter_sum(&m), inside);
		ck_assert_uint_le(meter_sum(&m), within_reach);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("meter");
	TCase *tc = tcase_create("meter");

	tcase_add_loop_test(
		tc, an_event_is_seen_for_its_window, 0, (int)(sizeof ages / sizeof ages[0]));
	tcase_add_test(tc, counts_saturate);
	tcase_add_test(tc, a_refund_takes_the_newest_and_stops_at_zero);
	tcase_add_test(tc, time_that_runs_backwards_stands_still);
	tcase_add_test(tc, another_window_carries_the_sum);
	tcase_add_test(tc, a_period_from_the_disk_does_not_overflow);
	tcase_add_test(tc, the_wait_ends_when_there_is_room);
	tcase_add_loop_test(tc, b4_never_fewer_than_happened, 0, 5);
	suite_add_tcase(suite, tc);
	return suite;
}
