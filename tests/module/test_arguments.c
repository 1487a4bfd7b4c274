/* What may stand after our name in pam.d, and what a person reads about the rest. */
#include "module/arguments.h"

#include <string.h>

#include "tests/unit/unit.h"

enum { WORDS = 6 };

static int count(const char *const *words)
{
	int n = 0;

	while (n < WORDS && words[n])
		n++;
	return n;
}

START_TEST(good_ones)
{
	static const char *const words[] = { "debug", "no_echo", "conf=/etc/x.conf",
		"prompt=Code for the VPN: ", "only=sshd,sudo", NULL };
	struct arguments a;

	ck_assert_int_eq(arguments_read(5, words, &a), 0);
	ck_assert(a.debug && a.no_echo);
	ck_assert_str_eq(a.conf, "/etc/x.conf");
	ck_assert_str_eq(a.prompt, "Code for the VPN: ");
	ck_assert_str_eq(a.only, "sshd,sudo");
	ck_assert_str_eq(a.idle, "");
	ck_assert_int_eq(arguments_read(0, words, &a), 0);
	ck_assert(!a.debug && !a.no_echo && !a.conf && !a.prompt && !a.only);
}
END_TEST

START_TEST(every_language_is_taken)
{
	static const char *const words[] = { "lang=en", "lang=de", "lang=fr", "lang=es", "lang=pt" };
	struct arguments a;

	for (int i = 0; i < 5; i++) {
		ck_assert_int_eq(arguments_read(1, words + i, &a), 0);
		ck_assert_str_eq(a.language, words[i] + 5);
	}
	ck_assert_int_eq(arguments_read(0, words, &a), 0);
	ck_assert_ptr_null(a.language);
}
END_TEST

START_TEST(forward_pass_is_off_unless_said)
{
	static const char *const words[] = { "forward_pass" };
	struct arguments a;

	ck_assert_int_eq(arguments_read(0, words, &a), 0);
	ck_assert(!a.forward_pass);
	ck_assert_int_eq(arguments_read(1, words, &a), 0);
	ck_assert(a.forward_pass);
}
END_TEST

START_TEST(two_step_is_off_unless_said)
{
	static const char *const words[] = { "two_step", "forward_pass",
		"prompt=PIN: ", "no_echo" };
	struct arguments a;

	ck_assert_int_eq(arguments_read(0, words, &a), 0);
	ck_assert(!a.two_step);
	ck_assert_int_eq(arguments_read(1, words, &a), 0);
	ck_assert(a.two_step && !a.forward_pass);
	ck_assert_int_eq(arguments_read(4, words, &a), 0);
	ck_assert(a.two_step && a.forward_pass);
}
END_TEST

START_TEST(those_without_effect_are_remembered)
{
	static const char *const words[] = { "try_first_pass", "use_first_pass", "silent",
		"nodelay" };
	struct arguments a;

	ck_assert_int_eq(arguments_read(4, words, &a), 0);
	ck_assert_str_eq(a.idle, "try_first_pass use_first_pass silent nodelay");
}
END_TEST

static const struct {
	const char *words[WORDS];
	const char *complaint;
} bad[] = {
	{ { "nullok" }, "nullok (see `unenrolled` in sms-otp.conf)" },
	{ { "forward_pass=1" }, "forward_pass= (unknown)" },
	{ { "two_step=1" }, "two_step= (unknown)" },
	{ { "two_step", "prompt=PIN: " }, "prompt= (a line with two_step alone asks nothing)" },
	{ { "no_echo", "two_step" }, "no_echo (a line with two_step alone asks nothing)" },
	{ { "decoy=never" }, "decoy= (write decoy or decoy=refused)" },
	{ { "decoy", "decoy=refused" }, "decoy (two lines: one with decoy, one with decoy=refused)" },
	{ { "decoy", "only=sshd" }, "only= (not with decoy)" },
	{ { "decoy", "forward_pass" }, "forward_pass (not with decoy)" },
	{ { "decoy=refused", "forward_pass" }, "forward_pass (not with decoy)" },
	{ { "decoy", "two_step" }, "two_step (not with decoy)" },
	{ { "lang=" }, "lang= (has no value)" },
	{ { "lang=xx" }, "lang= (a language is one of en, de, fr, es, pt)" },
	{ { "lang=de_DE.UTF-8" }, "lang= (a language is one of en, de, fr, es, pt)" },
	{ { "lang=../de" }, "lang= (a language is one of en, de, fr, es, pt)" },
	{ { "lang=de", "lang=fr" }, "lang= (given twice)" },
	{ { "language=de" }, "language= (write lang=de)" },
	{ { "retry=3" }, "retry= (see `code.tries` in sms-otp.conf)" },
	{ { "deny=3" }, "deny= (see `lockout.failures` in sms-otp.conf)" },
	{ { "unlock_time=60" }, "unlock_time= (see `lockout.lock` in sms-otp.conf)" },
	{ { "digits=8" }, "digits= (see `code.digits` in sms-otp.conf)" },
	{ { "api_key=topsecret" }, "api_key= (see `providers` in sms-otp.conf)" },
	{ { "Debug" }, "Debug (unknown)" },
	{ { "" }, " (unknown)" },
	{ { "debug=1" }, "debug= (unknown)" },
	{ { "no-echo" }, "no-echo (unknown)" },
	{ { "no\necho" }, "no?echo (unknown)" },
	{ { "conf=etc/x" }, "conf= (must be an absolute path)" },
	{ { "conf=" }, "conf= (has no value)" },
	{ { "conf" }, "conf (unknown)" },
	{ { "conf=/a", "conf=/a" }, "conf= (given twice)" },
	{ { "prompt=Password: " }, "prompt= (some hosts would answer it with the password)" },
	{ { "prompt=Password:" }, "prompt= (some hosts would answer it with the password)" },
	{ { "prompt=a\tb" }, "prompt= (no control characters)" },
	{ { "only=,sshd" }, "only= (services with a comma between, as in only=sshd,sudo)" },
	{ { "only=sshd," }, "only= (services with a comma between, as in only=sshd,sudo)" },
	{ { "only=a,,b" }, "only= (services with a comma between, as in only=sshd,sudo)" },
	{ { "nullok", "debug", "key=abc", "nonsense" },
		"nullok (see `unenrolled` in sms-otp.conf), key= (see `providers` in "
		"sms-otp.conf), "
		"nonsense (unknown)" },
};

