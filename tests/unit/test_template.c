#include "sender/template.h"

#include <string.h>

#include "unit.h"

static const struct values *given(const char *text)
{
	static struct values v;
	memset(&v, 0, sizeof v);
	ck_assert_int_eq(values_add(&v, "text", VALUES_TEXT, text), 0);
	ck_assert_int_eq(values_add(&v, "key", VALUES_TEXT, "K"), 0);
	ck_assert_int_eq(values_add(&v, "none", VALUES_TEXT, NULL), 0);
	return &v;
}

struct case_of {
	const char *name;
	enum template_place place;
	const char *template, *value, *expected; /* NULL: a fault */
};

static const struct case_of cases[] = {
	{ "plain", TEMPLATE_PLAIN, "a{text}b", "x", "axb" },
	{ "plain keeps hostile bytes for the writer", TEMPLATE_PLAIN, "{text}", "\"\\\r\n&=+%",
		"\"\\\r\n&=+%" },
	{ "a value is not expanded again", TEMPLATE_PLAIN, "{text}", "{key}", "{key}" },
	{ "doubled braces", TEMPLATE_PLAIN, "{{{text}}}", "x", "{x}" },
	{ "first that is set", TEMPLATE_PLAIN, "{none|key|text}", "x", "K" },
	{ "none is set", TEMPLATE_PLAIN, "{none}", "x", NULL },
	{ "unknown", TEMPLATE_PLAIN, "{other}", "x", NULL },
	{ "open brace", TEMPLATE_PLAIN, "{text", "x", NULL },
	{ "lone brace", TEMPLATE_PLAIN, "text}", "x", NULL },
	{ "brace in brace", TEMPLATE_PLAIN, "{te{xt}", "x", NULL },
	{ "not UTF-8", TEMPLATE_PLAIN, "{text}", "\xff", NULL },
	{ "overlong UTF-8", TEMPLATE_PLAIN, "{text}", "\xc0\xaf", NULL },
	{ "path", TEMPLATE_PATH, "/v1/{text}.json", "SM12-_.~", "/v1/SM12-_.~.json" },
	{ "path encodes", TEMPLATE_PATH, "/{text}", "a b&c=d+e%f?g#h\"",
		"/a%20b%26c%3Dd%2Be%25f%3Fg%23h%22" },
	{ "path encodes UTF-8", TEMPLATE_PATH, "/{text}", "\xc3\xa4", "/%C3%A4" },
	{ "path: dot dot slash", TEMPLATE_PATH, "/{text}", "../sms", NULL },
	{ "path: dot dot", TEMPLATE_PATH, "/{text}", "..", NULL },
	{ "path: dot", TEMPLATE_PATH, "/{text}", ".", NULL },
	{ "path: slash", TEMPLATE_PATH, "/{text}", "a/b", NULL },
	{ "path: backslash", TEMPLATE_PATH, "/{text}", "a\\b", NULL },
	{ "path: empty", TEMPLATE_PATH, "/{text}", "", NULL },
	{ "path: newline", TEMPLATE_PATH, "/{text}", "a\nb", NULL },
	{ "xml", TEMPLATE_XML, "<Say>{text}</Say>", "</Say><Dial>1&\"'",
		"<Say>&lt;/Say&gt;&lt;Dial&gt;1&amp;&quot;&apos;</Say>" },
	{ "xml: control byte", TEMPLATE_XML, "{text}", "a\001", NULL },
};

START_TEST(e5_values_are_encoded_by_their_place)
{
	const struct case_of *c = &cases[_i];
	struct buffer out = { 0 };
	struct fault f = FAULT_INIT;
	int rc = template_expand(c->template, c->place, given(c->value), &out, &f);
	ck_assert_msg((rc == 0) == (c->expected != NULL), "%s: %d %s", c->name, rc, f.text);
	if (c->expected)
		ck_assert_msg(!strcmp(buffer_string(&out), c->expected), "%s: %s", c->name,
			buffer_string(&out));
	else
		ck_assert_msg(f.class != FAULT_NONE && f.text[0], "%s: no fault", c->name);
	buffer_wipe(&out);
}
END_TEST

START_TEST(g1_a_fault_has_no_value)
{
	struct buffer out = { 0 };
	struct fault f = FAULT_INIT;
	ck_assert_int_eq(
		template_expand("/{text}", TEMPLATE_PATH, given("../493027"), &out, &f), -1);
	ck_assert_ptr_null(strstr(f.text, "493027"));
	ck_assert_ptr_nonnull(strstr(f.text, "`text`"));
	buffer_wipe(&out);
}
END_TEST

