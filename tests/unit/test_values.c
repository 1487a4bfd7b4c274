#include "sender/values.h"

#include <string.h>

#include "unit.h"

static const struct {
	enum values_kind kind;
	const char *text;
	bool fits;
} cases[] = {
	{ VALUES_TEXT, "k\xc3\xa9y", true },
	{ VALUES_TEXT, "", false },
	{ VALUES_TEXT, "a\r\nX-Evil: 1", false },
	{ VALUES_TEXT, "\xff", false },
	{ VALUES_SENDER, "ACME", true },
	{ VALUES_SENDER, "+4917012345678", true },
	{ VALUES_SENDER, "123456789012345678901234567890123", false },
	{ VALUES_SENDER, "\xc3\xa9", false },
	{ VALUES_HOST, "api.example.com", true },
	{ VALUES_HOST, "api.example.com:8443", true },
	{ VALUES_HOST, "192.0.2.1", true },
	{ VALUES_HOST, "[2001:db8::1]:443", true },
	{ VALUES_HOST, "api.example.com/x", false },
	{ VALUES_HOST, "a@b", false },
	{ VALUES_HOST, "a..b", false },
	{ VALUES_HOST, "-a.b", false },
	{ VALUES_HOST, "a.b:", false },
	{ VALUES_HOST, "a.b:123456", false },
	{ VALUES_HOST, "a.b:8x", false },
	{ VALUES_HOST, "[::1", false },
	{ VALUES_HOST, "a b", false },
	{ VALUES_LABEL, "eu1", true },
	{ VALUES_LABEL, "eu.1", false },
	{ VALUES_LABEL, "-eu", false },
	{ VALUES_URL, "https://api.example.com", true },
	{ VALUES_URL, "https://api.example.com:8443/v1/x", true },
	{ VALUES_URL, "http://127.0.0.1:1", true },
	{ VALUES_URL, "https://", false },
	{ VALUES_URL, "https:///x", false },
	{ VALUES_URL, "https://a/../b", false },
	{ VALUES_URL, "https://a/b?c", false },
	{ VALUES_URL, "https://a@b/", false },
	{ VALUES_URL, "ftp://a/", false },
	{ VALUES_URL, "https://a/%2e%2e/", false },
	{ VALUES_PROGRAM, "/usr/bin/env", true },
	{ VALUES_PROGRAM, "env", false },
	{ VALUES_PROGRAM, "/", false },
	{ VALUES_PROGRAM, "/bin/", false },
	{ VALUES_PROGRAM, "/usr/../bin/env", false },
	{ VALUES_PROGRAM, "/usr/..", false },
	{ VALUES_PROGRAM, "/..a/b..", true },
	{ VALUES_PROGRAM, "/bin/a\nb", false },
	{ VALUES_FOLDER, "/var/spool/sms/outgoing", true },
	{ VALUES_FOLDER, "var/spool", false },
	{ VALUES_FOLDER, "/var/../etc", false },
	{ VALUES_ADDRESS, "alice@example.org", true },
	{ VALUES_ADDRESS, "+4917012345678@sms.gateway.example", true },
	{ VALUES_ADDRESS, "a.b_c+d-e@host", true },
	{ VALUES_ADDRESS, "example.org", false },
	{ VALUES_ADDRESS, "@example.org", false },
	{ VALUES_ADDRESS, "alice@", false },
	{ VALUES_ADDRESS, "alice@example.org.", false },
	{ VALUES_ADDRESS, "alice@example.org:25", false },
	{ VALUES_ADDRESS, "alice@[192.0.2.1]", false },
	{ VALUES_ADDRESS, "alice@a@b", false },
	{ VALUES_ADDRESS, "alice@a,bob@b", false },
	{ VALUES_ADDRESS, "alice@a bob@b", false },
	{ VALUES_ADDRESS, "Alice <alice@a>", false },
	{ VALUES_ADDRESS, "\"alice\"@a", false },
	{ VALUES_ADDRESS, "alice(x)@a", false },
	{ VALUES_ADDRESS, "|prog@a", false },
	{ VALUES_ADDRESS, "a%b@c", false },
	{ VALUES_ADDRESS, "a!b@c", false },
	{ VALUES_ADDRESS, "-f@a", false },
	{ VALUES_ADDRESS, ".a@b", false },
	{ VALUES_ADDRESS, "a.@b", false },
	{ VALUES_ADDRESS, "a..b@c", false },
	{ VALUES_ADDRESS, "a@b..c", false },
	{ VALUES_ADDRESS, "a@-b", false },
	{ VALUES_ADDRESS, "a@b\r\nRCPT TO:<c@d>", false },
	{ VALUES_ADDRESS, "\xc3\xa4@b", false },
	{ VALUES_ADDRESS, "12345678901234567890123456789012345678901234567890123456789012345@a",
		false },
};

START_TEST(e5_a_value_is_of_its_kind)
{
	const char *want = values_expected(cases[_i].kind, cases[_i].text);
	ck_assert_msg((want == NULL) == cases[_i].fits, "%s: %s", cases[_i].text, want);
}
END_TEST

START_TEST(names_are_found_and_the_list_ends)
{
	struct values v = { 0 };
	enum values_kind kind;
	ck_assert_int_eq(values_add(&v, "abc", VALUES_URL, "x"), 0);
	ck_assert_ptr_nonnull(values_find(&v, "abcdef", 3));
	ck_assert_ptr_null(values_find(&v, "abcdef", 4));
	ck_assert_ptr_null(values_find(&v, "abcdef", 2));
	for (int i = 1; i < VALUES_MAX; i++)
		ck_assert_int_eq(values_add(&v, "n", VALUES_TEXT, NULL), 0);
	ck_assert_int_eq(values_add(&v, "n", VALUES_TEXT, NULL), -1);
	ck_assert_int_eq(values_kind_named("label", &kind), 0);
	ck_assert_int_eq(kind, VALUES_LABEL);
	ck_assert_int_eq(values_kind_named("program", &kind), 0);
	ck_assert_int_eq(kind, VALUES_PROGRAM);
	ck_assert_int_eq(values_kind_named("folder", &kind), 0);
	ck_assert_int_eq(kind, VALUES_FOLDER);
	ck_assert_int_eq(values_kind_named("address", &kind), 0);
	ck_assert_int_eq(kind, VALUES_ADDRESS);
	ck_assert_int_eq(values_kind_named("number", &kind), -1);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("values");
	TCase *t = tcase_create("values");
	tcase_add_loop_test(t, e5_a_value_is_of_its_kind, 0, sizeof cases / sizeof *cases);
	tcase_add_test(t, names_are_found_and_the_list_ends);
	suite_add_tcase(s, t);
	return s;
}
