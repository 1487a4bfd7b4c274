#include "sender/document.h"

#include <string.h>

#include "unit.h"

static const char json[] = "{\"data\":[{\"id\":\"a1\",\"n\":7,\"ok\":true,\"no\":null,\"r\":1.5,"
			   "\"o\":{}},{\"id\":\"b2\"}],"
			   "\"message-id\":\"m\",\"odd.key\":{\"[x]\":\"y\"},\"empty\":\"\","
			   "\"big\":123456789012345678}";

static const struct {
	const char *path;
	size_t nth;
	enum document_found found;
	const char *text;
} cases[] = {
	{ "data[0].id", 0, DOCUMENT_TEXT, "a1" },
	{ "data[1].id", 0, DOCUMENT_TEXT, "b2" },
	{ "data[2].id", 0, DOCUMENT_ABSENT, "" },
	{ "data[0].id", 1, DOCUMENT_ABSENT, "" },
	{ "data[*].id", 0, DOCUMENT_TEXT, "a1" },
	{ "data[*].id", 1, DOCUMENT_TEXT, "b2" },
	{ "data[*].id", 2, DOCUMENT_ABSENT, "" },
	{ "data[*].n", 0, DOCUMENT_TEXT, "7" },
	{ "data[*].n", 1, DOCUMENT_ABSENT, "" },
	{ "data[0].ok", 0, DOCUMENT_TEXT, "true" },
	{ "data[0].no", 0, DOCUMENT_ABSENT, "" },
	{ "data[0].r", 0, DOCUMENT_TEXT, "1.5" },
	{ "data[0].o", 0, DOCUMENT_OTHER, "" },
	{ "data", 0, DOCUMENT_OTHER, "" },
	{ "data.id", 0, DOCUMENT_ABSENT, "" },
	{ "message-id", 0, DOCUMENT_TEXT, "m" },
	{ "message-id[0]", 0, DOCUMENT_ABSENT, "" },
	{ "[\"odd.key\"][\"[x]\"]", 0, DOCUMENT_TEXT, "y" },
	{ "empty", 0, DOCUMENT_TEXT, "" },
	{ "big", 0, DOCUMENT_TEXT, "123456789012345678" },
	{ "Data[0].id", 0, DOCUMENT_ABSENT, "" },
};

START_TEST(paths_lead_to_values)
{
	struct document d;
	const char *text;
	document_open(&d, 200, "", json);
	enum document_found found = document_path(&d, cases[_i].path, cases[_i].nth, &text);
	ck_assert_msg(document_path_fits(cases[_i].path), "%s", cases[_i].path);
	ck_assert_msg(found == cases[_i].found, "%s: %d", cases[_i].path, (int)found);
	ck_assert_msg(!strcmp(text, cases[_i].text), "%s: %s", cases[_i].path, text);
	document_close(&d);
}
END_TEST

START_TEST(bad_paths_are_refused)
{
	static const char *const bad[] = { "", ".", "a.", "a..b", ".a", "a[", "a[]", "a[x]",
		"a[-1]", "a[1", "a]", "a[1]b", "[\"a]", "[\"\"]", "a[999999]" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(!document_path_fits(bad[i]), "%s", bad[i]);
	ck_assert(document_path_fits("[0].id"));
}
END_TEST

START_TEST(what_is_no_json_has_no_paths)
{
	static const char *const bodies[] = { "", "<html>", "{\"a\":", "{\"a\":1}x", "[1,2" };
	const char *text;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		struct document d;
		document_open(&d, 200, "", bodies[i]);
		ck_assert_int_eq(document_path(&d, "a", 0, &text), DOCUMENT_ABSENT);
		document_close(&d);
	}
}
END_TEST

START_TEST(a_top_level_array)
{
	struct document d;
	const char *text;
	document_open(&d, 200, "", "[{\"id\":5}]");
	ck_assert_int_eq(document_path(&d, "[0].id", 0, &text), DOCUMENT_TEXT);
	ck_assert_str_eq(text, "5");
	document_close(&d);
}
END_TEST

START_TEST(headers_by_name)
{
	struct document d;
	const char *text;
	document_open(&d, 201, "Date: x\r\nlocation:  https://a/sms/77\r\nX-Empty:\r\n", "");
	ck_assert_int_eq(document_header(&d, "Location", &text), DOCUMENT_TEXT);
	ck_assert_str_eq(text, "https://a/sms/77");
	ck_assert_int_eq(document_header(&d, "Loc", &text), DOCUMENT_ABSENT);
	ck_assert_int_eq(document_header(&d, "Missing", &text), DOCUMENT_ABSENT);
	ck_assert_int_eq(document_header(&d, "X-Empty", &text), DOCUMENT_TEXT);
	ck_assert_str_eq(text, "");
	document_close(&d);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("document");
	TCase *t = tcase_create("document");
	tcase_add_loop_test(t, paths_lead_to_values, 0, sizeof cases / sizeof *cases);
	tcase_add_test(t, bad_paths_are_refused);
	tcase_add_test(t, what_is_no_json_has_no_paths);
	tcase_add_test(t, a_top_level_array);
	tcase_add_test(t, headers_by_name);
	suite_add_tcase(s, t);
	return s;
}
