/* What is drawn from the times of recent logins. */
#include "core/pace.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

enum { PARTS = 1 << 20 };

START_TEST(without_a_login_it_is_plausible)
{
	struct pace p = { { 0 } };
	static const struct {
		enum pace_kind kind;
		int64_t from, to;
	} cases[] = {
		{ PACE_FIRST, 300000, 1500000 },
		{ PACE_AGAIN, 300000, 1500000 },
		{ PACE_CONFIRM, 2000, 12000 },
		{ PACE_GUESS, 2000, 12000 },
		{ PACE_END, 2000, 12000 },
	};

	ck_assert(pace_sane(&p));
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		ck_assert_int_eq(pace_draw(&p, cases[i].kind, 0), cases[i].from);
		int64_t most = pace_draw(&p, cases[i].kind, PARTS - 1);
		ck_assert(most > cases[i].to - 10 && most <= cases[i].to);
	}
}
END_TEST

START_TEST(the_oldest_goes_and_the_others_stay)
{
	struct pace p = { { 0 } };

	for (int i = 1; i <= PACE_DEPTH + 3; i++)
		pace_add(&p, PACE_AGAIN, 1000 * i);
	ck_assert(pace_sane(&p));
	for (int i = 0; i < PACE_PLACES; i++) {
		int at = i - PACE_AGAIN * PACE_DEPTH;
		uint32_t want = at >= 0 && at < PACE_DEPTH ? 1000u * (uint32_t)(PACE_DEPTH + 3 - at) : 0;
		ck_assert_uint_eq(p.us[i], want);
	}
}
END_TEST

START_TEST(what_is_out_of_bounds_is_brought_in)
{
	struct pace p = { { 0 } };

	pace_add(&p, PACE_END, -5);
	pace_add(&p, PACE_END, 0);
	pace_add(&p, PACE_END, INT64_MAX);
	ck_assert(pace_sane(&p));
	ck_assert_uint_eq(p.us[PACE_END * PACE_DEPTH], PACE_MAX_US);
	ck_assert_uint_eq(p.us[PACE_END * PACE_DEPTH + 1], 1);
	p.us[0] = PACE_MAX_US + 1;
	ck_assert(!pace_sane(&p));
	p.us[0] = 0;
	p.us[PACE_PLACES - 1] = 1;
	ck_assert(!pace_sane(&p));
	p.us[PACE_PLACES - 1] = 0;
	p.us[PACE_KINDS * PACE_DEPTH] = 1;
	ck_assert(!pace_sane(&p));
}
END_TEST

START_TEST(few_are_not_repeated)
{
	struct pace p = { { 0 } };
	int64_t least = INT64_MAX, most = 0;

	pace_add(&p, PACE_FIRST, 100000);
	for (uint64_t i = 0; i < 100; i++) {
		int64_t us = pace_draw(&p, PACE_FIRST, i * (PARTS / 100));
		least = us < least ? us : least;
		most = us > most ? us : most;
	}
	ck_assert(least >= 70000 && least < 72000 && most <= 130001 && most > 128000);
}
END_TEST

/* Each remembered time stands for a twelfth of the logins, with itself in the middle. */
START_TEST(d15_the_spread_is_the_remembered_one)
{
	struct pace p = { { 0 } };
	static const int64_t times[PACE_DEPTH] = { 1500, 1100, 1300, 2200, 1700, 1200, 2100, 1900, 1400, 1600, 2000, 1800 };
	int64_t sum = 0, last = 0;
	int below[PACE_DEPTH] = { 0 };
	const int draws = 120000;

	for (int i = 0; i < PACE_DEPTH; i++)
		pace_add(&p, PACE_GUESS, times[i] * 1000);
	for (int i = 0; i < draws; i++) {
		int64_t us = pace_draw(&p, PACE_GUESS, (uint64_t)((int64_t)i * PARTS / draws));
		ck_assert_int_ge(us, last);
		last = us;
		sum += us;
		for (int k = 0; k < PACE_DEPTH; k++)
			below[k] += us < 100000 * (k + 11);
	}
	ck_assert_msg(llabs(sum / draws - 1650000) < 100, "%lld", (long long)(sum / draws));
	ck_assert(pace_draw(&p, PACE_GUESS, 0) == 1050000 && last > 2249000 && last <= 2250000);
	for (int k = 0; k < PACE_DEPTH; k++)
		ck_assert_msg(abs(below[k] - (2 * k + 1) * draws / 24) < 10, "%d: %d", k, below[k]);
}
END_TEST

START_TEST(d15_nothing_is_drawn_from_between_two_clusters)
{
	struct pace p = { { 0 } };
	int high = 0;

	for (int i = 0; i < PACE_DEPTH; i++)
		pace_add(&p, PACE_END, (i % 3 ? 250 : 5000) + i);
	for (int i = 0; i < 1200; i++) {
		int64_t us = pace_draw(&p, PACE_END, (uint64_t)((int64_t)i * PARTS / 1200));
		ck_assert_msg((us > 230 && us < 300) || (us > 4300 && us < 5700), "%lld", (long long)us);
		high += us > 1000;
	}
	ck_assert(high >= 398 && high <= 402);
}
END_TEST

START_TEST(equal_ones_are_not_repeated)
{
	struct pace p = { { 0 } };

	for (int i = 0; i < PACE_DEPTH; i++)
		pace_add(&p, PACE_FIRST, 64000);
	ck_assert_int_eq(pace_draw(&p, PACE_FIRST, 0), 63000);
	ck_assert_int_ge(pace_draw(&p, PACE_FIRST, PARTS - 1), 64990);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("pace");
	TCase *t = tcase_create("pace");

	tcase_add_test(t, without_a_login_it_is_plausible);
	tcase_add_test(t, the_oldest_goes_and_the_others_stay);
	tcase_add_test(t, what_is_out_of_bounds_is_brought_in);
	tcase_add_test(t, few_are_not_repeated);
	tcase_add_test(t, d15_the_spread_is_the_remembered_one);
	tcase_add_test(t, d15_nothing_is_drawn_from_between_two_clusters);
	tcase_add_test(t, equal_ones_are_not_repeated);
	suite_add_tcase(s, t);
	return s;
}
