#include "base/base64.h"

#include <string.h>

#include "unit.h"

/* RFC 4648, section 10, and the two characters that are not alphanumeric. */
static const struct {
	const char *bytes;
	size_t len;
	const char *text;
} cases[] = {
	{ "", 0, "" },
	{ "f", 1, "Zg==" },
	{ "fo", 2, "Zm8=" },
	{ "foo", 3, "Zm9v" },
	{ "foob", 4, "Zm9vYg==" },
	{ "fooba", 5, "Zm9vYmE=" },
	{ "foobar", 6, "Zm9vYmFy" },
	{ "\xfb\xff\x00", 3, "+/8A" },
	{ "\xa7", 1, "pw==" },
};

START_TEST(published_vectors_both_ways)
{
	char text[16];
	unsigned char bytes[16];
	size_t len = 99;
	ck_assert_int_eq(base64_encode(cases[_i].bytes, cases[_i].len, text, sizeof text), 0);
	ck_assert_str_eq(text, cases[_i].text);
	ck_assert_int_eq(base64_decode(text, bytes, sizeof bytes, &len), 0);
	ck_assert_uint_eq(len, cases[_i].len);
	ck_assert_mem_eq(bytes, cases[_i].bytes, len);
}
END_TEST

static const char *const refused[] = { "Z", "Zg", "Zg=", "Zg==\n", "Zm9v ", "Zm-v", "Zm_v",
	"====", "Z===", "=m9v", "Zg==Zg==", "Zh==", "Zm9=", "Zm=v", "Zm9vZm9", "Zm9v\xc3\xa4zz" };

START_TEST(c7_what_it_would_not_write_is_refused)
{
	unsigned char bytes[32];
	size_t len = 99;
	memset(bytes, 0, sizeof bytes);
	ck_assert_msg(
		base64_decode(refused[_i], bytes, sizeof bytes, &len) == -1, "%s", refused[_i]);
	ck_assert_uint_eq(len, 0);
	for (size_t i = 0; i < sizeof bytes; i++)
		ck_assert_uint_eq(bytes[i], 0);
}
END_TEST

START_TEST(nothing_is_written_beyond_the_end)
{
	char text[9];
	unsigned char bytes[4] = { 0, 0, 0, 9 };
	size_t len;
	ck_assert_int_eq(base64_encode("foobar", 6, text, sizeof text), 0);
	ck_assert_int_eq(base64_encode("foobar", 6, text, sizeof text - 1), -1);
	ck_assert_str_eq(text, "");
	ck_assert_int_eq(base64_encode("foobar", 6, text, 0), -1);
	ck_assert_int_eq(base64_decode("Zm9v", bytes, 3, &len), 0);
	ck_assert_int_eq(base64_decode("Zm9v", bytes, 2, &len), -1);
	ck_assert_int_eq(base64_decode("Zm9vYg==", bytes, 3, &len), -1);
	ck_assert_uint_eq(bytes[3], 9);
	ck_assert_uint_eq(bytes[0], 0);
}
END_TEST

START_TEST(every_byte_comes_back)
{
	unsigned char all[256], back[256];
	char text[BASE64_SIZE(sizeof all)];
	size_t len;
	for (unsigned i = 0; i < sizeof all; i++)
		all[i] = (unsigned char)i;
	for (size_t n = 0; n <= sizeof all; n++) {
		ck_assert_int_eq(base64_encode(all, n, text, sizeof text), 0);
		ck_assert_uint_eq(strlen(text) + 1, BASE64_SIZE(n));
		ck_assert_int_eq(base64_decode(text, back, sizeof back, &len), 0);
		ck_assert_uint_eq(len, n);
		ck_assert_mem_eq(back, all, n);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("base64");
	TCase *t = tcase_create("base64");
	tcase_add_loop_test(t, published_vectors_both_ways, 0, sizeof cases / sizeof *cases);
	tcase_add_loop_test(
		t, c7_what_it_would_not_write_is_refused, 0, sizeof refused / sizeof *refused);
	tcase_add_test(t, nothing_is_written_beyond_the_end);
	tcase_add_test(t, every_byte_comes_back);
	suite_add_tcase(s, t);
	return s;
}
