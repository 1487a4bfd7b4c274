#include "base/random.h"

#include <stdbool.h>
#include <string.h>

#include <openssl/rand.h>

#include "unit.h"

/* The link wraps RAND_bytes, so that a failing and a biased generator can be shown. */
static enum { REAL, FAILING, SCRIPTED } generator = REAL;
static uint64_t script[8];
static size_t script_at;

int __real_RAND_bytes(unsigned char *buf, int num);
int __wrap_RAND_bytes(unsigned char *buf, int num);
int __wrap_RAND_bytes(unsigned char *buf, int num)
{
	if (generator == FAILING)
		return 0;
	if (generator == REAL)
		return __real_RAND_bytes(buf, num);
	memcpy(buf, &script[script_at++], (size_t)num);
	return 1;
}

START_TEST(a1_no_random_no_number)
{
	struct fault f = FAULT_INIT;
	unsigned char b[16];
	uint64_t v = 7;

	generator = FAILING;
	ck_assert_int_eq(random_bytes(b, sizeof b, &f), -1);
	ck_assert_int_eq(random_below(1000000, &v, &f), -1);
	ck_assert_uint_eq(v, 0);
	generator = REAL;
}
END_TEST

START_TEST(a1_values_that_would_bias_are_drawn_again)
{
	struct fault f = FAULT_INIT;
	uint64_t v;

	generator = SCRIPTED;
	script_at = 0;
	script[0] = UINT64_MAX; /* in the last, partial multiple of 10^6 */
	script[1] = UINT64_MAX - UINT64_MAX % 1000000;
	script[2] = 1999999;
	ck_assert_int_eq(random_below(1000000, &v, &f), 0);
	ck_assert_uint_eq(v, 999999);
	ck_assert_uint_eq(script_at, 3);
	generator = REAL;
}
END_TEST

START_TEST(below_covers_the_range_evenly)
{
	struct fault f = FAULT_INIT;
	unsigned int seen[10] = { 0 };
	uint64_t v;

	for (int i = 0; i < 10000; i++) {
		ck_assert_int_eq(random_below(10, &v, &f), 0);
		ck_assert_uint_lt(v, 10);
		seen[v]++;
	}
	/* 1000 expected, standard deviation 30: ten of them is out of reach for a fair draw */
	for (int i = 0; i < 10; i++)
		ck_assert_msg(seen[i] > 700 && seen[i] < 1300, "%d: %u", i, seen[i]);
}
END_TEST

START_TEST(bounds_are_checked)
{
	struct fault f = FAULT_INIT;
	uint64_t v;

	ck_assert_int_eq(random_below(0, &v, &f), -1);
	ck_assert_int_eq(random_below((UINT64_C(1) << 63) + 1, &v, &f), -1);
	ck_assert_int_eq(random_below(1, &v, &f), 0);
	ck_assert_uint_eq(v, 0);
	ck_assert_int_eq(random_below(UINT64_C(1) << 63, &v, &f), 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("random");
	TCase *t = tcase_create("random");
	tcase_add_test(t, a1_no_random_no_number);
	tcase_add_test(t, a1_values_that_would_bias_are_drawn_again);
	tcase_add_test(t, below_covers_the_range_evenly);
	tcase_add_test(t, bounds_are_checked);
	suite_add_tcase(s, t);
	return s;
}
