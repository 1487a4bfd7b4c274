#include "cli/pam_judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "unit.h"

/* One file each, and all that is said of it: `!` trouble, `?` to look at, `.` note, `+` well; then the code and the line, with the file
 * where it is another. */
static const struct {
	const char *set, *service, *said;
} cases[] = {
#include "tests/unit/pam_stacks.h"
};

static struct settings settings;
static struct pam_findings found;

/* $srcdir, or two folders up. */
static const char *top(const char *below, char path[512])
{
	snprintf(path, 512, "%s/%s", getenv("srcdir") ? getenv("srcdir") : "../..", below);
	return path;
}

static char sign(enum inspection_level level)
{
	return level == INSPECTION_TROUBLE ? '!' : level == INSPECTION_FINDING ? '?' : level == INSPECTION_NOTE ? '.' : '+';
}

static void sum_up(const char *service, char *out, size_t cap)
{
	struct text_line line;

	text_begin(&line, out, cap);
	for (size_t k = 0; k < found.n; k++) {
		const struct pam_finding *f = &found.at[k];
		const char *file = strrchr(f->file, '/');

		file = file ? file + 1 : f->file;
		text_add(&line, "%s%c%s:", k ? " " : "", sign(f->level), f->code);
		if (strcmp(file, service) != 0)
			text_add(&line, "%s:", file);
		text_add(&line, "%d", f->line);
		/* each says what it means, and each but what is well or a note what to do */
		ck_assert(f->text[0] && (f->level == INSPECTION_FINE || f->level == INSPECTION_NOTE || f->remedy[0]));
	}
	ck_assert(!line.cut && !found.cut);
}

static void judge(const char *folder, const char *second, const char *service, struct pam_judged *judged)
{
	struct pam_stack_place place = { { folder, second } };
	struct pam_judge j = { .place = &place, .settings = &settings };

	found = (struct pam_findings){ 0 };
	pam_judge_service(&j, service, &found, judged);
}

START_TEST(h_stacks)
{
	char path[512], below[256], said[2048];
	struct pam_judged judged;

	snprintf(below, sizeof(below), "tests/stacks/%s", cases[_i].set);
	judge(top(below, path), NULL, cases[_i].service, &judged);
	sum_up(cases[_i].service, said, sizeof(said));
	ck_assert_msg(strcmp(said, cases[_i].said) == 0, "%s/%s:\n%s\n%s", cases[_i].set, cases[_i].service, cases[_i].said, said);
}
END_TEST

/* What we tell people to copy. */
static const struct {
	const char *service, *said;
} examples[] = {
	{ "login", "+well:12" },
	{ "passwd", "+well:19" },
	{ "radiusd", "+well:14" },
	{ "sshd", "+well:16" },
	{ "sshd-publickey", "+well:15" },
	{ "sshd-publickey-or-password", "+well:23" },
	{ "su", ".root-exempt:7 +well:11" },
	{ "sudo", "+well:12" },
	{ "vsftpd", "+well:15" },
	{ "sshd-decoy", "+well:17" },
	{ "dovecot-two-step", "+well:21" },
	{ "cockpit", "+well:19" },
	{ "dovecot", "+well:19" },
	{ "gdm-password", "+well:19" },
	{ "i3lock", "+well:15" },
	{ "lightdm", "+well:21" },
	{ "openvpn", "+well:26" },
	{ "polkit-1", "+well:16" },
	{ "xscreensaver", "+well:17" },
};

static bool has_one_field(const char *service)
{
	static const char *const names[] = { "dovecot", "dovecot-two-step", "i3lock", "radiusd", "vsftpd" };

	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
		if (strcmp(names[k], service) == 0)
			return true;
	return false;
}

START_TEST(h_examples)
{
	char path[512], second[512], said[2048];
	struct pam_judged judged;

	judge(top("pam.d-examples", path), top("tests/stacks/debian12", second), examples[_i].service, &judged);
	sum_up(examples[_i].service, said, sizeof(said));
	ck_assert_msg(strcmp(said, examples[_i].said) == 0, "%s: %s", examples[_i].service, said);
	ck_assert(judged.ours && !judged.excluded && judged.line > 0);
	ck_assert_int_eq(judged.auth, strcmp(examples[_i].service, "passwd") != 0);
	ck_assert_int_eq(judged.forward, has_one_field(examples[_i].service));
}
END_TEST

static bool without_ours(const char *name)
{
	return strcmp(name, "pam_sms_otp.so") != 0;
}

static bool without_unix(const char *name)
{
	return strcmp(name, "pam_unix.so") != 0;
}

static bool without_cap(const char *name)
{
	return strcmp(name, "pam_cap.so") != 0;
}

