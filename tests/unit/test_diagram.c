#include "cli/diagram.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

static struct statistics s;

/* What is printed on stdout. */
static const char *drawn(bool blocks)
{
	static char text[4000];
	char path[200];
	size_t n;

	snprintf(path, sizeof path, "%s/drawn", unit_folder());
	fflush(stdout);
	FILE *kept = stdout, *out = fopen(path, "w+");
	stdout = out;
	diagram_print(&s, blocks);
	stdout = kept;
	rewind(out);
	n = fread(text, 1, sizeof text - 1, out);
	text[n] = '\0';
	fclose(out);
	return text;
}

/* 2026-11-24 to 26; the second day had nothing, and the one before the first is not shown. */
static void setup(void)
{
	statistics_begin(&s, 20780);
	s.last_day = 20783;
	s.days[1] = (struct statistics_counts){ 2, 1, 1, 0, 0, 0, 2 };
	s.days[3] = (struct statistics_counts){ 4, 4, 0, 3, 5, 1, 4 };
	s.all = (struct statistics_counts){ 6, 5, 1, 3, 5, 1, 6 };
	s.nroutes = 2;
	s.routes[0] = (struct statistics_route){ "one", 3, 1, 2, 1, 1, { 1310 } };
	strcpy(s.routes[1].name, "never");
}

START_TEST(tables_have_a_line_for_each_day_from_the_first)
{
	ck_assert_str_eq(drawn(false),
		"DAY            CODES  ACCEPTED    FAILED   REFUSED    LOCKED   LET OFF  MESSAGES\n"
		"2026-11-24         2         1         1         0         0         0         2  ###############\n"
		"2026-11-25         0         0         0         0         0         0         0\n"
		"2026-11-26         4         4         0         3         1         5         4  ##############################\n"
		"all                6         5         1         3         1         5         6\n"
		"\n"
		"ROUTE             ACCEPTED    FAILED     MEDIAN       95 %     DELIVERED\n"
		"one                      3         1     1.31 s     1.31 s        2 of 3  ################\n"
		"never                    0         0          -          -             -\n");
	ck_assert_ptr_nonnull(strstr(drawn(true), "\xe2\x96\x88"));
}
END_TEST

START_TEST(nothing_is_drawn_of_nothing)
{
	statistics_begin(&s, 20780);
	ck_assert_ptr_nonnull(strstr(drawn(false), "\nall                0         0"));
	ck_assert_ptr_null(strstr(drawn(false), "ROUTE"));
	ck_assert_ptr_null(strstr(drawn(false), "2026"));
}
END_TEST

START_TEST(json_has_the_same)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct json j;

	json_begin(&j, out);
	json_open_object(&j, NULL);
	diagram_json(&s, &j);
	json_close_object(&j);
	json_end(&j);
	fclose(out);
	ck_assert_ptr_nonnull(strstr(text, "\"day\": \"2026-11-24\",\n      \"challenges\": 2,"));
	ck_assert_ptr_nonnull(strstr(text, "\"lockouts\": 1"));
	ck_assert_ptr_nonnull(strstr(text, "\"median_ms\": 1310"));
	ck_assert_ptr_null(strstr(text, "2026-11-23"));
	free(text);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("diagram");
	TCase *t = tcase_create("diagram");
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, tables_have_a_line_for_each_day_from_the_first);
	tcase_add_test(t, nothing_is_drawn_of_nothing);
	tcase_add_test(t, json_has_the_same);
	suite_add_tcase(suite, t);
	return suite;
}
