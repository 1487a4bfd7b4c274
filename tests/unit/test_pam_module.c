#include "cli/pam_module.h"

#include <stdio.h>

#include "unit.h"

static struct pam_line line;

static const struct pam_line *read_one(const char *rest)
{
	char text[256];
	const char *at = text;
	int number = 0;

	snprintf(text, sizeof(text), "auth %s", rest);
	ck_assert_int_eq(pam_line_next(&at, &number, PAM_LINE_ANY, &line), 1);
	return &line;
}

START_TEST(kinds)
{
	static const struct {
		const char *rest;
		enum pam_module_kind kind;
	} cases[] = {
		{ "required pam_sms_otp.so", PAM_MODULE_OURS },
		{ "required /usr/lib/x/security/pam_sms_otp.so", PAM_MODULE_OURS },
		{ "required pam_sms_otp", PAM_MODULE_OURS },
		{ "required pam_sms_otp.so.bak", PAM_MODULE_UNKNOWN },
		{ "required xpam_sms_otp.so", PAM_MODULE_UNKNOWN },
		{ "required pam_unix.so", PAM_MODULE_PASSWORD },
		{ "required pam_unix_acct.so", PAM_MODULE_UNKNOWN },
		{ "required pam_rootok.so", PAM_MODULE_ROOT },
		{ "required pam_deny.so", PAM_MODULE_DENY },
		{ "required .so", PAM_MODULE_UNKNOWN },
	};

	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
		ck_assert_msg(pam_module_kind(read_one(cases[k].rest)) == cases[k].kind, "%s", cases[k].rest);
}
END_TEST

#define BIT(v) (1u << (v))

START_TEST(results)
{
	/* what the line treats alike is there once, but success and ignore always */
	ck_assert_uint_eq(pam_module_results(read_one("required pam_house.so")),
		BIT(PAM_LINE_SUCCESS) | BIT(1) | BIT(PAM_LINE_NEW_AUTHTOK_REQD) | BIT(PAM_LINE_IGNORE));
	ck_assert(pam_module_results(read_one("[maxtries=1 cred_err=2 default=bad] pam_house.so")) & BIT(PAM_LINE_MAXTRIES));
	ck_assert(pam_module_results(&line) & BIT(17));
	ck_assert_uint_eq(pam_module_failures(read_one("required pam_unix.so")), BIT(1));
	ck_assert_uint_eq(pam_module_results(read_one("required pam_permit.so")), BIT(PAM_LINE_SUCCESS));
	ck_assert_uint_eq(pam_module_failures(&line), 0);
	ck_assert_uint_eq(pam_module_results(read_one("required pam_deny.so")), BIT(PAM_LINE_AUTH_ERR));
	ck_assert_uint_eq(pam_module_results(read_one("required")), BIT(PAM_LINE_PERM_DENIED));
	ck_assert(!pam_module_counts(read_one("required pam_faillock.so preauth")));
	ck_assert(pam_module_counts(read_one("required pam_faillock.so authfail")));
	ck_assert(pam_module_counts(read_one("required pam_tally2.so")));
	ck_assert(!pam_module_counts(read_one("required pam_unix.so authfail")));
}
END_TEST

START_TEST(files)
{
	ck_assert(pam_module_present("pam_unix.so"));
	ck_assert(!pam_module_present("pam_nobody_has_this.so"));
	ck_assert(!pam_module_present("pam_uni*.so"));
	ck_assert(pam_module_present("/etc/passwd"));
	ck_assert(!pam_module_present("/etc/nobody-has-this.so"));
	ck_assert(pam_module_present("/lib/security/$ISA/pam_x.so"));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("pam_module");
	TCase *t = tcase_create("pam_module");

	tcase_add_test(t, kinds);
	tcase_add_test(t, results);
	tcase_add_test(t, files);
	suite_add_tcase(s, t);
	return s;
}
