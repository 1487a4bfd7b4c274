#include "cli/consult.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "unit.h"

/* The stand-in is a shell script in a folder that nobody else writes to. */
static char program[300];
static const struct consult nobody = { program, "nobody" };

static void stand_in(const char *script)
{
	FILE *file;

	chmod(unit_folder(), 0755);
	snprintf(program, sizeof(program), "%s/sender", unit_folder());
	file = fopen(program, "w");
	ck_assert_ptr_nonnull(file);
	fprintf(file, "#!/bin/sh\n%s\n", script);
	fclose(file);
	chmod(program, 0755);
}

static int ask(int input, int64_t for_ms, struct consult_answer *out, struct fault *f)
{
	static const char *const argv[] = { "sms-otp-send", "--describe", "x y", NULL };

	const struct consult_question q = { argv, input, clock_boot_ms() + for_ms };

	return consult_run(&nobody, &q, out, f);
}

START_TEST(e7_as_the_user_with_nothing_but_input_and_output)
{
	struct consult_answer a;
	struct fault f = FAULT_INIT;
	int fd;

	stand_in("id -un; echo \"$1/$2/$#\"; cat; ls /proc/self/fd | wc -l; env | grep -v PWD= | "
		 "wc -l; "
		 "echo lost >&2; exit 1");
	fd = open(program, O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(ask(fd, 5000, &a, &f), 0);
	close(fd);
	ck_assert_int_eq(a.status, 1);
	ck_assert_ptr_nonnull(strstr(a.text, "nobody\n--describe/x y/2\n#!/bin/sh\n"));
	/* 0 to 2 and ls's own; no environment but what sh makes itself */
	ck_assert_msg(strstr(a.text, "exit 1\n4\n") != NULL, "%s", a.text);
	ck_assert_ptr_null(strstr(a.text, "lost\n4"));
	ck_assert_uint_eq(a.len, strlen(a.text));
	consult_free(&a);
}
END_TEST

static const struct {
	const char *script;
	int64_t for_ms;
	enum fault_class class;
} cases[] = {
	{ "exit 2", 5000, FAULT_PEER },
	{ "kill -9 $$", 5000, FAULT_PEER },
	{ "printf 'a\\0b'", 5000, FAULT_PEER },
	{ "head -c 300000 /dev/zero | tr '\\0' a", 5000, FAULT_PEER },
	/* 200 ms for what would take a minute */
	{ "sleep 60", 200, FAULT_LATE },
	{ "while :; do echo a; sleep 0.05; done", 200, FAULT_LATE },
	/* closed, and yet there */
	{ "exec >&-; sleep 60", 200, FAULT_PEER },
};

START_TEST(what_is_no_answer)
{
	int64_t start_ms = clock_boot_ms();
	struct consult_answer a;
	struct fault f = FAULT_INIT;

	stand_in(cases[_i].script);
	ck_assert_msg(ask(-1, cases[_i].for_ms, &a, &f) == -1, "%s", cases[_i].script);
	ck_assert_msg(f.class == cases[_i].class, "%s: %s", cases[_i].script, f.text);
	ck_assert_ptr_null(a.text);
	ck_assert_int_lt(clock_boot_ms() - start_ms, 5000);
}
END_TEST

START_TEST(no_program_no_user)
{
	static const char *const argv[] = { "x", NULL };
	const struct consult missing = { "/nonexistent", "nobody" },
			     unknown = { "/bin/true", "no-such" }, root = { "/bin/true", "root" };
	struct consult_answer a;
	struct fault f = FAULT_INIT;
	const struct consult_question q = { argv, -1, clock_boot_ms() + 5000 };

	ck_assert_int_eq(consult_run(&missing, &q, &a, &f), -1);
	ck_assert_int_eq(f.class, FAULT_SYSTEM);
	ck_assert_int_eq(consult_run(&unknown, &q, &a, &f), -1);
	ck_assert_ptr_nonnull(strstr(f.text, "no-such"));
	ck_assert_int_eq(consult_run(&root, &q, &a, &f), -1);
	ck_assert_ptr_nonnull(strstr(f.text, "is root"));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("consult");
	TCase *t = tcase_create("consult");

	/* becoming another user takes root */
	if (getuid() == 0) {
		tcase_add_test(t, e7_as_the_user_with_nothing_but_input_and_output);
		tcase_add_loop_test(t, what_is_no_answer, 0, sizeof(cases) / sizeof(cases[0]));
	}
	tcase_add_test(t, no_program_no_user);
	suite_add_tcase(s, t);
	return s;
}