START_TEST(bad_ones_are_all_named)
{
	struct arguments a;

	ck_assert_int_eq(arguments_read(count(bad[_i].words), bad[_i].words, &a), -1);
	ck_assert_str_eq(a.complaint, bad[_i].complaint);
}
END_TEST

START_TEST(g1_values_of_bad_ones_are_not_repeated)
{
	static const char *const words[] = { "apikey=topsecret", "=topsecret" };
	struct arguments a;

	ck_assert_int_eq(arguments_read(2, words, &a), -1);
	ck_assert_ptr_null(strstr(a.complaint, "topsecret"));
}
END_TEST

START_TEST(any_number_and_length_fits)
{
	static char longword[5000];
	const char *words[200];
	struct arguments a;

	memset(longword, 'x', sizeof longword - 1);
	for (int i = 0; i < 200; i++)
		words[i] = longword;
	ck_assert_int_eq(arguments_read(200, words, &a), -1);
	ck_assert_uint_lt(strlen(a.complaint), sizeof a.complaint);
	for (int i = 0; i < 200; i++)
		words[i] = "silent";
	ck_assert_int_eq(arguments_read(200, words, &a), 0);
	/* 513 bytes are one too many */
	static char prompt[7 + 513 + 1] = "prompt=";
	memset(prompt + 7, 'p', 513);
	words[0] = prompt;
	ck_assert_int_eq(arguments_read(1, words, &a), -1);
	prompt[7 + 512] = 0;
	ck_assert_int_eq(arguments_read(1, words, &a), 0);
}
END_TEST

static const struct {
	const char *only;
	const char *service;
	bool concerns;
} onlys[] = {
	{ "only=sshd", "sshd", true },
	{ "only=sshd", "sshd2", false },
	{ "only=sshd2", "sshd", false },
	{ "only=sudo,sshd", "sshd", true },
	{ "only=sudo,sshd", "sudo", true },
	{ "only=sudo,sshd", "sudo,sshd", false },
	{ "only=sudo,sshd", "", false },
	{ "only=sudo,sshd", "login", false },
	{ "debug", "anything", true },
};

START_TEST(only_names_whole_services)
{
	struct arguments a;

	ck_assert_int_eq(arguments_read(1, &onlys[_i].only, &a), 0);
	ck_assert(arguments_concern(&a, onlys[_i].service) == onlys[_i].concerns);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("arguments");
	TCase *tcase = tcase_create("arguments");

	tcase_add_test(tcase, good_ones);
	tcase_add_test(tcase, forward_pass_is_off_unless_said);
	tcase_add_test(tcase, two_step_is_off_unless_said);
	tcase_add_test(tcase, every_language_is_taken);
	tcase_add_test(tcase, those_without_effect_are_remembered);
	tcase_add_loop_test(tcase, bad_ones_are_all_named, 0, sizeof bad / sizeof bad[0]);
	tcase_add_test(tcase, g1_values_of_bad_ones_are_not_repeated);
	tcase_add_test(tcase, any_number_and_length_fits);
	tcase_add_loop_test(tcase, only_names_whole_services, 0, sizeof onlys / sizeof onlys[0]);
	suite_add_tcase(suite, tcase);
	return suite;
}