START_TEST(unknown_names_are_found_while_reading)
{
	struct fault f = FAULT_INIT;
	ck_assert_int_eq(template_check("{text} {none|key}", given("x"), &f), 0);
	ck_assert_int_eq(template_check("{text} {none|other}", given("x"), &f), -1);
	ck_assert_ptr_nonnull(strstr(f.text, "`other`"));
	ck_assert_int_eq(template_check("{}", given("x"), &f), -1);
}
END_TEST

static const struct {
	const char *condition;
	bool unicode;
	int expected; /* -1: refused */
} conditions[] = {
	{ "unicode", true, 1 },
	{ "unicode", false, 0 },
	{ "gsm", true, 0 },
	{ "gsm", false, 1 },
	{ "set key", false, 1 },
	{ "set none", false, 0 },
	{ "unset none", false, 1 },
	{ "unset key", false, 0 },
	{ "unicode and set key", true, 1 },
	{ "unicode and set key", false, 0 },
	{ "set key and unset none and gsm", false, 1 },
	{ "", false, -1 },
	{ "set", false, -1 },
	{ "set other", false, -1 },
	{ "set key and", false, -1 },
	{ "set key or gsm", false, -1 },
	{ "and", false, -1 },
	{ "Unicode", false, -1 },
};

START_TEST(conditions_hold_or_not)
{
	struct fault f = FAULT_INIT;
	struct values v = *given("x");
	v.unicode = conditions[_i].unicode;
	const char *text = conditions[_i].condition;
	int rc = template_check_condition(text, &v, &f);
	ck_assert_msg(rc == (conditions[_i].expected < 0 ? -1 : 0), "`%s`", text);
	ck_assert_msg(template_holds(text, &v) == (conditions[_i].expected == 1), "`%s`", text);
}
END_TEST

static const struct {
	const char *text;
	enum values_kind kind;
	const char *path; /* NULL: refused */
} paths[] = {
	{ "{tool}", VALUES_PROGRAM, "/bin/x" },
	{ "{box}", VALUES_FOLDER, "/box" },
	{ "/a/b", VALUES_FOLDER, "/a/b" },
	{ "/a/b", VALUES_PROGRAM, "/a/b" },
	{ "{tool}", VALUES_FOLDER, NULL },
	{ "{box}", VALUES_PROGRAM, NULL },
	{ "{key}", VALUES_PROGRAM, NULL },
	{ "{other}", VALUES_PROGRAM, NULL },
	{ "{tool|box}", VALUES_PROGRAM, NULL },
	{ "{tool}{tool}", VALUES_PROGRAM, NULL },
	{ "{tool", VALUES_PROGRAM, NULL },
	{ "{tool} ", VALUES_PROGRAM, NULL },
	{ "/{tool}", VALUES_PROGRAM, NULL },
	{ "/a{{b", VALUES_PROGRAM, NULL },
	{ "{}", VALUES_PROGRAM, NULL },
	{ "{", VALUES_PROGRAM, NULL },
	{ "", VALUES_PROGRAM, NULL },
	{ "a/b", VALUES_PROGRAM, NULL },
	{ "/a/../b", VALUES_PROGRAM, NULL },
};

START_TEST(e5_a_path_is_chosen_by_its_kind_only)
{
	struct values v = *given("x");
	struct fault f = FAULT_INIT;
	ck_assert_int_eq(values_add(&v, "tool", VALUES_PROGRAM, "/bin/x"), 0);
	ck_assert_int_eq(values_add(&v, "box", VALUES_FOLDER, "/box"), 0);
	int rc = template_check_path(paths[_i].text, paths[_i].kind, &v, &f);
	ck_assert_msg((rc == 0) == (paths[_i].path != NULL), "%s", paths[_i].text);
	if (rc == 0)
		ck_assert_str_eq(template_path(paths[_i].text, &v), paths[_i].path);
	else
		ck_assert_int_eq(f.class, FAULT_BAD);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("template");
	TCase *t = tcase_create("template");
	tcase_add_loop_test(
		t, e5_values_are_encoded_by_their_place, 0, sizeof cases / sizeof *cases);
	tcase_add_test(t, g1_a_fault_has_no_value);
	tcase_add_test(t, unknown_names_are_found_while_reading);
	tcase_add_loop_test(t, conditions_hold_or_not, 0, sizeof conditions / sizeof *conditions);
	tcase_add_loop_test(
		t, e5_a_path_is_chosen_by_its_kind_only, 0, sizeof paths / sizeof *paths);
	suite_add_tcase(s, t);
	return s;
}
