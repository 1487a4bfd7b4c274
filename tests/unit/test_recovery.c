#include "core/recovery.h"

#include <string.h>

#include "unit.h"

static const unsigned char key[DIGEST_SIZE] = { 1, 2, 3 };

/* The link wraps RAND_bytes: it fails, or gives what is scripted. */
static bool random_fails;
static const unsigned char *script;

int __real_RAND_bytes(unsigned char *buf, int num);
int __wrap_RAND_bytes(unsigned char *buf, int num);
int __wrap_RAND_bytes(unsigned char *buf, int num)
{
	if (random_fails)
		return 0;
	if (!script)
		return __real_RAND_bytes(buf, num);
	memcpy(buf, script, (size_t)num);
	return 1;
}

static struct secret secret_of(const char *text)
{
	struct secret s;

	ck_assert_int_eq(secret_set(&s, text, strlen(text)), 0);
	return s;
}

/* Every value of a byte, over all: each symbol exactly as often as any other. */
START_TEST(a1_every_symbol_is_as_likely)
{
	struct fault f = FAULT_INIT;
	struct secret code;
	int counts[256] = { 0 }, kinds = 0;

	for (int first = 0; first < 256; first += RECOVERY_SYMBOLS) {
		unsigned char drawn[RECOVERY_SYMBOLS];
		for (int i = 0; i < RECOVERY_SYMBOLS; i++)
			drawn[i] = (unsigned char)(first + i);
		script = drawn;
		ck_assert_int_eq(recovery_make(&code, &f), 0);
		ck_assert_uint_eq(code.len, RECOVERY_SYMBOLS);
		for (int i = 0; i < RECOVERY_SYMBOLS; i++)
			counts[code.bytes[i]]++;
	}
	script = NULL;
	for (int c = 0; c < 256; c++) {
		kinds += counts[c] > 0;
		ck_assert(counts[c] == 0 || counts[c] == 256 / 32);
		ck_assert(counts[c] == 0 || strchr("0123456789ABCDEFGHJKMNPQRSTVWXYZ", c));
	}
	ck_assert_int_eq(kinds, 32);
}
END_TEST

START_TEST(a1_no_randomness_no_code)
{
	struct fault f = FAULT_INIT;
	struct secret code;

	random_fails = true;
	ck_assert_int_eq(recovery_make(&code, &f), -1);
	ck_assert_uint_eq(code.len, 0);
	random_fails = false;
}
END_TEST

START_TEST(no_two_are_the_same_and_each_is_read_as_it_is_shown)
{
	struct fault f = FAULT_INIT;
	struct secret code, other = { 0 }, typed, back;
	char shown[RECOVERY_SHOWN];

	for (int i = 0; i < 1000; i++) {
		ck_assert_int_eq(recovery_make(&code, &f), 0);
		ck_assert(!secret_equal(&code, &other));
		other = code;
		recovery_show(&code, shown);
		ck_assert_uint_eq(strlen(shown), 19);
		ck_assert(shown[4] == '-' && shown[9] == '-' && shown[14] == '-');
		typed = secret_of(shown);
		ck_assert(recovery_read(&typed, &back));
		ck_assert(secret_equal(&back, &code));
	}
}
END_TEST

static const struct {
	const char *typed, *want; /* NULL: not one */
} readings[] = {
	{ "0123-4567-89AB-CDEF", "0123456789ABCDEF" },
	{ "0123456789abcdef", "0123456789ABCDEF" },
	{ " 01 23-45 67--89ab  cdef ", "0123456789ABCDEF" },
	{ "oOiI-lL00-1111-0000", "0011110011110000" },
	{ "GHJK-MNPQ-RSTV-WXYZ", "GHJKMNPQRSTVWXYZ" },
	{ "ghjk-mnpq-rstv-wxyz", "GHJKMNPQRSTVWXYZ" },
	{ "0123-4567-89AB-CDE", NULL },
	{ "0123-4567-89AB-CDEF0", NULL },
	{ "0123-4567-89AB-CDEU", NULL },
	{ "0123-4567-89AB-CDE\xc3\xa9", NULL },
	{ "0123_4567_89AB_CDEF", NULL },
	{ "0123-4567-89AB-CDEF.", NULL },
	{ "123456", NULL },
	{ "b", NULL },
	{ "----", NULL },
};

START_TEST(a5_what_reads_as_a_code)
{
	struct secret typed = secret_of(readings[_i].typed), code;
	bool is = recovery_read(&typed, &code);

	ck_assert_msg(is == (readings[_i].want != NULL), "%s", readings[_i].typed);
	ck_assert_str_eq((const char *)code.bytes, is ? readings[_i].want : "");
	ck_assert_uint_eq(code.len, is ? RECOVERY_SYMBOLS : 0);
}
END_TEST

START_TEST(a5_a_nul_is_no_symbol)
{
	struct secret typed, code;

	ck_assert_int_eq(secret_set(&typed, "0123456789ABCDE\0", 16), 0);
	ck_assert(!recovery_read(&typed, &code));
}
END_TEST

START_TEST(the_hash_is_bound_to_key_user_and_code)
{
	static const unsigned char other_key[DIGEST_SIZE] = { 1, 2, 4 };
	struct secret code = secret_of("0123456789ABCDEF"), other = secret_of("0123456789ABCDEG");
	unsigned char macs[5][DIGEST_SIZE];
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(recovery_mac(key, 1000, &code, macs[0], &f), 0);
	ck_assert_int_eq(recovery_mac(key, 1000, &other, macs[1], &f), 0);
	ck_assert_int_eq(recovery_mac(key, 1001, &code, macs[2], &f), 0);
	ck_assert_int_eq(recovery_mac(other_key, 1000, &code, macs[3], &f), 0);
	ck_assert_int_eq(recovery_mac(key, 1000 << 8, &code, macs[4], &f), 0);
	for (int i = 0; i < 5; i++)
		for (int k = 0; k < i; k++)
			ck_assert(memcmp(macs[i], macs[k], DIGEST_SIZE) != 0);
	ck_assert_int_eq(recovery_mac(key, 1000, &code, macs[1], &f), 0);
	ck_assert_mem_eq(macs[0], macs[1], DIGEST_SIZE);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("recovery");
	TCase *t = tcase_create("recovery");

	tcase_add_test(t, a1_every_symbol_is_as_likely);
	tcase_add_test(t, a1_no_randomness_no_code);
	tcase_add_test(t, no_two_are_the_same_and_each_is_read_as_it_is_shown);
	tcase_add_loop_test(t, a5_what_reads_as_a_code, 0, (int)(sizeof readings / sizeof readings[0]));
	tcase_add_test(t, a5_a_nul_is_no_symbol);
	tcase_add_test(t, the_hash_is_bound_to_key_user_and_code);
	suite_add_tcase(s, t);
	return s;
}
