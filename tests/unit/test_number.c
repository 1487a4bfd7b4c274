#include "base/number.h"

#include "unit.h"

START_TEST(parse_takes_plain_digits_in_range_only)
{
	static const struct {
		const char *text;
		int rc;
		int64_t value;
	} cases[] = {
		{ "0", 0, 0 }, { "1", 0, 1 }, { "100", 0, 100 }, { "101", -1, 0 }, { "", -1, 0 },
		{ "-1", -1, 0 }, { "+1", -1, 0 }, { " 1", -1, 0 }, { "1 ", -1, 0 }, { "01", -1, 0 },
		{ "00", -1, 0 }, { "1x", -1, 0 }, { "0x1", -1, 0 }, { "9223372036854775807", -1, 0 },
		{ "9223372036854775808", -1, 0 }, { "18446744073709551617", -1, 0 },
		{ "\xd9\xa1", -1, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct fault f = FAULT_INIT;
		int64_t v = 77;
		ck_assert_msg(number_parse(cases[i].text, 0, 100, &v, &f) == cases[i].rc, "%s", cases[i].text);
		ck_assert_msg(v == cases[i].value, "%s", cases[i].text);
	}
}
END_TEST

START_TEST(parse_reaches_the_end_of_64_bits)
{
	struct fault f = FAULT_INIT;
	int64_t v;

	ck_assert_int_eq(number_parse("9223372036854775807", 0, INT64_MAX, &v, &f), 0);
	ck_assert_int_eq(v, INT64_MAX);
}
END_TEST

START_TEST(durations)
{
	static const struct {
		const char *text;
		int rc;
		int64_t seconds;
	} cases[] = {
		{ "90", 0, 90 }, { "90s", 0, 90 }, { "15m", 0, 900 }, { "24h", 0, 86400 }, { "7d", 0, 604800 },
		{ "0", 0, 0 }, { "", -1, 0 }, { "s", -1, 0 }, { "1w", -1, 0 }, { "1H", -1, 0 }, { "1m ", -1, 0 },
		{ "1 m", -1, 0 }, { "1m30s", -1, 0 }, { "-1m", -1, 0 }, { "9223372036854775807d", -1, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct fault f = FAULT_INIT;
		int64_t v = 77;
		ck_assert_msg(number_duration(cases[i].text, &v, &f) == cases[i].rc, "%s", cases[i].text);
		ck_assert_msg(v == cases[i].seconds, "%s", cases[i].text);
	}
}
END_TEST

START_TEST(rates)
{
	static const struct {
		const char *text;
		int rc;
		struct number_rate a, b;
	} cases[] = {
		{ "5/1h", 0, { 5, 3600 }, { 0, 0 } },
		{ "5/1h 10/1d", 0, { 5, 3600 }, { 10, 86400 } },
		{ "60/1d", 0, { 60, 86400 }, { 0, 0 } },
		{ "1000000/31d", 0, { 1000000, 2678400 }, { 0, 0 } },
		{ "", -1, { 0, 0 }, { 0, 0 } },
		{ "5", -1, { 0, 0 }, { 0, 0 } },
		{ "0/1h", -1, { 0, 0 }, { 0, 0 } },
		{ "1000001/1h", -1, { 0, 0 }, { 0, 0 } },
		{ "5/59s", -1, { 0, 0 }, { 0, 0 } },
		{ "5/32d", -1, { 0, 0 }, { 0, 0 } },
		{ "5/1h ", -1, { 0, 0 }, { 0, 0 } },
		{ " 5/1h", -1, { 0, 0 }, { 0, 0 } },
		{ "5/1h  10/1d", -1, { 0, 0 }, { 0, 0 } },
		{ "10/1d 5/1h", -1, { 0, 0 }, { 0, 0 } },
		{ "5/1h 4/1d", -1, { 0, 0 }, { 0, 0 } },
		{ "5/1h 10/1d 20/7d", -1, { 0, 0 }, { 0, 0 } },
		{ "5/1h,10/1d", -1, { 0, 0 }, { 0, 0 } },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct fault f = FAULT_INIT;
		struct number_rate r[NUMBER_RATES_MAX] = { { 9, 9 }, { 9, 9 } };
		ck_assert_msg(number_rates(cases[i].text, r, &f) == cases[i].rc, "%s", cases[i].text);
		ck_assert_msg(r[0].count == cases[i].a.count && r[0].window_s == cases[i].a.window_s, "%s",
			cases[i].text);
		ck_assert_msg(r[1].count == cases[i].b.count && r[1].window_s == cases[i].b.window_s, "%s",
			cases[i].text);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("number");
	TCase *t = tcase_create("number");
	tcase_add_test(t, parse_takes_plain_digits_in_range_only);
	tcase_add_test(t, parse_reaches_the_end_of_64_bits);
	tcase_add_test(t, durations);
	tcase_add_test(t, rates);
	suite_add_tcase(s, t);
	return s;
}
