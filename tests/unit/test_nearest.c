#include "cli/nearest.h"

#include <string.h>

#include "unit.h"

START_TEST(distances)
{
	static const struct {
		const char *a, *b;
		unsigned distance;
	} cases[] = {
		{ "", "", 0 },
		{ "a", "", 1 },
		{ "show", "show", 0 },
		{ "shwo", "show", 1 },
		{ "sho", "show", 1 },
		{ "shows", "show", 1 },
		{ "shew", "show", 1 },
		{ "abc", "xyz", 3 },
		{ "0123456789012345678901234567890123", "show", 62 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(nearest_distance(cases[i].a, cases[i].b) == cases[i].distance,
			"%s %s", cases[i].a, cases[i].b);
}
END_TEST

START_TEST(only_a_near_word_is_meant)
{
	static const char *const words[] = { "enroll", "set-number", "show", "try" };
	static const struct {
		const char *typed, *wanted;
	} cases[] = {
		{ "enrol", "enroll" },
		{ "setnumber", "set-number" },
		{ "shwo", "show" },
		{ "x", NULL },
		{ "frobnicate", NULL },
		{ "", NULL },
		{ "tri", "try" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *seen = nearest_word(cases[i].typed, words, 4);

		ck_assert_msg(
			seen == cases[i].wanted || (seen != NULL && cases[i].wanted != NULL &&
							   strcmp(seen, cases[i].wanted) == 0),
			"%s: %s", cases[i].typed, seen != NULL ? seen : "none");
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("nearest");
	TCase *t = tcase_create("nearest");

	tcase_add_test(t, distances);
	tcase_add_test(t, only_a_near_word_is_meant);
	suite_add_tcase(s, t);
	return s;
}
