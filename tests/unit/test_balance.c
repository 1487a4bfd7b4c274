#include "cli/balance.h"

#include <string.h>

#include "unit.h"

static const struct {
	const char *text, *amount, *unit;
} cases[] = {
	{ "12.50", "12.50", "" },
	{ "12.50 EUR", "12.50", "EUR" },
	{ "12.50EUR", "12.50", "EUR" },
	{ "EUR 12.50", "12.50", "EUR" },
	{ "EUR12", "12", "EUR" },
	{ "-3", "-3", "" },
	{ "7 credits", "7", "credits" },
	{ "", "", "" },
	{ "EUR", "", "" },
	{ "-", "", "" },
	{ ".5", "", "" },
	{ "1,5", "", "" },
	{ "1.", "", "" },
	{ "1e5}", "", "" },
	{ "12 EUR x", "", "" },
	{ "EUR 12 EUR", "", "" },
	{ "NaN", "", "" },
	{ "1234567890123456789012345", "", "" },
	{ "1 abcdefghijklm", "", "" },
};

START_TEST(amounts)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct balance b;

		memset(&b, 'x', sizeof b);
		balance_read(cases[i].text, &b);
		ck_assert_msg(strcmp(b.amount, cases[i].amount) == 0 && strcmp(b.unit, cases[i].unit) == 0, "%s: %s %s",
			cases[i].text, b.amount, b.unit);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("balance");
	TCase *t = tcase_create("balance");
	tcase_add_test(t, amounts);
	suite_add_tcase(s, t);
	return s;
}
