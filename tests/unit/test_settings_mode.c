#include "core/settings_mode.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/settings.h"
#include "unit.h"

static struct settings got;
static struct settings_faults faults;

static int load(const char *mode)
{
	char text[4000], path[300];

	snprintf(text, sizeof text, "routes = [ \"outbox\" ];\nnumbers = { prefixes = [ \"+49\" ]; };\n%s\n", mode);
	snprintf(path, sizeof path, "%s/sms-otp.conf", unit_folder());
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	return settings_load(path, &got, &faults);
}

static const struct {
	const char *text;
	const char *observed; /* of sshd, sudo and su */
	const char *told;     /* NULL: it is taken */
} cases[] = {
	{ "", "...", NULL },
	{ "mode = \"enforce\";", "...", NULL },
	{ "mode = \"observe\";", "OOO", NULL },
	{ "mode = { };", "...", NULL },
	{ "mode = { sshd = \"observe\"; };", "O..", NULL },
	{ "mode = { sshd = \"observe\"; su = \"observe\"; sudo = \"enforce\"; };", "O.O", NULL },
	{ "mode = { sshd-2 = \"observe\"; s = \"observe\"; };", "...", NULL },
	{ "mode = \"Observe\";", NULL, "mode: write enforce or observe, not \"Observe\"" },
	{ "mode = \"observe \";", NULL, "mode: write enforce or observe" },
	{ "mode = \"observed\";", NULL, "mode: write enforce or observe" },
	{ "mode = \"obs\";", NULL, "mode: write enforce or observe" },
	{ "mode = \"\";", NULL, "mode: " },
	{ "mode = true;", NULL, "mode: write a string" },
	{ "mode = 1;", NULL, "mode: write a string" },
	{ "mode = [ \"observe\" ];", NULL, "mode: write a string" },
	{ "mode = ( \"observe\" );", NULL, "mode: write a string" },
	{ "mode = { sshd = \"off\"; };", NULL, "mode.sshd: write enforce or observe, not \"off\"" },
	{ "mode = { sshd = true; };", NULL, "mode.sshd: write a string" },
	{ "mode = { sshd = { }; };", NULL, "mode.sshd: write a string" },
	{ "mode = { sshd = \"observe\"; sshd = \"enforce\"; };", NULL, "twice" },
	{ "Mode = \"observe\";", NULL, "Mode: unknown key" },
	{ "code = { mode = \"observe\"; };", NULL, "code.mode: unknown key" },
	{ "mode = { a=\"enforce\"; b=\"enforce\"; c=\"enforce\"; d=\"enforce\"; e=\"enforce\"; f=\"enforce\"; g=\"enforce\"; h=\"enforce\";"
	  "i=\"enforce\"; j=\"enforce\"; k=\"enforce\"; l=\"enforce\"; m=\"enforce\"; n=\"enforce\"; o=\"enforce\"; p=\"enforce\";"
	  "q=\"enforce\"; };",
		NULL, "mode: write a word, or a group of at most 16 services" },
	{ "mode = { aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa = \"observe\"; };", NULL, "at most 64 bytes" },
};

START_TEST(c2_only_the_very_word_observes)
{
	static const char *const services[] = { "sshd", "sudo", "su" };
	int rc = load(cases[_i].text);

	if (cases[_i].told) {
		ck_assert_int_eq(rc, -1);
		ck_assert_msg(strstr(faults.at[0].text, cases[_i].told) != NULL, "%s: %s", cases[_i].text, faults.at[0].text);
		/* what is at fault leaves nothing behind */
		ck_assert(!settings_mode_observes(&got, "sshd"));
		return;
	}
	ck_assert_msg(rc == 0, "%s: %s", cases[_i].text, faults.at[0].text);
	for (size_t i = 0; i < 3; i++)
		ck_assert_msg(settings_mode_observes(&got, services[i]) == (cases[_i].observed[i] == 'O'), "%s: %s", cases[_i].text,
			services[i]);
}
END_TEST

START_TEST(c1_the_zero_enforces)
{
	static struct settings s;

	ck_assert(!settings_mode_observes(&s, "sshd"));
	ck_assert(!settings_mode_observes(&s, ""));
	s.mode = (enum settings_mode)1;
	ck_assert(!settings_mode_observes(&s, "sshd"));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("settings_mode");
	TCase *t = tcase_create("settings_mode");
	tcase_add_loop_test(t, c2_only_the_very_word_observes, 0, sizeof cases / sizeof cases[0]);
	tcase_add_test(t, c1_the_zero_enforces);
	suite_add_tcase(s, t);
	return s;
}
