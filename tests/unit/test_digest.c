#include "base/digest.h"

#include <string.h>

#include "base/text.h"
#include "unit.h"

START_TEST(sha256_of_abc)
{
	/* FIPS 180-2, appendix B.1 */
	struct fault f = FAULT_INIT;
	unsigned char out[DIGEST_SIZE];
	char hex[2 * DIGEST_SIZE + 1];

	ck_assert_int_eq(digest_sha256("abc", 3, out, &f), 0);
	text_hex(hex, sizeof hex, out, sizeof out);
	ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
END_TEST

START_TEST(mac_is_hmac_over_length_prefixed_parts)
{
	/* HMAC-SHA-256, key 32 x 0x0b, over 00..02 "ab" 00..01 "c"; computed with openssl dgst -mac HMAC */
	struct fault f = FAULT_INIT;
	unsigned char key[DIGEST_SIZE], out[DIGEST_SIZE];
	char hex[2 * DIGEST_SIZE + 1];
	struct digest_part parts[] = { { "ab", 2 }, { "c", 1 } };

	memset(key, 0x0b, sizeof key);
	ck_assert_int_eq(digest_mac(key, parts, 2, out, &f), 0);
	text_hex(hex, sizeof hex, out, sizeof out);
	ck_assert_str_eq(hex, "dd3926e3cdf10d32b39c7ffb5cb12b1b8ce7763ea4d6676689b55abf7766c888");
}
END_TEST

START_TEST(mac_tells_parts_keys_and_order_apart)
{
	struct fault f = FAULT_INIT;
	unsigned char key[DIGEST_SIZE] = { 1 }, other[DIGEST_SIZE] = { 2 };
	unsigned char a[DIGEST_SIZE], b[DIGEST_SIZE];
	struct digest_part one[] = { { "ab", 2 }, { "c", 1 } };
	struct digest_part two[] = { { "a", 1 }, { "bc", 2 } };
	struct digest_part empty[] = { { "ab", 2 }, { "", 0 }, { "c", 1 } };

	ck_assert_int_eq(digest_mac(key, one, 2, a, &f), 0);
	ck_assert_int_eq(digest_mac(key, two, 2, b, &f), 0);
	ck_assert_mem_ne(a, b, sizeof a);
	ck_assert_int_eq(digest_mac(key, empty, 3, b, &f), 0);
	ck_assert_mem_ne(a, b, sizeof a);
	ck_assert_int_eq(digest_mac(other, one, 2, b, &f), 0);
	ck_assert_mem_ne(a, b, sizeof a);
	ck_assert_int_eq(digest_mac(key, one, 2, b, &f), 0);
	ck_assert_mem_eq(a, b, sizeof a);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("digest");
	TCase *t = tcase_create("digest");
	tcase_add_test(t, sha256_of_abc);
	tcase_add_test(t, mac_is_hmac_over_length_prefixed_parts);
	tcase_add_test(t, mac_tells_parts_keys_and_order_apart);
	suite_add_tcase(s, t);
	return s;
}
