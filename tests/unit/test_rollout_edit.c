#include "cli/rollout_edit.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

#define OURS "# a code by SMS behind the password: pam_sms_otp(8)\n" ROLLOUT_EDIT_LINE

/* All ways, in their order. */
static const struct {
	const char *text, *ways[6];
} cases[] = {
	/* Debian's */
	{ "# x\n@include common-auth\nsession required a.so\n", { "# x\n@include common-auth\n" OURS "session required a.so\n" } },
	/* behind each line of its type, and no other */
	{ "auth optional a.so\naccount required b.so\n-auth\tsufficient c.so\n",
		{ "auth optional a.so\n" OURS "account required b.so\n-auth\tsufficient c.so\n",
			"auth optional a.so\naccount required b.so\n-auth\tsufficient c.so\n" OURS } },
	/* a file without an end of its last line */
	{ "auth optional a.so", { "auth optional a.so\n" OURS } },
	/* Red Hat's */
	{ "AUTH  include  system-auth\nauth include postlogin\n",
		{ "AUTH  include  system-auth\n" OURS "auth include postlogin\n", "AUTH  include  system-auth\nauth include postlogin\n" OURS,
			"AUTH  substack  system-auth\n" OURS "auth include postlogin\n",
			"AUTH  include  system-auth\nauth substack postlogin\n" OURS } },
	{ " auth\tRequired\tpam_unix.so # required\n",
		{ " auth\tRequired\tpam_unix.so # required\n" OURS, " auth\trequisite\tpam_unix.so # required\n" OURS } },
	/* brackets are left as they are; a line goes on in the next */
	{ "auth [success=1 default=ignore] \\\n\n\tpam_unix.so\nauth required a.so\n",
		{ "auth [success=1 default=ignore] \\\n\n\tpam_unix.so\n" OURS "auth required a.so\n",
			"auth [success=1 default=ignore] \\\n\n\tpam_unix.so\nauth required a.so\n" OURS,
			"auth [success=1 default=ignore] \\\n\n\tpam_unix.so\nauth requisite a.so\n" OURS } },
	/* %: nothing is taken for a format */
	{ "auth requisite a.so %s%n\n", { "auth requisite a.so %s%n\n" OURS } },
	{ "", { NULL } },
	{ "account required a.so\nauht required b.so\n", { NULL } },
};

START_TEST(every_way_once)
{
	struct rollout_edit e = { 0 };
	struct fault f = FAULT_INIT;
	char out[1024];
	size_t n = 0;

	for (; cases[_i].ways[n] != NULL; n++) {
		ck_assert_msg(rollout_edit_next(&e, cases[_i].text, out, sizeof(out), &f) == 1, "case %d, way %zu", _i, n);
		ck_assert_str_eq(out, cases[_i].ways[n]);
	}
	ck_assert_int_eq(rollout_edit_next(&e, cases[_i].text, out, sizeof(out), &f), 0);
	ck_assert_int_eq(rollout_edit_next(&e, cases[_i].text, out, sizeof(out), &f), 0);
}
END_TEST

START_TEST(what_does_not_fit)
{
	struct rollout_edit e = { 0 };
	struct fault f = FAULT_INIT;
	char out[64];

	ck_assert_int_eq(rollout_edit_next(&e, "auth requisite a.so\n", out, sizeof(out), &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
}
END_TEST

START_TEST(what_libpam_cannot_read)
{
	struct rollout_edit e = { 0 };
	struct fault f = FAULT_INIT;
	char out[256];

	ck_assert_int_eq(rollout_edit_next(&e, "account required a.so\nauth required \\\n", out, sizeof(out), &f), -1);
	ck_assert(strstr(f.text, "refuses the whole file") != NULL);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("rollout_edit");
	TCase *c = tcase_create("ways");

	tcase_add_loop_test(c, every_way_once, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(c, what_does_not_fit);
	tcase_add_test(c, what_libpam_cannot_read);
	suite_add_tcase(s, c);
	return s;
}
