#include "base/text.h"

#include <string.h>

#include "unit.h"

START_TEST(copy_takes_all_or_nothing)
{
	char b[5] = "zzzz";

	ck_assert_int_eq(text_copy(b, sizeof b, "1234"), 0);
	ck_assert_str_eq(b, "1234");
	ck_assert_int_eq(text_copy(b, sizeof b, "12345"), -1);
	ck_assert_str_eq(b, "");
}
END_TEST

START_TEST(g4_names_are_filtered_and_cut)
{
	static const struct {
		const char *in;
		size_t max;
		const char *out;
	} cases[] = {
		{ "alice", 16, "alice" },
		{ "a b\nc/d%e", 16, "abcde" },
		{ "J.Doe-2_x", 16, "J.Doe-2_x" },
		{ "abcdefghijklmnopqrst", 16, "abcdefghijklmnop" },
		{ "\xc3\xa4\xc3\xb6", 16, "?" },
		{ "", 16, "?" },
		{ "http://evil", 16, "httpevil" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char b[32];
		text_name(b, sizeof b, cases[i].in, cases[i].max);
		ck_assert_str_eq(b, cases[i].out);
	}
	char small[4];
	text_name(small, sizeof small, "abcdef", 16);
	ck_assert_str_eq(small, "abc");
}
END_TEST

START_TEST(log_text_cannot_break_a_line_or_a_quote)
{
	char b[16];

	text_log(b, sizeof b, "a\"b\\c\nd\x7f\xff");
	ck_assert_str_eq(b, "a?b?c?d??");
	text_log(b, 4, "abcdef");
	ck_assert_str_eq(b, "abc");
}
END_TEST

START_TEST(printable)
{
	ck_assert(text_printable("Code: "));
	ck_assert(!text_printable(""));
	ck_assert(!text_printable("a\n"));
	ck_assert(!text_printable("\x7f"));
	ck_assert(!text_printable("\xc3\xa4"));
}
END_TEST

START_TEST(lines_stop_at_their_end)
{
	char b[8];
	struct text_line l;

	text_begin(&l, b, sizeof b);
	text_add(&l, "%s", "1234");
	ck_assert(!l.cut);
	text_add(&l, "%s", "567");
	ck_assert(!l.cut);
	ck_assert_str_eq(b, "1234567");
	text_add(&l, "%s", "8");
	ck_assert(l.cut);
	text_add(&l, "%s", "");
	ck_assert_str_eq(b, "1234567");
	ck_assert_uint_eq(l.len, 7);
}
END_TEST

START_TEST(hex_and_prefix)
{
	char b[5];

	text_hex(b, sizeof b, "\x0a\xff", 2);
	ck_assert_str_eq(b, "0aff");
	ck_assert(text_starts("+4912", "+49"));
	ck_assert(!text_starts("+4", "+49"));
	ck_assert(text_starts("x", ""));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("text");
	TCase *t = tcase_create("text");
	tcase_add_test(t, copy_takes_all_or_nothing);
	tcase_add_test(t, g4_names_are_filtered_and_cut);
	tcase_add_test(t, log_text_cannot_break_a_line_or_a_quote);
	tcase_add_test(t, printable);
	tcase_add_test(t, lines_stop_at_their_end);
	tcase_add_test(t, hex_and_prefix);
	suite_add_tcase(s, t);
	return s;
}
