#include "sender/date.h"

#include "unit.h"

static const struct {
	int64_t wall_s;
	const char *zone, *text; /* NULL: refused */
} cases[] = {
	{ 0, "GMT", "Thu, 01 Jan 1970 00:00:00 GMT" },
	{ 784111777, "GMT", "Sun, 06 Nov 1994 08:49:37 GMT" }, /* RFC 9110, section 5.6.7 */
	{ 1649873352, "GMT", "Wed, 13 Apr 2022 18:09:12 GMT" },
	{ 1709164800, "+0000", "Thu, 29 Feb 2024 00:00:00 +0000" },
	{ 253402300799, "GMT", "Fri, 31 Dec 9999 23:59:59 GMT" },
	{ 253402300800, "GMT", NULL },
	{ INT64_MAX, "GMT", NULL },
	{ -1, "GMT", NULL },
	{ 0, "a zone of twenty bytes", NULL },
};

START_TEST(dates_of_protocols)
{
	char out[DATE_MAX + 1];
	struct fault f = FAULT_INIT;
	int rc = date_text(cases[_i].wall_s, cases[_i].zone, out, &f);
	ck_assert_int_eq(rc, cases[_i].text ? 0 : -1);
	if (cases[_i].text)
		ck_assert_str_eq(out, cases[_i].text);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("date");
	TCase *t = tcase_create("date");
	tcase_add_loop_test(t, dates_of_protocols, 0, sizeof cases / sizeof *cases);
	suite_add_tcase(s, t);
	return s;
}
