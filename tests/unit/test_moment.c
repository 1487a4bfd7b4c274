#include "cli/moment.h"

#include <stdlib.h>
#include <time.h>

#include "unit.h"

START_TEST(both_forms)
{
	char out[MOMENT_MAX];

	setenv("TZ", "UTC-1", 1);
	tzset();
	ck_assert_str_eq(moment_text(1795444325, out), "2026-11-23 15:32:05");
	ck_assert_str_eq(moment_json(1795444325, out), "2026-11-23T14:32:05Z");
	ck_assert_str_eq(moment_text(0, out), "never");
	ck_assert_ptr_null(moment_json(0, out));
	ck_assert_ptr_null(moment_json(INT64_MAX, out));
	ck_assert_str_eq(moment_text(INT64_MAX, out), "@9223372036854775807");
}
END_TEST

START_TEST(spans)
{
	static const struct {
		int64_t s;
		const char *text;
	} cases[] = {
		{ 0, "0 s" },
		{ 90, "90 s" },
		{ 900, "15 min" },
		{ 3600, "1 h" },
		{ 86400, "24 h" },
		{ 604800, "7 d" },
		{ 5400, "90 min" },
	};
	char out[MOMENT_MAX];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_str_eq(moment_span(cases[i].s, out), cases[i].text);
}
END_TEST

START_TEST(what_people_type)
{
	static const struct {
		const char *text;
		int64_t wall_s; /* -1: refused */
	} cases[] = {
		{ "90m", 1795694400 - 5400 },
		{ "2d", 1795694400 - 172800 },
		{ "2026-11-23", 1795392000 },
		{ "2026-11-23 14:30", 1795444200 },
		{ "2026-11-23 14:30:05", 1795444205 },
		{ "2026-11-23 14", -1 },
		{ "2026-13-23", -1 },
		{ "yesterday", -1 },
		{ "", -1 },
		{ "-1d", -1 },
		{ "2026-11-23x", -1 },
	};
	setenv("TZ", "UTC", 1);
	tzset();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fault f = FAULT_INIT;
		int64_t wall_s = -1;

		ck_assert_msg(moment_read(cases[i].text, 1795694400, &wall_s, &f) == (cases[i].wall_s < 0 ? -1 : 0),
			"%s", cases[i].text);
		ck_assert_msg(wall_s == cases[i].wall_s, "%s: %lld", cases[i].text, (long long)wall_s);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("moment");
	TCase *t = tcase_create("moment");

	tcase_add_test(t, both_forms);
	tcase_add_test(t, spans);
	tcase_add_test(t, what_people_type);
	suite_add_tcase(s, t);
	return s;
}
