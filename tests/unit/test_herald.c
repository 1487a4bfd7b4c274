#include "engine/herald.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "unit.h"

static char program[300], witness[300];
static struct facts facts;
static struct verdict_outcome outcome;

static void write_program(const char *body)
{
	char text[1000];

	snprintf(program, sizeof program, "%s/told", unit_folder());
	snprintf(witness, sizeof witness, "%s/witness", unit_folder());
	snprintf(text, sizeof text, "#!/bin/sh\nw=%s\n%s\n", witness, body);
	unlink(witness);
	unlink(program);
	int fd = open(program, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(fchmod(fd, 0755), 0);
	close(fd);
	memset(&facts, 0, sizeof facts);
	strcpy(facts.user, "al ice; $(id)");
	strcpy(facts.service, "sshd");
	facts_parse_address("192.0.2.7", &facts.address);
	strcpy(outcome.number, "3f9a1c..12");
}

static const char *seen(void)
{
	static char text[1000];
	int fd = open(witness, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);

	text[n] = '\0';
	if (fd >= 0)
		close(fd);
	return text;
}

START_TEST(e8_the_program_gets_its_arguments_and_nothing_else)
{
	struct fault f = FAULT_INIT;

	/* 10 is the shell's own, of this script */
	write_program("printf '%s|' \"$#\" \"$@\" \"$(pwd)\" \"$(tr '\\0' ' ' </proc/$$/environ)\" \"$(id -u)\" >\"$w\"\n"
		      "cat >>\"$w\"; ls /proc/$$/fd | grep -v '^10$' | tr '\\n' ' ' >>\"$w\"");
	int fd = open("/", O_RDONLY);
	ck_assert_msg(herald_tell(program, &facts, &outcome, 5000, &f) == 0, "%s", f.text);
	close(fd);
	ck_assert_ptr_nonnull(strstr(seen(), "4|al ice; $(id)|sshd|192.0.2.7|3f9a1c..12|/|"));
	ck_assert_ptr_null(strstr(seen(), "PATH"));
	ck_assert_msg(strstr(seen(), "|0|0 1 2 ") != NULL, "%s", seen());
}
END_TEST

START_TEST(a_failure_is_told)
{
	struct fault f = FAULT_INIT;

	write_program("exit 3");
	ck_assert_int_eq(herald_tell(program, &facts, &outcome, 5000, &f), -1);
	ck_assert_ptr_nonnull(strstr(f.text, "ended with 3"));
	write_program("kill -9 $$");
	ck_assert_int_eq(herald_tell(program, &facts, &outcome, 5000, &f), -1);
	ck_assert_ptr_nonnull(strstr(f.text, "died of signal 9"));
	unlink(program);
	ck_assert_int_eq(herald_tell(program, &facts, &outcome, 5000, &f), -1);
	ck_assert_ptr_nonnull(strstr(f.text, program));
}
END_TEST

/* Half a second, for a program that would take ten. */
START_TEST(it_is_ended_at_the_deadline)
{
	struct fault f = FAULT_INIT;

	write_program("exec sleep 10");
	int64_t start_ms = clock_boot_ms();
	ck_assert_int_eq(herald_tell(program, &facts, &outcome, 500, &f), -1);
	ck_assert_int_eq(f.class, FAULT_LATE);
	ck_assert_int_lt(clock_boot_ms() - start_ms, 5000);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("herald");
	TCase *t = tcase_create("herald");
	tcase_set_timeout(t, 30);
	tcase_add_test(t, e8_the_program_gets_its_arguments_and_nothing_else);
	tcase_add_test(t, a_failure_is_told);
	tcase_add_test(t, it_is_ended_at_the_deadline);
	suite_add_tcase(s, t);
	return s;
}
