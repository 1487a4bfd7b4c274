#include "cli/contacts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "unit.h"

static void check(const struct directory_entry *e, const char *want)
{
	char *text = NULL;
	size_t len = 0;
	struct json j;
	FILE *out = open_memstream(&text, &len);

	ck_assert_ptr_nonnull(out);
	json_begin(&j, out);
	json_open_object(&j, NULL);
	contacts_json(e, &j);
	json_close_object(&j);
	json_end(&j);
	fclose(out);
	/* how it is laid out is json's */
	size_t n = 0;
	for (size_t i = 0; i < len; i++)
		if (text[i] != ' ' && text[i] != '\n')
			text[n++] = text[i];
	text[n] = '\0';
	ck_assert_str_eq(text, want);
	free(text);
}

START_TEST(as_json)
{
	struct directory_entry e = { .uid = 1 };

	setenv("TZ", "UTC0", 1);
	tzset();
	strcpy(e.phone.e164, "+4915112345612");
	check(&e, "{\"others\":[]}");
	e.nothers = 2;
	e.others[0] = (struct enrolment_number){ { "+4915112345634" }, true, 1795521600, "carol" };
	e.others[1] = (struct enrolment_number){ { "+4366412345656" }, false, 1795521600, "root" };
	check(&e, "{\"others\":[{\"position\":2,\"number\":\"+4915112345634\",\"verified\":true,"
		  "\"since\":\"2026-11-24T12:00:00Z\",\"by\":\"carol\"},"
		  "{\"position\":3,\"number\":\"+4366412345656\",\"verified\":false,"
		  "\"since\":\"2026-11-24T12:00:00Z\",\"by\":\"root\"}]}");
}
END_TEST

START_TEST(what_a_login_would_offer)
{
	static const struct phone first = { "+4915112345612" }, other = { "+4915112345634" };
	struct numbers none = { .n = 0 };
	struct numbers two = { .n = 2, .at = 0, .all = { { .phone = &first, .usable = true },
						 { .phone = &other, .usable = true } } };
	char *text = NULL;
	size_t len = 0;
	struct json j;
	FILE *out = open_memstream(&text, &len);

	ck_assert_ptr_nonnull(out);
	json_begin(&j, out);
	json_open_array(&j, NULL);
	for (int i = 0; i < 2; i++) {
		json_open_object(&j, NULL);
		contacts_offered_json(i == 0 ? &none : &two, &j);
		json_close_object(&j);
	}
	json_close_array(&j);
	json_end(&j);
	fclose(out);
	ck_assert_msg(strstr(text, "null") != NULL, "%s", text);
	ck_assert_msg(strstr(text, "\"...12\"") && strstr(text, "\"...34\""), "%s", text);
	ck_assert_ptr_null(strstr(text, "151"));
	free(text);
	contacts_offered_print(&none);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("contacts");
	TCase *t = tcase_create("contacts");

	tcase_add_test(t, as_json);
	tcase_add_test(t, what_a_login_would_offer);
	suite_add_tcase(s, t);
	return s;
}
