#include "core/sketch.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

enum { HOUR = 3600, DAY = 86400, START = 1700000000 };

static const struct number_rate rates[NUMBER_RATES_MAX] = { { 5, HOUR }, { 10, DAY } };
static struct sketch sketch;

static struct sketch_spot spot(uint16_t first, uint16_t second)
{
	return (struct sketch_spot){ true, { first, second } };
}

static uint32_t sum(const struct sketch_spot *who, int64_t now_s)
{
	return sketch_sum(&sketch, who, &rates[0], 0, now_s);
}

START_TEST(b5_who_shares_a_cell_is_charged_too_much_at_worst)
{
	struct sketch_spot a = spot(1, 2), b = spot(1, 9), c = spot(7, 2), both = spot(1, 2),
			   alone = spot(8, 8);

	memset(&sketch, 0, sizeof sketch);
	for (int i = 0; i < 4; i++)
		ck_assert(sketch_add(&sketch, &a, rates, START) == (i == 3)); /* 80 % */
	ck_assert_uint_eq(sum(&a, START), 4);
	/* the other row knows better */
	ck_assert_uint_eq(sum(&b, START), 0);
	ck_assert_uint_eq(sum(&c, START), 0);
	ck_assert_uint_eq(sum(&alone, START), 0);
	ck_assert_uint_eq(sum(&both, START), 4);
	(void)sketch_add(&sketch, &b, rates, START);
	(void)sketch_add(&sketch, &c, rates, START);
	ck_assert_uint_eq(sum(&a, START), 5);
	ck_assert_int_gt(sketch_wait_s(&sketch, &a, rates, START), 0);
	ck_assert_int_eq(sketch_wait_s(&sketch, &b, rates, START), 0);
	ck_assert_uint_eq(sum(&b, START), 1);
}
END_TEST

/* Whoever is counted: never fewer than they sent and did not get back. */
START_TEST(b5_a_crowd_is_never_undercharged)
{
	enum { WHO = 900 };
	static struct sketch_spot who[WHO];
	static uint32_t truth[WHO];
	int64_t now_s = START;

	memset(&sketch, 0, sizeof sketch);
	memset(truth, 0, sizeof truth);
	srandom((unsigned)_i + 5);
	for (int i = 0; i < WHO; i++)
		who[i] = spot((uint16_t)((size_t)random() % SKETCH_CELLS),
			(uint16_t)((size_t)random() % SKETCH_CELLS));
	for (int step = 0; step < 3000; step++) {
		size_t i = (size_t)random() % WHO;
		if (random() % 8 == 0)
			now_s++;
		if (truth[i] > 0 && random() % 2) {
			sketch_refund(&sketch, &who[i], rates, now_s, START);
			truth[i]--;
		} else {
			(void)sketch_add(&sketch, &who[i], rates, now_s);
			truth[i]++;
		}
		i = (size_t)random() % WHO;
		ck_assert_uint_ge(sum(&who[i], now_s), truth[i]);
	}
	/* and what is charged too much goes when all is given back */
	for (int i = 0; i < WHO; i++)
		for (; truth[i] > 0; truth[i]--)
			sketch_refund(&sketch, &who[i], rates, now_s, START);
	for (int i = 0; i < WHO; i++)
		ck_assert_uint_eq(sum(&who[i], now_s), 0);
}
END_TEST

START_TEST(the_unknown_is_not_counted)
{
	static const struct sketch none;
	struct sketch_spot nobody = { 0 };

	memset(&sketch, 0, sizeof sketch);
	for (int i = 0; i < 20; i++)
		ck_assert(!sketch_add(&sketch, &nobody, rates, START));
	ck_assert_int_eq(sketch_wait_s(&sketch, &nobody, rates, START), 0);
	sketch_refund(&sketch, &nobody, rates, START, START);
	sketch_forgive(&sketch, &nobody);
	ck_assert_mem_eq(&sketch, &none, sizeof none);
}
END_TEST

