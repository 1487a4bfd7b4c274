#include "core/number_tag.h"

#include <string.h>

#include "unit.h"

START_TEST(g1_a_number_is_a_tag)
{
	struct state state = { .folder = -1, .key = { 1, 2, 3 } }, other = { .folder = -1 };
	char tag[16], again[16], foreign[16], small[11];

	number_tag(&state, "+4915112345678", tag, sizeof tag);
	number_tag(&state, "+4915112345678", again, sizeof again);
	ck_assert_str_eq(tag, again);
	ck_assert_uint_eq(strlen(tag), 10);
	ck_assert_uint_eq(strspn(tag, "0123456789abcdef"), 6);
	ck_assert_str_eq(tag + 6, "..78");
	number_tag(&state, "+4915112345578", again, sizeof again);
	ck_assert_str_ne(tag, again);
	number_tag(&other, "+4915112345678", foreign, sizeof foreign);
	ck_assert_str_ne(tag, foreign);
	number_tag(&state, "+4915112345678", small, sizeof small);
	ck_assert_str_eq(tag, small);
	number_tag(&state, "+1", tag, sizeof tag);
	ck_assert_str_eq(tag, "?");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("number_tag");
	TCase *t = tcase_create("number_tag");

	tcase_add_test(t, g1_a_number_is_a_tag);
	suite_add_tcase(s, t);
	return s;
}
