#include "sender/source.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static const char *const none[] = { NULL };
static const char json[] =
	"{\"s\":\"100\",\"n\":100,\"o\":0,\"zero\":\"0\",\"no\":false,\"ok\":true,\"w\":\"Sent\","
	"\"e\":\"\","
	"\"m\":[{\"t\":\"0\"},{\"t\":\"0\"}],\"x\":[{\"t\":\"0\"},{\"t\":\"3\"}],\"z\":[]}";

static const struct {
	const char *test; /* members of a group */
	int expected;     /* -1: refused while reading */
} tests[] = {
	{ "path = \"s\"; equals = \"100\";", 1 },
	{ "path = \"n\"; equals = \"100\";", 1 },
	{ "path = \"s\"; equals = 100;", 1 },
	{ "path = \"n\"; equals = \"10\";", 0 },
	{ "path = \"s\"; in = [ 100, 101 ];", 1 },
	{ "path = \"s\"; in = [ \"101\" ];", 0 },
	{ "path = \"s\"; not_in = [ \"101\" ];", 1 },
	{ "path = \"s\"; not_in = [ \"100\" ];", 0 },
	{ "path = \"missing\"; not_in = [ \"100\" ];", 1 },
	{ "path = \"ok\"; equals = true;", 1 },
	{ "path = \"ok\"; equals = false;", 0 },
	{ "path = \"w\"; equals = \"sent\";", 0 },
	{ "path = \"w\"; equals = \"sent\"; ignore_case = true;", 1 },
	{ "path = \"w\"; prefix = \"Se\";", 1 },
	{ "path = \"w\"; prefix = \"se\"; ignore_case = true;", 1 },
	{ "path = \"w\"; prefix = \"nt\";", 0 },
	{ "path = \"w\"; exists = true;", 1 },
	{ "path = \"n\"; exists = true;", 1 },
	{ "path = \"o\"; exists = true;", 0 },
	{ "path = \"zero\"; exists = true;", 0 },
	{ "path = \"no\"; exists = true;", 0 },
	{ "path = \"ok\"; exists = true;", 0 },
	{ "path = \"m\"; exists = true;", 0 },
	{ "path = \"m\"; equals = \"0\";", 0 },
	{ "path = \"e\"; exists = true;", 0 },
	{ "path = \"missing\"; exists = true;", 0 },
	{ "path = \"missing\"; absent = true;", 1 },
	{ "path = \"w\"; absent = true;", 0 },
	{ "path = \"m[*].t\"; equals = \"0\";", 1 },
	{ "path = \"x[*].t\"; equals = \"0\";", 0 },
	{ "path = \"z[*].t\"; equals = \"0\";", 0 },
	{ "path = \"x[*].t\"; regex = \"^0\"; equals = \"0\";", 0 },
	{ "path = \"x[*].t\"; regex = \"3\"; absent = true;", 0 },
	{ "path = \"x[*].t\"; regex = \"4\"; absent = true;", 1 },
	{ "path = \"x[*].t\"; regex = \"^[0-3]\"; in = [ \"0\", \"3\" ];", 1 },
	{ "path = [ \"missing\", \"w\" ]; equals = \"Sent\";", 1 },
	{ "path = \"w\"; regex = \"^S(.*)$\"; equals = \"ent\";", 1 },
	{ "regex = \"\\\"w\\\":\\\"([A-Za-z]+)\\\"\"; equals = \"Sent\";", 1 },
	{ "prefix = \"{\";", 1 },
	{ "prefix = \"<\";", 0 },
	{ "header = \"X-Id\"; equals = \"7\";", 1 },
	{ "header = \"X-Id\"; regex = \"([0-9])\"; exists = true;", 1 },
	{ "header = \"X-No\"; exists = true;", 0 },
	{ "path = \"w\";", -1 },
	{ "path = \"w\"; equals = \"a\"; prefix = \"a\";", -1 },
	{ "path = \"w\"; equal = \"a\";", -1 },
	{ "path = \"w\"; exists = false;", -1 },
	{ "path = \"w\"; exists = \"yes\";", -1 },
	{ "path = \"w..\"; exists = true;", -1 },
	{ "path = \"w\"; in = [];", -1 },
	{ "path = 7; exists = true;", -1 },
	{ "regex = \"(\"; exists = true;", -1 },
	{ "regex = \"a********\"; exists = true;", 0 },
	{ "regex = \"((((((((a+)+)+)+)+)+)+)+)+\"; exists = true;", -1 },
	{ "regex = \"a{9}{9}\"; exists = true;", -1 },
};

START_TEST(e6_tests_of_an_answer)
{
	char text[256];
	struct tree t;
	struct document d;
	struct fault f = FAULT_INIT;
	snprintf(text, sizeof text, "t = { %s };", tests[_i].test);
	ck_assert_int_eq(tree_parse(text, "x", &t, &f), 0);
	const struct tree_node *test = tree_find(t.nodes, "t");
	int rc = source_check_test(test, none, &f);
	ck_assert_msg((rc < 0) == (tests[_i].expected < 0), "%s: %s", text, f.text);
	if (rc == 0) {
		document_open(&d, 200, "X-Id: 7\r\n", json);
		ck_assert_msg(source_holds(test, &d) == (tests[_i].expected == 1), "%s", text);
		document_close(&d);
	}
	tree_close(&t);
}
END_TEST