START_TEST(another_window_carries_every_cell)
{
	static const struct number_rate longer[NUMBER_RATES_MAX] = { { 5, DAY }, { 0, 0 } };
	struct sketch_spot a = spot(1, 2), b = spot(299, 299);

	memset(&sketch, 0, sizeof sketch);
	for (int i = 0; i < 5; i++) {
		(void)sketch_add(&sketch, &a, rates, START);
		(void)sketch_add(&sketch, &b, rates, START);
	}
	/* looking carries a copy */
	ck_assert_int_gt(sketch_wait_s(&sketch, &b, longer, START + 2), DAY - HOUR);
	ck_assert_uint_eq(sketch.window_s[0], HOUR);
	(void)sketch_add(&sketch, &a, longer, START + 2);
	ck_assert_uint_eq(sketch.window_s[0], DAY);
	/* the second rate is not in the settings any more: it waits */
	ck_assert_uint_eq(sketch.window_s[1], DAY);
	ck_assert_uint_eq(sketch_sum(&sketch, &b, &longer[0], 0, START + DAY), 5);
	ck_assert(sketch_sane(&sketch));
}
END_TEST

START_TEST(b5_one_byte_holds_every_limit)
{
	static const struct number_rate wide[NUMBER_RATES_MAX] = { { 1000, HOUR }, { 0, 0 } };
	struct sketch_spot a = spot(1, 2);

	memset(&sketch, 0, sizeof sketch);
	for (int i = 0; i < TALLY_LIMIT_MAX; i++) {
		ck_assert_int_eq(sketch_wait_s(&sketch, &a, wide, START), 0);
		(void)sketch_add(&sketch, &a, wide, START);
	}
	ck_assert_int_gt(sketch_wait_s(&sketch, &a, wide, START), 0);
}
END_TEST

START_TEST(who_is_forgiven_has_room_and_others_keep_theirs)
{
	struct sketch_spot a = spot(1, 2), other = spot(1, 9);

	memset(&sketch, 0, sizeof sketch);
	for (int i = 0; i < 5; i++) {
		(void)sketch_add(&sketch, &a, rates, START);
		(void)sketch_add(&sketch, &other, rates, START);
	}
	sketch_forgive(&sketch, &a);
	ck_assert_int_eq(sketch_wait_s(&sketch, &a, rates, START), 0);
	ck_assert_uint_eq(sum(&other, START), 5);
}
END_TEST

START_TEST(spots_are_spread)
{
	static int hits[SKETCH_ROWS][SKETCH_CELLS];
	struct fault f = FAULT_INIT;

	memset(hits, 0, sizeof hits);
	for (uint32_t i = 0; i < 30000; i++) {
		unsigned char hash[DIGEST_SIZE];
		ck_assert_int_eq(digest_sha256(&i, sizeof i, hash, &f), 0);
		struct sketch_spot s = sketch_find(hash);
		ck_assert(s.known);
		for (int row = 0; row < SKETCH_ROWS; row++) {
			ck_assert_uint_lt(s.at[row], SKETCH_CELLS);
			hits[row][s.at[row]]++;
		}
	}
	for (int row = 0; row < SKETCH_ROWS; row++)
		for (int i = 0; i < SKETCH_CELLS; i++)
			ck_assert_int_gt(hits[row][i], 50);
	/* the rows do not go together */
	ck_assert(memcmp(hits[0], hits[1], sizeof hits[0]) != 0);
}
END_TEST

START_TEST(c7_a_window_that_is_never_set_is_refused)
{
	memset(&sketch, 0, sizeof sketch);
	ck_assert(sketch_sane(&sketch));
	sketch.rows[1][299].tallies[1].counts[15] = 1;
	ck_assert(!sketch_sane(&sketch));
	sketch.window_s[1] = DAY;
	ck_assert(sketch_sane(&sketch));
	sketch.window_s[0] = 31 * DAY + 1;
	ck_assert(!sketch_sane(&sketch));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("sketch");
	TCase *t = tcase_create("sketch");

	tcase_add_test(t, b5_who_shares_a_cell_is_charged_too_much_at_worst);
	tcase_add_loop_test(t, b5_a_crowd_is_never_undercharged, 0, 10);
	tcase_add_test(t, the_unknown_is_not_counted);
	tcase_add_test(t, another_window_carries_every_cell);
	tcase_add_test(t, b5_one_byte_holds_every_limit);
	tcase_add_test(t, who_is_forgiven_has_room_and_others_keep_theirs);
	tcase_add_test(t, spots_are_spread);
	tcase_add_test(t, c7_a_window_that_is_never_set_is_refused);
	suite_add_tcase(s, t);
	return s;
}
