#include "sender/alphabet.h"

#include <string.h>

#include "unit.h"

static const struct {
	const char *text;
	bool utf8, gsm, control;
} cases[] = {
	{ "", true, true, false },
	{ "493027 is your code. Never share it.", true, true, false },
	{ "a`b", true, false, false },
	{ "^{}\\[~]|\xe2\x82\xac", true, true, false },
	{ "\xc3\xa4\xc3\x9f\xc3\x91\xce\xa9", true, true, false },
	{ "\xc3\xaa", true, false, false },
	{ "\xf0\x9f\x98\x80", true, false, false },
	{ "\xd0\x9a\xd0\xbe\xd0\xb4", true, false, false },
	{ "a\nb", true, true, true },
	{ "a\tb", true, false, true },
	{ "a\x7f", true, false, true },
	{ "\xff", false, false, false },
	{ "\x80", false, false, false },
	{ "\xc3", false, false, false },
	{ "\xc0\x80", false, false, false },
	{ "\xe0\x80\xaf", false, false, false },
	{ "\xed\xa0\x80", false, false, false },
	{ "\xf4\x90\x80\x80", false, false, false },
	{ "\xf8\x88\x80\x80\x80", false, false, false },
};

START_TEST(texts_are_classified)
{
	ck_assert_int_eq(alphabet_utf8(cases[_i].text), cases[_i].utf8);
	ck_assert_int_eq(alphabet_gsm(cases[_i].text), cases[_i].gsm);
	ck_assert_int_eq(alphabet_control(cases[_i].text), cases[_i].control);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("alphabet");
	TCase *t = tcase_create("alphabet");
	tcase_add_loop_test(t, texts_are_classified, 0, sizeof cases / sizeof *cases);
	suite_add_tcase(s, t);
	return s;
}
