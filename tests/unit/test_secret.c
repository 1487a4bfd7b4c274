#include "base/secret.h"

#include <string.h>

#include "unit.h"

START_TEST(set_takes_all_or_nothing)
{
	struct secret s;
	char big[SECRET_MAX + 1];

	memset(big, 'x', sizeof big);
	memset(&s, 0xaa, sizeof s);
	ck_assert_int_eq(secret_set(&s, big, SECRET_MAX), 0);
	ck_assert_uint_eq(s.len, SECRET_MAX);
	ck_assert_uint_eq(s.bytes[SECRET_MAX], 0);
	ck_assert_int_eq(secret_set(&s, big, SECRET_MAX + 1), -1);
	ck_assert_uint_eq(s.len, 0);
	ck_assert_uint_eq(s.bytes[0], 0);
}
END_TEST

START_TEST(a5_equal_means_same_length_and_bytes)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} cases[] = {
		{ "", "", true },	     { "123456", "123456", true },  { "123456", "123457", false },
		{ "123456", "12345", false }, { "123456", "1234567", false }, { "", "1", false },
		{ "023456", "123456", false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct secret a, b;
		ck_assert_int_eq(secret_set(&a, cases[i].a, strlen(cases[i].a)), 0);
		ck_assert_int_eq(secret_set(&b, cases[i].b, strlen(cases[i].b)), 0);
		ck_assert_msg(secret_equal(&a, &b) == cases[i].equal, "%s / %s", cases[i].a, cases[i].b);
	}
}
END_TEST

START_TEST(a5_every_byte_of_a_digest_counts)
{
	unsigned char a[32] = { 0 }, b[32] = { 0 };

	ck_assert(secret_same_bytes(a, b, sizeof a));
	for (size_t i = 0; i < sizeof a; i++) {
		for (int bit = 0; bit < 8; bit++) {
			b[i] = (unsigned char)(1 << bit);
			ck_assert(!secret_same_bytes(a, b, sizeof a));
		}
		b[i] = 0;
	}
}
END_TEST

START_TEST(wipe_leaves_zeros)
{
	struct secret s, zero;

	memset(&zero, 0, sizeof zero);
	memset(&s, 0xaa, sizeof s);
	secret_wipe(&s);
	ck_assert_mem_eq(&s, &zero, sizeof s);
	secret_wipe_bytes(NULL, 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("secret");
	TCase *t = tcase_create("secret");
	tcase_add_test(t, set_takes_all_or_nothing);
	tcase_add_test(t, a5_equal_means_same_length_and_bytes);
	tcase_add_test(t, a5_every_byte_of_a_digest_counts);
	tcase_add_test(t, wipe_leaves_zeros);
	suite_add_tcase(s, t);
	return s;
}
