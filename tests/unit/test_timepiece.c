#include "cli/timepiece.h"

#include <stdio.h>

#include "unit.h"

START_TEST(h_a_clock_that_is_wrong_is_told_of)
{
	enum { NOW = 1800000000, DAY = 86400 };
	static const struct {
		int64_t clock_s, seen_s;
		bool apps;
		enum inspection_level wanted;
	} cases[] = {
		{ NOW, NOW, false, INSPECTION_FINE },
		{ NOW, 0, true, INSPECTION_FINE },
		{ NOW, NOW - 400 * DAY, false, INSPECTION_FINE }, /* it was off for a year */
		{ NOW, NOW + 300, false, INSPECTION_FINE },
		{ NOW, NOW + 301, false, INSPECTION_FINDING },
		{ NOW, NOW + 60, true, INSPECTION_FINE },
		{ NOW, NOW + 61, true, INSPECTION_FINDING },
		{ NOW, NOW + 10 * DAY, false, INSPECTION_FINDING },
		{ 5, 0, false, INSPECTION_TROUBLE },
		{ 1577836800, 1577836800, false, INSPECTION_TROUBLE },
		{ 5, NOW, true, INSPECTION_TROUBLE },
	};

	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		struct inspection i = { 0 };
		FILE *kept = stdout;

		stdout = tmpfile();
		ck_assert_ptr_nonnull(stdout);
		timepiece_inspect(&i, cases[k].clock_s, cases[k].seen_s, cases[k].apps);
		fclose(stdout);
		stdout = kept;
		ck_assert_msg(i.counts[cases[k].wanted] == 1, "case %zu", k);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("timepiece");
	TCase *t = tcase_create("timepiece");

	tcase_add_test(t, h_a_clock_that_is_wrong_is_told_of);
	suite_add_tcase(s, t);
	return s;
}
