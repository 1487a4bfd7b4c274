#include "core/settings_unenrolled.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/day.h"
#include "core/rules.h"
#include "core/settings.h"
#include "unit.h"

static struct settings got;
static struct settings_faults faults;

static void write_file(const char *name, const char *text, mode_t mode, char *path, size_t cap)
{
	snprintf(path, cap, "%s/%s", unit_folder(), name);
	unlink(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(fchmod(fd, mode), 0);
	close(fd);
}

/* $ in value becomes the folder of the test. */
static int load(const char *value)
{
	char text[2000], path[300];
	const char *at = strchr(value, '$');

	snprintf(text, sizeof text, "routes = [ \"outbox\" ];\nnumbers = { prefixes = [ \"+49\" ]; };\nunenrolled = %.*s%s%s;\n",
		at ? (int)(at - value) : (int)strlen(value), value, at ? unit_folder() : "", at ? at + 1 : "");
	write_file("sms-otp.conf", text, 0644, path, sizeof path);
	return settings_load(path, &got, &faults);
}

static const struct {
	const char *value, *told; /* NULL: it is taken */
} cases[] = {
	{ "{ then = \"deny\"; }", NULL },
	{ "{ then = \"ignore\"; }", NULL },
	{ "{ then = \"ignore\"; until = \"2027-01-31\"; }", NULL },
	{ "{ then = \"ignore\"; groups = [ \"staff\", \"!interns\" ]; }", NULL },
	{ "{ then = \"enroll\"; until = \"2027-01-31\"; groups = [ \"staff\" ]; }", NULL },
	{ "{ then = \"enroll\"; until = \"2027-01-31\"; groups = ( \"st*\" ); command = \"$/good\"; }", NULL },
	{ "{ }", "unenrolled: say then" },
	{ "{ until = \"2027-01-31\"; }", "unenrolled: say then" },
	{ "{ then = \"skip\"; }", "unenrolled.then: write deny, ignore or enroll, not \"skip\"" },
	{ "{ then = 1; }", "unenrolled.then: write a string" },
	{ "{ then = \"enroll\"; groups = [ \"staff\" ]; }", "needs its last day" },
	{ "{ then = \"enroll\"; until = \"2027-01-31\"; }", "needs the groups" },
	{ "{ then = \"enroll\"; until = \"2027-02-30\"; groups = [ \"staff\" ]; }", "unenrolled.until: " },
	{ "{ then = \"enroll\"; until = \"soon\"; groups = [ \"staff\" ]; }", "unenrolled.until: " },
	{ "{ then = \"enroll\"; until = 2027; groups = [ \"staff\" ]; }", "unenrolled.until: write a string" },
	{ "{ then = \"enroll\"; until = \"2027-01-31\"; groups = [ ]; }", "unenrolled.groups: write a list" },
	{ "{ then = \"enroll\"; until = \"2027-01-31\"; groups = \"staff\"; }", "unenrolled.groups: write a list" },
	{ "{ then = \"enroll\"; until = \"2027-01-31\"; groups = [ \"!\" ]; }", "unenrolled.groups: \"!\"" },
	{ "{ then = \"enroll\"; until = \"2027-01-31\"; groups = [ \"\" ]; }", "unenrolled.groups: is empty" },
	{ "{ then = \"deny\"; who = \"x\"; }", "unenrolled.who: unknown" },
	{ "{ then = \"ignore\"; command = \"$/good\"; }", "unenrolled.command: only for" },
	{ "{ then = \"enroll\"; until = \"2027-01-31\"; groups = [ \"a\" ]; command = \"good\"; }", "write the absolute path" },
	{ "{ then = \"enroll\"; until = \"2027-01-31\"; groups = [ \"a\" ]; command = \"$/none\"; }", "unenrolled.command: " },
	{ "{ then = \"enroll\"; until = \"2027-01-31\"; groups = [ \"a\" ]; command = \"$/open\"; }", "unenrolled.command: " },
	{ "{ then = \"enroll\"; until = \"2027-01-31\"; groups = [ \"a\" ]; command = \"$/plain\"; }", "is no program" },
	{ "{ then = \"enroll\"; until = \"2027-01-31\"; groups = [ \"a\" ]; command = \"$/link\"; }", "unenrolled.command: " },
	{ "{ then = \"enroll\"; until = \"2027-01-31\"; groups = [ \"a\" ]; command = \"$\"; }", "unenrolled.command: " },
	{ "\"enroll\"", "unenrolled: write deny or ignore" },
	{ "[ \"enroll\" ]", "unenrolled: write a string" },
};

START_TEST(c2_unenrolled_is_judged)
{
	char path[300];

	write_file("good", "#!/bin/sh\n", 0755, path, sizeof path);
	write_file("open", "#!/bin/sh\n", 0775, path, sizeof path);
	write_file("plain", "#!/bin/sh\n", 0644, path, sizeof path);
	snprintf(path, sizeof path, "%s/link", unit_folder());
	unlink(path);
	ck_assert_int_eq(symlink("good", path), 0);
	int rc = load(cases[_i].value);
	if (!cases[_i].told) {
		ck_assert_msg(rc == 0, "%s: %s", cases[_i].value, faults.at[0].text);
		return;
	}
	ck_assert_int_eq(rc, -1);
	ck_assert_msg(strstr(faults.at[0].text, cases[_i].told) && faults.at[0].line == 3, "%s: %d: %s", cases[_i].value,
		faults.at[0].line, faults.at[0].text);
}
END_TEST

START_TEST(what_is_said_is_what_is_stored)
{
	char path[300], day[DAY_MAX];

	write_file("good", "#!/bin/sh\n", 0755, path, sizeof path);
	ck_assert_int_eq(load("{ then = \"enroll\"; until = \"2027-01-31\"; groups = [ \"staff\", \"!interns\" ]; "
			      "command = \"$/good\"; };\nrules = ( { groups = [ \"x\" ]; then = \"refuse\"; } )"),
		0);
	ck_assert_int_eq(got.unenrolled, SETTINGS_ENROLL);
	ck_assert(got.unenrolled_terms.has_until);
	ck_assert_str_eq(day_text(got.unenrolled_terms.until, day), "2027-01-31");
	struct pattern_words w = rules_words(&got, &got.unenrolled_terms.groups);
	ck_assert_uint_eq(w.n, 2);
	ck_assert_str_eq(w.first, "staff");
	ck_assert_str_eq(pattern_next(w.first), "!interns");
	w = rules_words(&got, &got.rules[0].groups);
	ck_assert_str_eq(w.first, "x");
	ck_assert_str_eq(got.unenrolled_terms.command, path);
	ck_assert_int_eq(load("\"ignore\""), 0);
	ck_assert_int_eq(got.unenrolled, SETTINGS_IGNORE);
	ck_assert(!got.unenrolled_terms.has_until && got.unenrolled_terms.groups.n == 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("settings_unenrolled");
	TCase *t = tcase_create("settings_unenrolled");
	tcase_add_loop_test(t, c2_unenrolled_is_judged, 0, (int)(sizeof cases / sizeof cases[0]));
	tcase_add_test(t, what_is_said_is_what_is_stored);
	suite_add_tcase(s, t);
	return s;
}
