#include "core/gsm7.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

static const struct {
	const char *name, *text;
	int septets;
} lengths[] = {
	{ "empty", "", 0 },
	{ "plain", "493027 is your code.", 20 },
	{ "commercial at, dollar, underscore", "@$_", 3 },
	{ "every extension character", "^{}\\[~]|\xe2\x82\xac\f", 20 },
	{ "the grave accent is not in it", "`", -1 },
	{ "line ends are", "\r\n", 2 },
	{ "a tab is not", "\t", -1 },
	{ "an escape is not", "\x1b", -1 },
	{ "delete is not", "\x7f", -1 },
	{ "umlauts", "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x84\xc3\x96\xc3\x9c\xc3\x9f", 7 },
	{ "nordic", "\xc3\x98\xc3\xb8\xc3\x85\xc3\xa5\xc3\x86\xc3\xa6", 6 },
	{ "capital C cedilla", "\xc3\x87", 1 },
	{ "small c cedilla is not in it", "\xc3\xa7", -1 },
	{ "greek capitals",
		"\xce\x94\xce\xa6\xce\x93\xce\x9b\xce\xa9\xce\xa0\xce\xa8\xce\xa3\xce\x98\xce\x9e",
		10 },
	{ "greek alpha is not", "\xce\x91", -1 },
	{ "pound, yen, currency, section, inverted marks",
		"\xc2\xa3\xc2\xa5\xc2\xa4\xc2\xa7\xc2\xa1\xc2\xbf", 6 },
	{ "cyrillic", "\xd0\xba", -1 },
	{ "typographic quote", "\xe2\x80\x99", -1 },
	{ "emoji", "\xf0\x9f\x98\x80", -1 },
	{ "broken", "a\xc3", -1 },
};

START_TEST(g4_septets)
{
	int got = gsm7_septets(lengths[_i].text);

	ck_assert_msg(got == lengths[_i].septets, "%s: %d", lengths[_i].name, got);
}
END_TEST

static const struct {
	const char *name, *piece;
	int times;
	const char *tail;
	int segments;
} parts[] = {
	{ "empty", "", 0, "", 1 },
	{ "160", "x", 160, "", 1 },
	{ "161", "x", 161, "", 2 },
	{ "306", "x", 306, "", 2 },
	{ "307", "x", 307, "", 3 },
	{ "80 euros", "\xe2\x82\xac", 80, "", 1 },
	{ "81 euros: 76 fit one part", "\xe2\x82\xac", 81, "", 2 },
	{ "152 euros", "\xe2\x82\xac", 152, "", 2 },
	{ "153 euros: an escape is not split", "\xe2\x82\xac", 153, "", 3 },
	{ "UCS-2 70", "\xd0\xba", 70, "", 1 },
	{ "UCS-2 71", "\xd0\xba", 71, "", 2 },
	{ "UCS-2 134", "\xd0\xba", 134, "", 2 },
	{ "UCS-2 135", "\xd0\xba", 135, "", 3 },
	{ "one letter makes all UCS-2", "x", 70, "\xd0\xba", 2 },
	{ "35 emoji", "\xf0\x9f\x98\x80", 35, "", 1 },
	{ "67 emoji: a pair is not split", "\xf0\x9f\x98\x80", 67, "", 3 },
	{ "malformed", "x", 3, "\xff", 0 },
};

START_TEST(g4_segments)
{
	char text[1024] = "";

	for (int i = 0; i < parts[_i].times; i++)
		strcat(text, parts[_i].piece);
	strcat(text, parts[_i].tail);
	int got = gsm7_segments(text);
	ck_assert_msg(got == parts[_i].segments, "%s: %d", parts[_i].name, got);
}
END_TEST

static const struct {
	const char *name, *bytes;
	int result;
	uint32_t character;
} forms[] = {
	{ "the end", "", -1, 0 },
	{ "ascii", "a", 0, 'a' },
	{ "two bytes, the least", "\xc2\x80", 0, 0x80 },
	{ "overlong two", "\xc1\xbf", -1, 0 },
	{ "overlong slash", "\xc0\xaf", -1, 0 },
	{ "three bytes, the least", "\xe0\xa0\x80", 0, 0x800 },
	{ "overlong three", "\xe0\x9f\xbf", -1, 0 },
	{ "four bytes, the least", "\xf0\x90\x80\x80", 0, 0x10000 },
	{ "overlong four", "\xf0\x8f\xbf\xbf", -1, 0 },
	{ "the last", "\xf4\x8f\xbf\xbf", 0, 0x10ffff },
	{ "beyond the last", "\xf4\x90\x80\x80", -1, 0 },
	{ "surrogate", "\xed\xa0\x80", -1, 0 },
	{ "last before the surrogates", "\xed\x9f\xbf", 0, 0xd7ff },
	{ "continuation alone", "\x80", -1, 0 },
	{ "cut after one", "\xe2", -1, 0 },
	{ "cut after two", "\xe2\x82", -1, 0 },
	{ "never a lead", "\xfe", -1, 0 },
};

START_TEST(utf8_is_read_strictly)
{
	const char *at = forms[_i].bytes;
	uint32_t c;
	int got = gsm7_take(&at, &c);

	ck_assert_msg(got == forms[_i].result, "%s: %d", forms[_i].name, got);
	ck_assert_uint_eq(c, forms[_i].character);
	ck_assert_ptr_eq(at, forms[_i].bytes + (got == 0 ? strlen(forms[_i].bytes) : 0));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("gsm7");
	TCase *tc = tcase_create("gsm7");

	tcase_add_loop_test(tc, g4_septets, 0, (int)(sizeof lengths / sizeof lengths[0]));
	tcase_add_loop_test(tc, g4_segments, 0, (int)(sizeof parts / sizeof parts[0]));
	tcase_add_loop_test(tc, utf8_is_read_strictly, 0, (int)(sizeof forms / sizeof forms[0]));
	suite_add_tcase(suite, tc);
	return suite;
}
