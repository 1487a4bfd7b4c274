#include "cli/exposition.h"

#include <stdlib.h>

#include "unit.h"

START_TEST(values_and_labels_are_escaped)
{
	static const struct exposition_label labels[] = { { "route", "a\"b\\c\nd\te\xc3\xa9" }, { "x", "" }, { NULL, NULL } };
	static const struct exposition_label three[] = { { "a", "1" }, { "b", "2" }, { "c", "3" } };
	char *text;
	size_t len;
	struct exposition x = { open_memstream(&text, &len), "" };

	exposition_gauge(&x, "sms_otp_x", "Says \"what\" \\ it\nis.");
	exposition_integer(&x, labels, -7);
	exposition_milli(&x, three, 1234);
	exposition_milli(&x, NULL, 7);
	exposition_text(&x, NULL, "-12.50");
	fclose(x.out);
	ck_assert_str_eq(text, "# HELP sms_otp_x Says \"what\" \\\\ it\\nis.\n"
			       "# TYPE sms_otp_x gauge\n"
			       "sms_otp_x{route=\"a\\\"b\\\\c\\nd?e\?\?\",x=\"\"} -7\n"
			       "sms_otp_x{a=\"1\",b=\"2\",c=\"3\"} 1.234\n"
			       "sms_otp_x 0.007\n"
			       "sms_otp_x -12.50\n");
	free(text);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("exposition");
	TCase *t = tcase_create("exposition");
	tcase_add_test(t, values_and_labels_are_escaped);
	suite_add_tcase(s, t);
	return s;
}
