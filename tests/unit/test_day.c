#include "core/day.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "unit.h"

START_TEST(days_are_read)
{
	static const struct {
		const char *text;
		int32_t day; /* 0: refused */
	} cases[] = {
		{ "2000-01-01", 10957 },
		{ "2000-02-29", 11016 },
		{ "2027-01-31", 20849 },
		{ "2100-02-28", 47540 },
		{ "9999-12-31", 2932896 },
		{ "2100-02-29", 0 },
		{ "2027-02-29", 0 },
		{ "1999-12-31", 0 },
		{ "2027-00-01", 0 },
		{ "2027-13-01", 0 },
		{ "2027-04-31", 0 },
		{ "2027-01-00", 0 },
		{ "2027-1-31", 0 },
		{ "27-01-31", 0 },
		{ "2027/01/31", 0 },
		{ "31.01.2027", 0 },
		{ "2027-01-31 ", 0 },
		{ "2027-01-3x", 0 },
		{ "", 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct fault f = FAULT_INIT;
		int32_t day = 0;
		char text[DAY_MAX];
		int rc = day_parse(cases[i].text, &day, &f);
		ck_assert_msg(rc == (cases[i].day ? 0 : -1) && day == cases[i].day, "%s: %d",
			cases[i].text, day);
		if (rc == 0)
			ck_assert_str_eq(day_text(day, text), cases[i].text);
	}
}
END_TEST

START_TEST(every_day_of_a_long_time_is_its_own)
{
	int32_t day, first, last;
	struct fault f = FAULT_INIT;
	char text[DAY_MAX];

	ck_assert_int_eq(day_parse("2000-01-01", &first, &f), 0);
	ck_assert_int_eq(day_parse("2500-12-31", &last, &f), 0);
	for (int32_t i = first; i <= last; i++) {
		time_t t = (time_t)i * 86400;
		struct tm tm;
		char want[DAY_MAX + 20];
		gmtime_r(&t, &tm);
		strftime(want, sizeof want, "%Y-%m-%d", &tm);
		ck_assert_str_eq(day_text(i, text), want);
		ck_assert_int_eq(day_parse(text, &day, &f), 0);
		ck_assert_int_eq(day, i);
	}
}
END_TEST

START_TEST(a_moment_is_in_the_day_of_its_zone)
{
	static const struct {
		const char *zone;
		int64_t wall_s;
		const char *day;
	} cases[] = {
		{ "UTC0", 1801440000, "2027-02-01" },
		{ "UTC0", 1801439999, "2027-01-31" },
		{ "XXX-2", 1801432800, "2027-02-01" },
		{ "XXX-2", 1801432799, "2027-01-31" },
		{ "XXX5", 1801457999, "2027-01-31" },
		{ "XXX5", 1801458000, "2027-02-01" },
	};
	struct fault f = FAULT_INIT;
	int32_t day;
	char text[DAY_MAX];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		setenv("TZ", cases[i].zone, 1);
		ck_assert_int_eq(day_of(cases[i].wall_s, &day, &f), 0);
		ck_assert_str_eq(day_text(day, text), cases[i].day);
	}
	ck_assert_int_eq(day_of(INT64_MAX, &day, &f), -1);
	ck_assert_int_eq(f.class, FAULT_SYSTEM);
	ck_assert_int_eq(day_of(-1000000000000, &day, &f), -1);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("day");
	TCase *t = tcase_create("day");

	tcase_add_test(t, days_are_read);
	tcase_add_test(t, every_day_of_a_long_time_is_its_own);
	tcase_add_test(t, a_moment_is_in_the_day_of_its_zone);
	suite_add_tcase(s, t);
	return s;
}