/* A service line whose module file is missing. */
START_TEST(h_missing_modules)
{
	static const struct {
		bool (*present)(const char *);
		const char *said;
	} missing[] = {
		{ without_ours, "!module-missing:3" },
		/* then nobody gets through, and nothing is in evidence either */
		{ without_unix, "!module-missing:common-auth:2 !never-succeeds:3" },
		/* optional: what Debian has where libpam-cap is not installed */
		{ without_cap, "+well:3" },
	};
	char path[512], said[2048];
	struct pam_stack_place place = { { top("tests/stacks/debian12", path) } };
	struct pam_judged judged;

	for (size_t k = 0; k < sizeof(missing) / sizeof(missing[0]); k++) {
		struct pam_judge j = { .place = &place, .settings = &settings, .present = missing[k].present };

		found.n = 0;
		pam_judge_service(&j, "sshd-after", &found, &judged);
		sum_up("sshd-after", said, sizeof(said));
		ck_assert_msg(strcmp(said, missing[k].said) == 0, "%zu: %s", k, said);
	}
}
END_TEST

/* A file that others include is not the place to mend. */
START_TEST(h_remedies)
{
	char path[512];
	struct pam_judged judged;

	judge(top("tests/stacks/rhel9", path), NULL, "sshd", &judged);
	ck_assert_ptr_nonnull(strstr(found.at[0].text, "a substack that fails does not stop"));
	ck_assert_ptr_nonnull(strstr(found.at[0].remedy, "rhel9/sshd, write in place of the line that leads there: auth requisite pam_unix.so"));
	judge(top("tests/stacks/mistakes", path), NULL, "required-password", &judged);
	ck_assert_str_eq(found.at[0].remedy, "write: auth requisite pam_unix.so");
}
END_TEST

static bool without_home(const char *name)
{
	return strcmp(name, "pam_systemd_home.so") != 0;
}

/* Arch names it with a '-': it may be missing. */
START_TEST(h_missing_on_purpose)
{
	char path[512], said[2048];
	struct pam_stack_place place = { { top("tests/stacks/arch", path) } };
	struct pam_judge j = { .place = &place, .settings = &settings, .present = without_home };
	struct pam_judged judged;

	found = (struct pam_findings){ 0 };
	pam_judge_service(&j, "sshd", &found, &judged);
	sum_up("sshd", said, sizeof(said));
	ck_assert_str_eq(said, "+well:3");
}
END_TEST

/* D4: a service of which the settings say that it has no first factor. */
START_TEST(d4_a_service_without_password)
{
	char path[512], said[2048];
	struct pam_judged judged;

	snprintf(settings.without_password[0], sizeof(settings.without_password[0]), "alone");
	settings.nwithout_password = 1;
	judge(top("tests/stacks/mistakes", path), NULL, "alone", &judged);
	settings.nwithout_password = 0;
	sum_up("alone", said, sizeof(said));
	ck_assert_str_eq(said, "?exemption-denied:2");
}
END_TEST

/* One line in a file that many include is told of once. */
START_TEST(shared_lines_are_told_of_once)
{
	struct pam_finding at = pam_findings_at(INSPECTION_TROUBLE, "code", "one", "/etc/pam.d/common-auth", 3);

	found.n = 0;
	pam_findings_remedy(pam_findings_add(&found, &at, "text"), "in one");
	snprintf(at.service, sizeof(at.service), "two");
	pam_findings_remedy(pam_findings_add(&found, &at, "text"), "in two");
	ck_assert_str_eq(found.at[0].remedy, "in one");
	at.line = 4;
	pam_findings_add(&found, &at, "text");
	ck_assert_uint_eq(found.n, 2);
	ck_assert_uint_eq(found.at[0].also, 1);
	ck_assert_str_eq(found.at[0].service, "one");
	for (int k = 0; k < PAM_FINDINGS_MAX + 3; k++) {
		at.line = 100 + k;
		pam_findings_add(&found, &at, "text");
	}
	ck_assert_uint_eq(found.n, PAM_FINDINGS_MAX);
	ck_assert(found.cut);
}
END_TEST

/* A stack that is bad is bad in the second service that includes it, too. */
START_TEST(nobody_is_well_by_being_second)
{
	char path[512], said[2048];
	struct pam_stack_place place = { { top("tests/stacks/mistakes", path) } };
	struct pam_judge j = { .place = &place, .settings = &settings };
	struct pam_judged judged;

	found = (struct pam_findings){ 0 };
	pam_judge_service(&j, "sufficient-password", &found, &judged);
	pam_judge_service(&j, "sufficient-password-included", &found, &judged);
	sum_up("sufficient-password", said, sizeof(said));
	ck_assert_str_eq(said, "!password-alone:2 !code-alone:2 ?wrong-password-asked:2 ?exemption-denied:3");
	for (size_t k = 0; k < found.n; k++)
		ck_assert_uint_eq(found.at[k].also, 1);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("pam_judge");
	TCase *t = tcase_create("pam_judge");

	tcase_add_loop_test(t, h_stacks, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_loop_test(t, h_examples, 0, sizeof(examples) / sizeof(examples[0]));
	tcase_add_test(t, h_missing_modules);
	tcase_add_test(t, h_remedies);
	tcase_add_test(t, h_missing_on_purpose);
	tcase_add_test(t, d4_a_service_without_password);
	tcase_add_test(t, nobody_is_well_by_being_second);
	tcase_add_test(t, shared_lines_are_told_of_once);
	suite_add_tcase(s, t);
	return s;
}
