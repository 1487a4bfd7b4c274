#include "cli/rollout_plan.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/pam_stack.h"
#include "unit.h"

/* The files of distributions, without our line: behind which line it goes, and what becomes of that; NULL: said to be a person's. */
static const struct {
	const char *set, *service, *behind;
} cases[] = {
	{ "debian12", "sshd", "@include common-auth" },
	{ "debian12", "sudo", "@include common-auth" },
	{ "debian12", "su", "@include common-auth" },
	{ "debian12", "login", "@include common-auth" },
	{ "debian12", "sshd-common-required", "auth\trequisite\tpam_unix.so" },
	{ "debian12-more", "sshd", "@include common-auth" },
	{ "debian13", "sshd", "@include common-auth" },
	{ "debian13", "remote", "@include common-auth" },
	{ "ubuntu", "sshd", "@include common-auth" },
	{ "ubuntu", "gdm-password", "@include common-auth" },
	/* a wrong password goes on to us, and costs an SMS */
	{ "rhel9", "sshd", NULL },
	{ "rhel9", "sudo", NULL },
	{ "rhel9", "su", NULL },
	{ "rhel9", "sshd-gate", "auth       include     gate" },
	{ "rhel9", "sshd-requisite", "auth       requisite    pam_unix.so" },
	{ "mistakes", "required-password", "auth\trequisite\tpam_unix.so" },
	{ "mistakes", "permit-first", NULL },
	{ "arch", "sshd", "auth      include   system-remote-login" },
};

static struct settings settings;

static const char *top(const char *below, char path[512])
{
	snprintf(path, 512, "%s/%s", getenv("srcdir") ? getenv("srcdir") : "../..", below);
	return path;
}

/* Without the lines of ours. */
static char *without(const char *from)
{
	char *out = malloc(strlen(from) + 1), *to = out;

	ck_assert_ptr_nonnull(out);
	while (*from) {
		size_t n = strcspn(from, "\n");

		n += from[n] == '\n';
		if (memmem(from, n, "pam_sms_otp", 11) == NULL) {
			memcpy(to, from, n);
			to += n;
		}
		from += n;
	}
	*to = 0;
	return out;
}

/* The line before ours. */
static void before_ours(const char *text, char *out, size_t cap)
{
	const char *ours = strstr(text, "# a code by SMS"), *at;

	ck_assert_ptr_nonnull(ours);
	ck_assert_ptr_nonnull(strstr(text, "auth\trequired\tpam_sms_otp.so\n"));
	for (at = ours - 1; at > text && at[-1] != '\n';)
		at--;
	snprintf(out, cap, "%.*s", (int)(ours - 1 - at), at);
}

static void nothing_left(const char *folder)
{
	DIR *d = opendir(folder);
	const struct dirent *e;

	ck_assert_ptr_nonnull(d);
	while ((e = readdir(d)) != NULL)
		ck_assert_msg(e->d_name[0] == '.', "%s is left", e->d_name);
	closedir(d);
}

START_TEST(h_distributions)
{
	struct rollout_home home = { .state = unit_folder(), .pam = "/nowhere" };
	struct fault f = FAULT_INIT;
	char path[512], below[256], name[PAM_STACK_PATH], seen[256] = "";
	struct pam_stack_place place = { { top((snprintf(below, sizeof(below), "tests/stacks/%s", cases[_i].set), below), path) } };
	struct rollout_plan p = { .service = cases[_i].service, .settings = &settings, .place = &place };
	char *text;

	if (geteuid() != 0)
		return;
	text = pam_stack_text(&place, cases[_i].service, name, &f);
	ck_assert_ptr_nonnull(text);
	p.now.bytes = without(text);
	p.now.len = strlen(p.now.bytes);
	free(text);
	if (cases[_i].behind == NULL) {
		ck_assert_msg(rollout_plan_edit(&home, &p, &f) == -1, "%s/%s: %s", cases[_i].set, cases[_i].service, p.new.bytes);
		ck_assert_int_eq(f.class, FAULT_BAD);
		ck_assert_ptr_nonnull(strstr(f.text, "--file"));
	} else {
		ck_assert_msg(rollout_plan_edit(&home, &p, &f) == 0, "%s/%s: %s", cases[_i].set, cases[_i].service, f.text);
		before_ours(p.new.bytes, seen, sizeof(seen));
		ck_assert_str_eq(seen, cases[_i].behind);
		ck_assert_uint_eq(p.new.len, strlen(p.new.bytes));
		free(p.new.bytes);
	}
	free(p.now.bytes);
	nothing_left(home.state);
}
END_TEST

START_TEST(guarded_already)
{
	char path[512];
	struct pam_stack_place place = { { top("tests/stacks/debian12", path) } };
	struct rollout_plan p = { .service = "sshd-after", .settings = &settings, .place = &place };

	ck_assert(rollout_plan_guarded(&p));
	p.service = "sshd";
	ck_assert(!rollout_plan_guarded(&p));
}
END_TEST

START_TEST(a_prepared_file)
{
	struct rollout_plan p = { .service = "sshd" };
	struct fault f = FAULT_INIT;
	char path[512];

	ck_assert_msg(rollout_plan_load(top("pam.d-examples/sshd", path), &p, &f) == 0, "%s", f.text);
	ck_assert_uint_eq(p.new.len, strlen(p.new.bytes));
	free(p.new.bytes);
	ck_assert_int_eq(rollout_plan_load(top("pam.d-examples/not-there", path), &p, &f), -1);
	ck_assert_int_eq(rollout_plan_load(top("pam.d-examples", path), &p, &f), -1);
}
END_TEST

/* What rollout_plan_show prints. */
static void shown(const char *from, const char *to, char *out, size_t cap)
{
	struct rollout_content a = { (char *)(uintptr_t)from, from ? strlen(from) : 0 }, b = { (char *)(uintptr_t)to, to ? strlen(to) : 0 };
	FILE *held = tmpfile();
	int saved = dup(1);

	ck_assert(held != NULL && saved >= 0);
	fflush(stdout);
	dup2(fileno(held), 1);
	rollout_plan_show("x", &a, &b);
	fflush(stdout);
	dup2(saved, 1);
	close(saved);
	out[pread(fileno(held), out, cap - 1, 0)] = 0;
	fclose(held);
}

START_TEST(differences)
{
	static const struct {
		const char *from, *to, *said;
	} pairs[] = {
		{ "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\nx\n6\n7\n8\n9\n", "--- x\n 3\n 4\n 5\n+x\n 6\n 7\n 8\n" },
		{ "1\n2\n", "1\n3\n2\n", "--- x\n 1\n+3\n 2\n" },
		{ "1\n1\n", "1\n1\n1\n", "--- x\n 1\n 1\n+1\n" },
		{ "a\nb\n", "c\n", "--- x\n-a\n-b\n+c\n" },
		{ "a", "a\nb\n", "--- x\n-a\n+a\n+b\n" },
		{ "", "a\n", "--- x\n+a\n" },
		{ NULL, "a\n", "--- x\n+a\n" },
		{ "a\n", NULL, "--- x\n-a\n" },
		{ "a\n", "a\n", "--- x\n a\n" },
	};
	char out[256];

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		shown(pairs[i].from, pairs[i].to, out, sizeof(out));
		ck_assert_str_eq(out, pairs[i].said);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("rollout_plan");
	TCase *c = tcase_create("plan");

	tcase_add_loop_test(c, h_distributions, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(c, guarded_already);
	tcase_add_test(c, a_prepared_file);
	tcase_add_test(c, differences);
	suite_add_tcase(s, c);
	return s;
}
