#include "sender/body.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static struct values values;

static void fill(const char *text, bool unicode)
{
	memset(&values, 0, sizeof values);
	ck_assert_int_eq(values_add(&values, "text", VALUES_TEXT, text), 0);
	ck_assert_int_eq(values_add(&values, "number", VALUES_TEXT, "4917012345678"), 0);
	ck_assert_int_eq(values_add(&values, "from", VALUES_TEXT, "ACME & Co"), 0);
	ck_assert_int_eq(values_add(&values, "none", VALUES_TEXT, NULL), 0);
	values.unicode = unicode;
}

typedef int check_fn(const struct tree_node *, const struct values *, struct fault *);
typedef int build_fn(
	const struct tree_node *, const struct values *, struct buffer *, struct fault *);

/* expected: NULL refused while reading, "!" refused while building */
static void expect(const char *source, const char *expected, check_fn *check, build_fn *build)
{
	char text[1024];
	struct tree t;
	struct buffer out = { 0 };
	struct fault f = FAULT_INIT;
	snprintf(text, sizeof text, "t = %s;", source);
	ck_assert_msg(tree_parse(text, "x", &t, &f) == 0, "%s: %s", source, f.text);
	const struct tree_node *n = tree_find(t.nodes, "t");
	int rc = check(n, &values, &f);
	ck_assert_msg((rc == 0) == (expected != NULL), "%s: %s", source, f.text);
	if (rc == 0) {
		rc = build(n, &values, &out, &f);
		ck_assert_msg((rc == 0) == (*expected != '!'), "%s: %s", source, f.text);
	}
	if (expected && *expected != '!')
		ck_assert_str_eq(buffer_string(&out), expected);
	buffer_wipe(&out);
	tree_close(&t);
}

static const struct {
	const char *source, *text;
	bool unicode;
	const char *expected;
} json[] = {
	{ "{ a = \"{text}\"; }", "x", false, "{\"a\":\"x\"}" },
	{ "{ a = \"{text}\"; }", "\"},\\\r\n\t\x01\xc3\xa4&<", false,
		"{\"a\":\"\\\"},\\\\\\r\\n\\t\\u0001\xc3\xa4&<\"}" },
	{ "{ a = \"{text}\"; }", "\xff", false, "!" },
	{ "{ to = [ \"{number}\" ]; }", "x", false, "{\"to\":[\"4917012345678\"]}" },
	{ "( { id = \"{number}\"; } )", "x", false, "[{\"id\":\"4917012345678\"}]" },
	{ "{ a = 5; b = true; c = 1.5; d = \"5\"; e = (); f = {}; }", "x", false,
		"{\"a\":5,\"b\":true,\"c\":1.5,\"d\":\"5\",\"e\":[],\"f\":{}}" },
	{ "{ n = { *integer = \"{number}\"; }; }", "x", false, "{\"n\":4917012345678}" },
	{ "{ n = { *integer = \"{from}\"; }; }", "x", false, "!" },
	{ "{ a = { *when = \"unicode\"; *value = \"UCS2\"; }; b = 1; }", "x", false, "{\"b\":1}" },
	{ "{ a = { *when = \"unicode\"; *value = \"UCS2\"; }; b = 1; }", "x", true,
		"{\"a\":\"UCS2\",\"b\":1}" },
	{ "{ a = { *when = \"unicode\"; *value = { b = 1; }; }; }", "x", true,
		"{\"a\":{\"b\":1}}" },
	{ "( \"a\", { *when = \"unicode\"; *value = \"b\"; }, \"c\" )", "x", false,
		"[\"a\",\"c\"]" },
	{ "{ *object = ( ( \"odd.key[0]\", \"{text}\" ), ( \"2\", 3, \"set none\" ) ); b = 1; }",
		"x", false, "{\"odd.key[0]\":\"x\",\"b\":1}" },
	{ "{ message-id = 1; }", "x", false, "{\"message-id\":1}" },
	{ "{ a = { *xml = \"<S>{text}</S>\"; }; }", "<&", false, "{\"a\":\"<S>&lt;&amp;</S>\"}" },
	{ "{ a = { *hex16 = \"{text}\"; }; }", "A\xc3\xa4\xf0\x9f\x98\x80", true,
		"{\"a\":\"004100e4d83dde00\"}" },
	{ "{ a = \"{none}\"; }", "x", false, "!" },
	{ "{ *object = ( ( \"b\", 1 ) ); b = 1; }", "x", false, "!" },
	{ "{ a = \"{other}\"; }", "x", false, NULL },
	{ "{ a = { *value = \"x\"; b = 1; }; }", "x", false, NULL },
	{ "{ a = { *when = \"unicode\"; }; }", "x", false, NULL },
	{ "{ a = { *when = \"maybe\"; *value = 1; }; }", "x", false, NULL },
	{ "{ a = { *xml = 5; }; }", "x", false, NULL },
	{ "{ a = { *value = { *value = 1; }; }; }", "x", false, NULL },
	{ "{ b = 1; *when = \"unicode\"; }", "x", false, NULL },
	{ "{ *object = ( ( \"b\" ) ); }", "x", false, NULL },
	{ "{ *object = ( ( \"b\", \"{other}\" ) ); }", "x", false, NULL },
};

