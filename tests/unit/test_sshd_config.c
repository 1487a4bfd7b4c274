#include "cli/sshd_config.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "unit.h"

/* What OpenSSH 9.2 prints, but for what is not looked at. */
#define HEAD "port 22\naddressfamily any\nlistenaddress 0.0.0.0:22\n"
#define GOOD                                                                                                                               \
	HEAD "usepam yes\nlogingracetime 120\npubkeyauthentication yes\npasswordauthentication no\nkbdinteractiveauthentication yes\n"      \
	     "hostbasedauthentication no\ngssapiauthentication no\nauthenticationmethods keyboard-interactive:pam\n"

/* changed: a line that comes last, and so decides. */
static const struct {
	const char *name, *changed;
	bool password, forward;
	const char *said;
} cases[] = {
	{ "as the example has it", "", true, false, "" },
	{ "no PAM", "usepam no\n", true, false, "!sshd-usepam-no" },
	{ "no PAM hides the rest", "usepam no\nkbdinteractiveauthentication no\n", true, false, "!sshd-usepam-no" },
	{ "no keyboard-interactive", "kbdinteractiveauthentication no\n", true, false, "!sshd-keyboard-no" },
	{ "no keyboard-interactive, by its old name", "challengeresponseauthentication no\n", true, false, "!sshd-keyboard-no" },
	{ "one field needs none", "kbdinteractiveauthentication no\npasswordauthentication yes\nauthenticationmethods any\npubkeyauthentication no\n",
		true, true, "" },
	{ "Debian as shipped", "kbdinteractiveauthentication no\npasswordauthentication yes\nauthenticationmethods any\n", true, false,
		"!sshd-keyboard-no ?sshd-password-yes ?sshd-key-alone" },
	{ "password beside it, which no list offers", "passwordauthentication yes\n", true, false, "" },
	{ "password beside it, in a list", "passwordauthentication yes\nauthenticationmethods password keyboard-interactive\n", true, false,
		"?sshd-password-yes" },
	{ "a key alone", "authenticationmethods any\n", true, false, "?sshd-key-alone" },
	{ "no keys at all", "authenticationmethods any\npubkeyauthentication no\n", true, false, "" },
	{ "kerberos alone", "authenticationmethods any\npubkeyauthentication no\ngssapiauthentication yes\n", true, false, "?sshd-key-alone" },
	{ "a list with a key alone", "authenticationmethods publickey keyboard-interactive\n", true, false, "?sshd-key-alone" },
	{ "a key and more keys", "authenticationmethods publickey,publickey keyboard-interactive\n", true, false, "?sshd-key-alone" },
	{ "key and code", "authenticationmethods publickey,keyboard-interactive:pam\n", false, false, "" },
	{ "either, with a password asked", "authenticationmethods publickey,keyboard-interactive:pam keyboard-interactive:pam\n", true, false, "" },
	{ "either, with no password asked", "authenticationmethods publickey,keyboard-interactive:pam keyboard-interactive:pam\n", false, false,
		"!sshd-no-first-factor" },
	{ "any, with no password asked", "authenticationmethods any\n", false, false, "?sshd-key-alone !sshd-no-first-factor" },
	{ "119 seconds", "logingracetime 119\n", true, false, "?sshd-grace-short" },
	{ "no end", "logingracetime 0\n", true, false, "" },
	{ "30 seconds with one field", "logingracetime 30\n", true, true, "" },
	{ "nonsense", "logingracetime soon\n", true, false, "" },
};

static struct settings settings;
static struct pam_findings found;

static void sum_up(char said[512])
{
	struct text_line t;

	text_begin(&t, said, 512);
	for (size_t k = 0; k < found.n; k++) {
		text_add(&t, "%s%c%s", k ? " " : "", found.at[k].level == INSPECTION_TROUBLE ? '!' : '?', found.at[k].code);
		ck_assert(found.at[k].text[0] && found.at[k].remedy[0]);
	}
}

START_TEST(h_sshd)
{
	struct sshd_config_stack stack = { &settings, cases[_i].password, cases[_i].forward, "" };
	struct fault f = FAULT_INIT;
	struct sshd_config c;
	char text[2048], said[512];

	settings.code.lifetime_s = 90;
	settings.code.resends = 2;
	found.n = 0;
	snprintf(text, sizeof(text), "%s%s", GOOD, cases[_i].changed);
	ck_assert_int_eq(sshd_config_read(text, &c, &f), 0);
	sshd_config_judge(&c, &stack, &found);
	sum_up(said);
	ck_assert_msg(strcmp(said, cases[_i].said) == 0, "%s: %s", cases[_i].name, said);
}
END_TEST

/* What is not printed is not judged, and numbers are told. */
START_TEST(unsaid)
{
	struct sshd_config_stack stack = { &settings, true, false, " for user=bob" };
	struct fault f = FAULT_INIT;
	struct sshd_config c;

	settings.code.lifetime_s = 300;
	settings.code.resends = 5;
	found.n = 0;
	ck_assert_int_eq(sshd_config_read("usepam yes\r\n", &c, &f), 0);
	ck_assert(c.use_pam == SSHD_CONFIG_YES && c.grace_s == -1);
	sshd_config_judge(&c, &stack, &found);
	ck_assert_uint_eq(found.n, 0);
	c.grace_s = 120;
	sshd_config_judge(&c, &stack, &found);
	ck_assert_uint_eq(found.n, 1);
	ck_assert_ptr_nonnull(strstr(found.at[0].text, "for user=bob: LoginGraceTime 120 s"));
	ck_assert_ptr_nonnull(strstr(found.at[0].text, "300 s is valid; with 5 resends it is 600 s"));
	ck_assert_str_eq(found.at[0].remedy, "write: LoginGraceTime 630");
	ck_assert_int_eq(sshd_config_read("Missing privilege separation directory: /run/sshd\n", &c, &f), -1);
	ck_assert_int_eq(sshd_config_read("", &c, &f), -1);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("sshd_config");
	TCase *t = tcase_create("sshd_config");

	tcase_add_loop_test(t, h_sshd, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(t, unsaid);
	suite_add_tcase(s, t);
	return s;
}