START_TEST(e6_what_is_too_long_to_compare_is_not_absent)
{
	static const char *const texts[] = { "{ regex = \"^ERR.*\"; absent = true; }",
		"{ regex = \"^ERR.*\"; not_in = [ \"ERR\" ]; }",
		"{ header = \"X-Long\"; absent = true; }" };
	static char body[3000], headers[3000];
	snprintf(body, sizeof body, "ERR %02000d", 0);
	snprintf(headers, sizeof headers, "X-Long: %02000d\r\n", 0);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char text[256];
		struct tree t;
		struct document d;
		struct fault f = FAULT_INIT;
		snprintf(text, sizeof text, "t = %s;", texts[i]);
		ck_assert_int_eq(tree_parse(text, "x", &t, &f), 0);
		document_open(&d, 200, headers, body);
		ck_assert_msg(!source_holds(tree_find(t.nodes, "t"), &d), "%s", text);
		document_close(&d);
		tree_close(&t);
	}
}
END_TEST

START_TEST(e4_a_path_with_thousands_of_ends_holds_nothing)
{
	static const struct {
		int ends;
		bool holds;
	} cases[] = { { 1, true }, { 255, true }, { 256, false }, { 30000, false } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		static char body[65536];
		struct tree t;
		struct document d;
		struct fault f = FAULT_INIT;
		size_t len = (size_t)snprintf(body, sizeof body, "{\"m\":[0");
		for (int n = 1; n < cases[i].ends; n++)
			len += (size_t)snprintf(body + len, sizeof body - len, ",0");
		snprintf(body + len, sizeof body - len, "]}");
		ck_assert_int_eq(
			tree_parse("t = { path = \"m[*]\"; equals = \"0\"; };", "x", &t, &f), 0);
		document_open(&d, 200, "", body);
		ck_assert_msg(source_holds(tree_find(t.nodes, "t"), &d) == cases[i].holds, "%d",
			cases[i].ends);
		document_close(&d);
		tree_close(&t);
	}
}
END_TEST

static const struct {
	const char *source, *expected; /* NULL: absent */
} sources[] = {
	{ "\"w\"", "Sent" },
	{ "[ \"missing\", \"n\" ]", "100" },
	{ "( { path = \"missing\"; }, { header = \"X-Id\"; } )", "7" },
	{ "{ header = \"Location\"; regex = \"/([^/]+)$\"; }", "77" },
	{ "{ regex = \"\\\"w\\\":\\\"[A-Za-z]+\"; }", "\"w\":\"Sent" },
	{ "\"missing\"", NULL },
	{ "{ path = \"m\"; regex = \".\"; }", NULL },
};

START_TEST(values_are_found)
{
	char text[256];
	const char *found = "";
	struct tree t;
	struct document d;
	struct fault f = FAULT_INIT;
	snprintf(text, sizeof text, "t = %s;", sources[_i].source);
	ck_assert_int_eq(tree_parse(text, "x", &t, &f), 0);
	const struct tree_node *source = tree_find(t.nodes, "t");
	ck_assert_int_eq(source_check(source, &f), 0);
	document_open(&d, 200, "X-Id: 7\r\nLocation: https://a/b/77\r\n", json);
	bool there = source_text(source, &d, &found) == DOCUMENT_TEXT;
	ck_assert_msg(there == (sources[_i].expected != NULL), "%s", text);
	if (there)
		ck_assert_str_eq(found, sources[_i].expected);
	document_close(&d);
	tree_close(&t);
}
END_TEST

START_TEST(bad_sources_are_refused)
{
	static const char *const bad[] = { "()", "{ }", "{ body = true; }", "( [ \"a\" ] )",
		"{ path = \"a\"; header = \"b\"; }", "\"a..b\"", "7", "{ regex = \"[\"; }" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char text[128];
		struct tree t;
		struct fault f = FAULT_INIT;
		snprintf(text, sizeof text, "\n\nt = %s;", bad[i]);
		ck_assert_int_eq(tree_parse(text, "x.conf", &t, &f), 0);
		ck_assert_msg(source_check(tree_find(t.nodes, "t"), &f) == -1, "%s", bad[i]);
		ck_assert_msg(!strncmp(f.text, "x.conf:3: ", 10), "%s", f.text);
		tree_close(&t);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("source");
	TCase *t = tcase_create("source");
	tcase_add_loop_test(t, e6_tests_of_an_answer, 0, sizeof tests / sizeof *tests);
	tcase_add_loop_test(t, values_are_found, 0, sizeof sources / sizeof *sources);
	tcase_add_test(t, e4_a_path_with_thousands_of_ends_holds_nothing);
	tcase_add_test(t, e6_what_is_too_long_to_compare_is_not_absent);
	tcase_add_test(t, bad_sources_are_refused);
	suite_add_tcase(s, t);
	return s;
}
