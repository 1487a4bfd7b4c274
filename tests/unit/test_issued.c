#include "core/issued.h"

#include <string.h>

#include "core/recovery.h"
#include "unit.h"

static const unsigned char key[DIGEST_SIZE] = { 1, 2, 3 };

/* The link wraps RAND_bytes. */
static bool random_fails;

int __real_RAND_bytes(unsigned char *buf, int num);
int __wrap_RAND_bytes(unsigned char *buf, int num);
int __wrap_RAND_bytes(unsigned char *buf, int num)
{
	return random_fails ? 0 : __real_RAND_bytes(buf, num);
}

/* Never as long as an SMS's code, an app's (6) or a recovery code (16). */
START_TEST(a5_its_length_is_its_own)
{
	for (uint32_t sms = 6; sms <= 10; sms++) {
		uint32_t digits = issued_digits(sms);
		ck_assert(digits == 8 || digits == 10);
		ck_assert_uint_ne(digits, sms);
	}
	ck_assert_uint_eq(issued_digits(6), 8);
}
END_TEST

START_TEST(a1_every_digit_at_every_place)
{
	int seen[ISSUED_DIGITS][10] = { { 0 } };
	struct fault f = FAULT_INIT;
	struct secret code;

	for (int i = 0; i < 2000; i++) {
		ck_assert_int_eq(issued_make(ISSUED_DIGITS, &code, &f), 0);
		ck_assert_uint_eq(code.len, ISSUED_DIGITS);
		for (int k = 0; k < ISSUED_DIGITS; k++) {
			ck_assert(code.bytes[k] >= '0' && code.bytes[k] <= '9');
			seen[k][code.bytes[k] - '0']++;
		}
	}
	/* 200 are to be expected; 100 is seven standard deviations off */
	for (int k = 0; k < ISSUED_DIGITS; k++)
		for (int d = 0; d < 10; d++)
			ck_assert_int_gt(seen[k][d], 100);
	ck_assert_int_eq(issued_make(ISSUED_DIGITS_ELSE, &code, &f), 0);
	ck_assert_uint_eq(code.len, 10);
}
END_TEST

START_TEST(a1_no_randomness_no_code)
{
	struct fault f = FAULT_INIT;
	struct secret code;

	random_fails = true;
	ck_assert_int_eq(issued_make(ISSUED_DIGITS, &code, &f), -1);
	ck_assert_uint_eq(code.len, 0);
	random_fails = false;
}
END_TEST

START_TEST(the_hash_is_bound_to_key_user_code_and_use)
{
	static const unsigned char other_key[DIGEST_SIZE] = { 1, 2, 4 };
	unsigned char macs[5][DIGEST_SIZE];
	struct fault f = FAULT_INIT;
	struct secret code, other;

	ck_assert_int_eq(secret_set(&code, "12345678", 8), 0);
	ck_assert_int_eq(secret_set(&other, "12345679", 8), 0);
	ck_assert_int_eq(issued_mac(key, 1000, &code, macs[0], &f), 0);
	ck_assert_int_eq(issued_mac(key, 1000, &other, macs[1], &f), 0);
	ck_assert_int_eq(issued_mac(key, 1001, &code, macs[2], &f), 0);
	ck_assert_int_eq(issued_mac(other_key, 1000, &code, macs[3], &f), 0);
	ck_assert_int_eq(recovery_mac(key, 1000, &code, macs[4], &f), 0);
	for (int i = 0; i < 5; i++)
		for (int k = 0; k < i; k++)
			ck_assert(memcmp(macs[i], macs[k], DIGEST_SIZE) != 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("issued");
	TCase *t = tcase_create("issued");

	tcase_add_test(t, a5_its_length_is_its_own);
	tcase_add_test(t, a1_every_digit_at_every_place);
	tcase_add_test(t, a1_no_randomness_no_code);
	tcase_add_test(t, the_hash_is_bound_to_key_user_code_and_use);
	suite_add_tcase(s, t);
	return s;
}
