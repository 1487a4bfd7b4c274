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

static const struct {
	const char *text, *hex;
} sha1[] = {
	/* FIPS 180-2, appendix A */
	{ "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"84983e441c3bd26ebaae4aa1f95129e5e54670f1" },
	{ "", "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
};

START_TEST(sha1_of_fips_180)
{
	struct fault f = FAULT_INIT;
	unsigned char out[DIGEST_SHA1_SIZE];
	char hex[2 * DIGEST_SHA1_SIZE + 1];

	ck_assert_int_eq(digest_sha1(sha1[_i].text, strlen(sha1[_i].text), out, &f), 0);
	text_hex(hex, sizeof hex, out, sizeof out);
	ck_assert_str_eq(hex, sha1[_i].hex);
}
END_TEST

static const struct {
	const char *key;
	size_t times; /* the key so often */
	const char *text, *hex;
} hmac[] = {
	/* RFC 4231, test cases 2 and 6; a key longer than a block is hashed */
	{ "Jefe", 1, "what do ya want for nothing?",
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
	{ "\xaa", 131, "Test Using Larger Than Block-Size Key - Hash Key First",
		"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
};

START_TEST(hmac_of_rfc_4231)
{
	struct fault f = FAULT_INIT;
	unsigned char out[DIGEST_SIZE];
	char key[160], hex[2 * DIGEST_SIZE + 1];
	size_t len = strlen(hmac[_i].key);

	for (size_t i = 0; i < hmac[_i].times; i++)
		memcpy(key + i * len, hmac[_i].key, len);
	const struct digest_part whole = { key, len * hmac[_i].times },
				 text = { hmac[_i].text, strlen(hmac[_i].text) };
	ck_assert_int_eq(digest_hmac(&whole, &text, out, &f), 0);
	text_hex(hex, sizeof hex, out, sizeof out);
	ck_assert_str_eq(hex, hmac[_i].hex);
}
END_TEST

START_TEST(hmac_wants_a_key)
{
	struct fault f = FAULT_INIT;
	unsigned char out[DIGEST_SIZE] = { 1 };
	const struct digest_part none = { "", 0 }, text = { "x", 1 };

	ck_assert_int_eq(digest_hmac(&none, &text, out, &f), -1);
	ck_assert_uint_eq(out[0], 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("digest");
	TCase *t = tcase_create("digest");
	tcase_add_test(t, sha256_of_abc);
	tcase_add_test(t, mac_is_hmac_over_length_prefixed_parts);
	tcase_add_test(t, mac_tells_parts_keys_and_order_apart);
	tcase_add_loop_test(t, sha1_of_fips_180, 0, sizeof sha1 / sizeof *sha1);
	tcase_add_loop_test(t, hmac_of_rfc_4231, 0, sizeof hmac / sizeof *hmac);
	tcase_add_test(t, hmac_wants_a_key);
	suite_add_tcase(s, t);
	return s;
}
