#include "sender/percent.h"

#include "unit.h"

START_TEST(e5_encodes_all_but_the_unreserved)
{
	struct buffer b = { 0 };
	static const char hostile[] = "aZ09-._~ &=+%\"'<>\r\n/?#[]@!$()*,;:\\^`{|}\xc3\xa4\0x";
	percent_add(&b, hostile, sizeof hostile - 1);
	ck_assert_str_eq(buffer_string(&b), "aZ09-._~%20%26%3D%2B%25%22%27%3C%3E%0D%0A%2F%3F%23%5B%"
					    "5D%40%21%24%28%29%2A%2C%3B%3A"
					    "%5C%5E%60%7B%7C%7D%C3%A4%00x");
	buffer_wipe(&b);
}
END_TEST

START_TEST(nothing_stays_nothing)
{
	struct buffer b = { 0 };

	percent_add(&b, "ignored", 0);
	ck_assert_str_eq(buffer_string(&b), "");
	ck_assert(!b.bad);
	buffer_wipe(&b);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("percent");
	TCase *t = tcase_create("percent");
	tcase_add_test(t, e5_encodes_all_but_the_unreserved);
	tcase_add_test(t, nothing_stays_nothing);
	suite_add_tcase(s, t);
	return s;
}
