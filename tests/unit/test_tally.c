#include "core/tally.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

enum { HOUR = 3600, DAY = 86400, START = 1700000000 };

START_TEST(counts_go_with_their_window)
{
	struct tally t = { 0 };

	tally_turn(&t, HOUR, START);
	for (int i = 0; i < 3; i++)
		tally_add(&t);
	tally_turn(&t, HOUR, START + 1800);
	tally_add(&t);
	ck_assert_uint_eq(tally_sum(&t), 4);
	tally_turn(&t, HOUR, START + HOUR - 1);
	ck_assert_uint_eq(tally_sum(&t), 4);
	/* a bucket is 240 s */
	tally_turn(&t, HOUR, START + HOUR + 240);
	ck_assert_uint_eq(tally_sum(&t), 1);
	tally_turn(&t, HOUR, START + 10 * HOUR);
	ck_assert_uint_eq(tally_sum(&t), 0);
	/* time that runs backwards stands still */
	tally_add(&t);
	tally_turn(&t, HOUR, START);
	ck_assert_uint_eq(tally_sum(&t), 1);
}
END_TEST

START_TEST(the_wait_is_exact)
{
	struct tally t = { 0 };

	tally_turn(&t, HOUR, START);
	for (int i = 0; i < 5; i++)
		tally_add(&t);
	ck_assert_int_eq(tally_wait_s(&t, HOUR, 6, START), 0);
	for (uint32_t limit = 1; limit <= 5; limit++) {
		int64_t wait_s = tally_wait_s(&t, HOUR, limit, START);
		struct tally later = t;
		tally_turn(&later, HOUR, START + wait_s - 1);
		ck_assert_uint_ge(tally_sum(&later), limit);
		later = t;
		tally_turn(&later, HOUR, START + wait_s);
		ck_assert_uint_lt(tally_sum(&later), limit);
	}
}
END_TEST

/* Four bytes of short buckets end in the year 2514: from there nothing is forgotten, nor granted. */
START_TEST(b5_beyond_the_last_bucket_time_stands_still)
{
	const int64_t far_s = INT64_C(253402300799);
	struct tally t = { 0 };

	tally_turn(&t, 60, far_s - DAY);
	tally_add(&t);
	tally_turn(&t, 60, far_s);
	ck_assert_uint_eq(t.period, UINT32_MAX);
	ck_assert_uint_eq(tally_sum(&t), 1);
	ck_assert_int_gt(tally_wait_s(&t, 60, 1, far_s), 0);
	tally_turn(&t, 60, -5);
	ck_assert_uint_eq(tally_sum(&t), 1);
}
END_TEST

START_TEST(b5_a_full_bucket_stays_full)
{
	struct tally t = { 0 };

	tally_turn(&t, HOUR, START);
	for (int i = 0; i < 300; i++)
		tally_add(&t);
	ck_assert_uint_eq(tally_sum(&t), 255);
	for (int i = 0; i < 100; i++)
		tally_refund(&t, HOUR, START);
	ck_assert_uint_eq(tally_sum(&t), 255);
	/* nor is one taken that came later, which may be another's */
	tally_turn(&t, HOUR, START + 600);
	tally_add(&t);
	tally_refund(&t, HOUR, START);
	ck_assert_uint_eq(tally_sum(&t), 256);
	tally_refund(&t, HOUR, START + 600);
	ck_assert_uint_eq(tally_sum(&t), 255);
}
END_TEST

START_TEST(b5_a_refund_takes_its_own_or_an_older_one)
{
	struct tally t = { 0 };

	tally_turn(&t, HOUR, START);
	tally_add(&t); /* another's, before the login began */
	tally_turn(&t, HOUR, START + 1200);
	tally_add(&t); /* ours */
	tally_turn(&t, HOUR, START + 1800);
	tally_add(&t); /* another's, after it */
	tally_refund(&t, HOUR, START + 1200);
	ck_assert_uint_eq(tally_sum(&t), 2);
	/* the others' are counted for as long as they would be */
	tally_turn(&t, HOUR, START + 1800 + HOUR - 240);
	ck_assert_uint_eq(tally_sum(&t), 1);
	/* what has left the window is not taken from others */
	t = (struct tally){ 0 };
	tally_turn(&t, HOUR, START + 2 * HOUR);
	tally_add(&t);
	tally_refund(&t, HOUR, START);
	ck_assert_uint_eq(tally_sum(&t), 1);
	tally_refund(&t, HOUR, START + 3 * HOUR);
	ck_assert_uint_eq(tally_sum(&t), 1);
	tally_refund(&t, HOUR, START + 2 * HOUR);
	ck_assert_uint_eq(tally_sum(&t), 0);
	tally_refund(&t, HOUR, START + 2 * HOUR);
	ck_assert_uint_eq(tally_sum(&t), 0);
}
END_TEST

