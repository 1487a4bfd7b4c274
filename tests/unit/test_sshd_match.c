#include "cli/sshd_match.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static bool member(const char *group, char *user, size_t cap)
{
	snprintf(user, cap, "one-of-%s", group);
	return strcmp(group, "empty") != 0;
}

START_TEST(h_somebody_is_found_whom_a_line_is_about)
{
	static const struct {
		const char *line, *wanted; /* NULL: left out; "": no such line */
	} cases[] = {
		{ "Match User bob", "user=bob" },
		{ "  match\tuser=bob", "user=bob" },
		{ "Match User \"bob\" # him", "user=bob" },
		{ "Match User bob,carol", "user=bob" },
		{ "Match User !root,b*", "user=bx" },
		{ "Match User !root", NULL },
		{ "Match Group automation", "user=one-of-automation" },
		{ "Match Group empty,full", "user=one-of-full" },
		{ "Match Group empty", NULL },
		{ "Match User bob Group full", NULL },
		{ "Match Address 192.0.2.7", "addr=192.0.2.7" },
		{ "Match Address 10.0.0.0/8,192.0.2.0/24", "addr=10.0.0.0" },
		{ "Match Address !10.1.0.0/16,2001:db8::/32", "addr=2001:db8::" },
		{ "Match Address 10.*", NULL },
		{ "Match Address *", "addr=192.0.2.1" },
		{ "Match Host *.example", "host=x.example" },
		{ "Match User bob Address 10.0.0.0/8 LocalPort 22",
			"user=bob,addr=10.0.0.0,lport=22" },
		{ "Match LocalAddress 192.0.2.9", "laddr=192.0.2.9" },
		{ "Match Exec true", NULL },
		{ "Match User", NULL },
		{ "Match User bob Address", NULL },
		{ "Match all", "" },
		{ "MatchUser bob", "" },
		{ "# Match User bob", "" },
		{ "PasswordAuthentication yes", "" },
	};
	char spec[SSHD_MATCH_SPEC];
	unsigned left;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *wanted = cases[i].wanted;
		bool found = sshd_match_nth(cases[i].line, 0, member, spec, &left);

		ck_assert_msg(
			found == (wanted != NULL && *wanted != 0), "%s: %d", cases[i].line, found);
		ck_assert_msg(!found || strcmp(spec, wanted) == 0, "%s: %s", cases[i].line, spec);
		ck_assert_msg(left == (wanted == NULL ? 1 : 0), "%s: %u left", cases[i].line, left);
	}
}
END_TEST

START_TEST(one_after_the_other)
{
	static const char text[] =
		"UsePAM yes\nMatch User bob\n\tPasswordAuthentication yes\r\nMatch Exec x\n"
		"Match Group g\nMatch Address 192.0.2.7";
	static const char *const wanted[] = { "user=bob", "user=one-of-g", "addr=192.0.2.7" };
	char spec[SSHD_MATCH_SPEC];
	unsigned left;

	for (unsigned n = 0; n < 3; n++) {
		ck_assert(sshd_match_nth(text, n, member, spec, &left));
		ck_assert_str_eq(spec, wanted[n]);
	}
	ck_assert(!sshd_match_nth(text, 3, member, spec, &left));
	ck_assert_uint_eq(left, 1);
}
END_TEST

START_TEST(all_three_are_named)
{
	static const struct {
		const char *spec, *wanted;
	} cases[] = {
		{ "", "user=sms-otp-nobody,host=host.invalid,addr=192.0.2.1" },
		{ "user=bob", "user=bob,host=host.invalid,addr=192.0.2.1" },
		{ "laddr=192.0.2.9",
			"laddr=192.0.2.9,user=sms-otp-nobody,host=host.invalid,addr=192.0.2.1" },
		{ "laddr=192.0.2.9,addr=10.0.0.0",
			"laddr=192.0.2.9,addr=10.0.0.0,user=sms-otp-nobody,host=host.invalid" },
		{ "user=bob,addr=10.0.0.0", "user=bob,addr=10.0.0.0,host=host.invalid" },
	};
	char out[SSHD_MATCH_SPEC];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sshd_match_complete(cases[i].spec, out);
		ck_assert_str_eq(out, cases[i].wanted);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("sshd_match");
	TCase *t = tcase_create("sshd_match");

	tcase_add_test(t, h_somebody_is_found_whom_a_line_is_about);
	tcase_add_test(t, one_after_the_other);
	tcase_add_test(t, all_three_are_named);
	suite_add_tcase(s, t);
	return s;
}