START_TEST(e5_json)
{
	fill(json[_i].text, json[_i].unicode);
	expect(json[_i].source, json[_i].expected, body_check_json, body_json);
}
END_TEST

static const struct {
	const char *source, *text;
	bool unicode;
	const char *expected;
} forms[] = {
	{ "( ( \"To\", \"+{number}\" ), ( \"Body\", \"{text}\" ) )", "a=1&To=+1 %\r\n\"\xc3\xa4",
		false, "To=%2B4917012345678&Body=a%3D1%26To%3D%2B1%20%25%0D%0A%22%C3%A4" },
	{ "( ( \"From\", \"{from}\" ) )", "x", false, "From=ACME%20%26%20Co" },
	{ "( ( \"a&b\", 600 ), ( \"c\", true ) )", "x", false, "a%26b=600&c=true" },
	{ "( ( \"a\", \"1\", \"unicode\" ), ( \"b\", \"2\" ) )", "x", false, "b=2" },
	{ "( ( \"a\", \"1\", \"unicode\" ), ( \"b\", \"2\" ) )", "x", true, "a=1&b=2" },
	{ "( ( \"a\", \"{none}\", \"set none\" ) )", "x", true, "" },
	{ "( ( \"T\", { *xml = \"<S>{text}</S>\"; } ) )", "<&", false,
		"T=%3CS%3E%26lt%3B%26amp%3B%3C%2FS%3E" },
	{ "( ( \"a\", \"{none}\" ) )", "x", false, "!" },
	{ "( ( \"a\", \"{text}\" ) )", "\xff", false, "!" },
	{ "( ( \"a\" ) )", "x", false, NULL },
	{ "( ( \"a\", 1, 2 ) )", "x", false, NULL },
	{ "( ( \"a\", 1, \"gsm\", 4 ) )", "x", false, NULL },
	{ "( ( \"\", 1 ) )", "x", false, NULL },
	{ "( ( 5, 1 ) )", "x", false, NULL },
	{ "( ( \"a\", { b = 1; } ) )", "x", false, NULL },
	{ "( ( \"a\", \"{other}\" ) )", "x", false, NULL },
	{ "{ a = 1; }", "x", false, NULL },
};

START_TEST(e5_form)
{
	fill(forms[_i].text, forms[_i].unicode);
	expect(forms[_i].source, forms[_i].expected, body_check_form, body_form);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("body");
	TCase *t = tcase_create("body");
	tcase_add_loop_test(t, e5_json, 0, sizeof json / sizeof *json);
	tcase_add_loop_test(t, e5_form, 0, sizeof forms / sizeof *forms);
	suite_add_tcase(s, t);
	return s;
}