START_TEST(another_window_carries_the_sum)
{
	struct tally t = { 0 };

	tally_turn(&t, HOUR, START);
	for (int i = 0; i < 7; i++) {
		tally_add(&t);
		tally_turn(&t, HOUR, START + i * 300);
	}
	tally_carry(&t, HOUR, DAY, START + 1800);
	ck_assert_uint_eq(tally_sum(&t), 7);
	tally_turn(&t, DAY, START + DAY);
	ck_assert_uint_eq(tally_sum(&t), 7);
	tally_carry(&t, DAY, 60, START + DAY);
	ck_assert_uint_eq(tally_sum(&t), 7);
	tally_turn(&t, 60, START + DAY + 90);
	ck_assert_uint_eq(tally_sum(&t), 0);
	/* never used: nothing, but it stands at the time */
	t = (struct tally){ 0 };
	tally_carry(&t, 0, HOUR, START);
	ck_assert_uint_eq(tally_sum(&t), 0);
	ck_assert_uint_eq(t.period, START / 240);
}
END_TEST

/* Many logins share one cell: whatever they charge and take back, each event that stands is counted. */
START_TEST(b5_never_fewer_than_happened)
{
	enum { EVENTS = 1000 };
	static int64_t at_s[EVENTS];
	static int state[EVENTS]; /* 1: stands, 2: stands for good */
	uint32_t window_s = HOUR;
	int64_t now_s = START;
	struct tally t = { 0 };
	int n = 0, refunds = 0;

	memset(state, 0, sizeof state);
	srandom((unsigned)_i + 1);
	for (int step = 0; step < 3000 && n < EVENTS; step++) {
		now_s += random() % 4 ? random() % 40 : random() % 600;
		tally_turn(&t, window_s, now_s);
		switch (random() % 3) {
		case 0:
			at_s[n] = now_s;
			state[n++] = random() % 2 ? 1 : 2;
			tally_add(&t);
			break;
		case 1: /* one of the last logins is right */
			for (int i = n - 1, back = 0; i >= 0 && back < 8; i--, back++)
				if (state[i] == 1) {
					tally_refund(&t, window_s, at_s[i] - random() % 30);
					state[i] = 0;
					refunds++;
					break;
				}
			break;
		default:
			if (random() % 200 == 0) {
				uint32_t next_s = random() % 2 ? HOUR : 2 * HOUR;
				tally_carry(&t, window_s, next_s, now_s);
				window_s = next_s;
			}
			break;
		}
		uint32_t truth = 0;
		for (int i = 0; i < n; i++)
			truth += state[i] && at_s[i] > now_s - (int64_t)window_s &&
				 at_s[i] > now_s - HOUR;
		ck_assert_msg(tally_sum(&t) >= truth, "step %d: %u of %u", step, tally_sum(&t),
			truth);
	}
	ck_assert_int_gt(refunds, 100);
}
END_TEST

START_TEST(twenty_bytes)
{
	unsigned char bytes[TALLY_SIZE];
	struct slot_cursor c = { bytes, sizeof bytes, 0, false };
	struct tally t = { 0x01020304, { 5, 6 } }, back;

	t.counts[15] = 255;
	tally_put(&c, &t);
	ck_assert(!c.bad);
	ck_assert_uint_eq(c.at, 20);
	ck_assert_mem_eq(bytes, "\1\2\3\4\5\6", 6);
	ck_assert_uint_eq(bytes[19], 255);
	c.at = 0;
	tally_get(&c, &back);
	ck_assert_mem_eq(&t, &back, sizeof t);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("tally");
	TCase *t = tcase_create("tally");

	tcase_add_test(t, counts_go_with_their_window);
	tcase_add_test(t, the_wait_is_exact);
	tcase_add_test(t, b5_beyond_the_last_bucket_time_stands_still);
	tcase_add_test(t, b5_a_full_bucket_stays_full);
	tcase_add_test(t, b5_a_refund_takes_its_own_or_an_older_one);
	tcase_add_test(t, another_window_carries_the_sum);
	tcase_add_loop_test(t, b5_never_fewer_than_happened, 0, 20);
	tcase_add_test(t, twenty_bytes);
	suite_add_tcase(s, t);
	return s;
}
