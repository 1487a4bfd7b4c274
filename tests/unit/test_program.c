#include "sender/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "unit.h"

static struct program_end end;
static struct fault fault;

static int run_for(int time_ms, const char *input, const char *const *argv)
{
	struct buffer b = { 0 };
	buffer_text(&b, input);
	const struct program_plan plan = {
		.argv = argv,
		.input = &b,
		.deadline_ms = clock_boot_ms() + time_ms,
	};
	buffer_wipe(&end.output);
	fault = (struct fault)FAULT_INIT;
	int rc = program_run(&plan, &end, &fault);
	buffer_wipe(&b);
	return rc;
}

static const char *sh(const char *script, const char *input)
{
	const char *const argv[] = { "/bin/sh", "-c", script, NULL };
	ck_assert_msg(run_for(10000, input, argv) == 0, "%s", fault.text);
	return buffer_string(&end.output);
}

static void setup(void)
{
	signal(SIGPIPE, SIG_IGN);
}

START_TEST(e8_text_in_and_what_it_says_out)
{
	ck_assert_str_eq(sh("cat; echo .; echo noise >&2; exit 3", "493027 is your code"),
		"493027 is your code.\n");
	ck_assert_int_eq(end.fate, PROGRAM_ENDED);
	ck_assert_int_eq(end.status, 3);
}
END_TEST

START_TEST(e8_arguments_reach_no_shell)
{
	static const char *const argv[] = { "/bin/echo", "$HOME `id` ; *", "", "b", NULL };
	ck_assert_int_eq(run_for(10000, "", argv), 0);
	ck_assert_str_eq(buffer_string(&end.output), "$HOME `id` ; *  b\n");
}
END_TEST

START_TEST(e8_nothing_of_the_caller)
{
	static const char *const env[] = { "/usr/bin/env", NULL };
	static const char *const pwd[] = { "/bin/pwd", NULL };
	setenv("SECRET", "x", 1);
	ck_assert_int_eq(dup2(0, 40), 40);
	ck_assert_int_eq(run_for(10000, "", env), 0);
	ck_assert_str_eq(buffer_string(&end.output), "");
	ck_assert_int_eq(run_for(10000, "", pwd), 0);
	ck_assert_str_eq(buffer_string(&end.output), "/\n");
	/* 3 is that of the folder */
	ck_assert_str_eq(sh("ls /proc/self/fd", ""), "0\n1\n2\n3\n");
	ck_assert_str_eq(sh("readlink /proc/self/fd/2", ""), "/dev/null\n");
	ck_assert_str_eq(sh("umask", ""), "0077\n");
	ck_assert_str_eq(sh("grep NoNewPrivs /proc/self/status", ""), "NoNewPrivs:\t1\n");
	ck_assert_str_eq(sh("read pid c s pp group session rest </proc/self/stat;"
			    "[ $pid = $group ] && [ $pid = $session ] && echo own",
				 ""),
		"own\n");
	ck_assert_str_eq(sh("kill -PIPE $$; echo alive", ""), "");
	ck_assert_int_eq(end.fate, PROGRAM_SIGNALLED);
}
END_TEST

/* Neither a process nor one that nobody reaps. */
static bool runs(const char *pid)
{
	char path[64], line[256] = "";
	snprintf(path, sizeof path, "/proc/%ld/stat", strtol(pid, NULL, 10));
	FILE *in = fopen(path, "r");
	if (!in)
		return false;
	bool got = fgets(line, sizeof line, in) != NULL;
	fclose(in);
	return got && !strstr(line, ") Z") && !strstr(line, ") X");
}

static bool ends_soon(const char *pid)
{
	int64_t until_ms = clock_boot_ms() + 5000;
	while (runs(pid) && clock_left_ms(until_ms) > 0)
		usleep(1000);
	return !runs(pid);
}

START_TEST(e8_the_deadline_ends_the_whole_group)
{
	static const char *const argv[] = { "/bin/sh", "-c", "sleep 100 & echo $!; sleep 100",
		NULL };
	int64_t start_ms = clock_boot_ms();
	ck_assert_int_eq(run_for(300, "x", argv), 0);
	ck_assert_int_eq(end.fate, PROGRAM_LATE);
	ck_assert_int_lt(clock_boot_ms() - start_ms, 3000);
	ck_assert_int_gt(strtol(buffer_string(&end.output), NULL, 10), 0);
	ck_assert(ends_soon(buffer_string(&end.output)));
}
END_TEST

START_TEST(e8_what_it_leaves_running_is_ended)
{
	int64_t start_ms = clock_boot_ms();
	/* it also holds our pipe */
	sh("sleep 100 & echo $!", "");
	ck_assert_int_eq(end.fate, PROGRAM_ENDED);
	ck_assert_int_lt(clock_boot_ms() - start_ms, 5000);
	ck_assert(ends_soon(buffer_string(&end.output)));
}
END_TEST

/* The engine ends a sender whose time is over: its program must not send after that. */
START_TEST(e8_nobody_outlives_the_sender)
{
	char path[256], script[1024], pid[32] = "";
	snprintf(path, sizeof path, "%s/tied.%ld", unit_folder(), (long)getpid());
	snprintf(script, sizeof script, "echo $$ >%s.new && mv %s.new %s; exec sleep 100", path,
		path, path);
	const char *const argv[] = { "/bin/sh", "-c", script, NULL };
	pid_t sender = fork();
	ck_assert_int_ge(sender, 0);
	if (sender == 0)
		_exit(run_for(10000, "x", argv));
	int64_t until_ms = clock_boot_ms() + 5000;
	while (access(path, F_OK) != 0 && clock_left_ms(until_ms) > 0)
		usleep(1000);
	FILE *in = fopen(path, "r");
	ck_assert_ptr_nonnull(in);
	ck_assert_ptr_nonnull(fgets(pid, sizeof pid, in));
	fclose(in);
	ck_assert(runs(pid));
	ck_assert_int_eq(kill(sender, SIGKILL), 0);
	ck_assert_int_eq(waitpid(sender, NULL, 0), sender);
	ck_assert(ends_soon(pid));
}
END_TEST

START_TEST(e9_a_signal_is_told_from_an_end)
{
	sh("kill -KILL $$", "x");
	ck_assert_int_eq(end.fate, PROGRAM_SIGNALLED);
	sh("exit 137", "x");
	ck_assert_int_eq(end.fate, PROGRAM_ENDED);
	ck_assert_int_eq(end.status, 137);
}
END_TEST

START_TEST(input_that_is_not_read_keeps_nobody)
{
	static char much[60000];
	memset(much, 'x', sizeof much - 1);
	sh("exit 0", much);
	ck_assert_int_eq(end.fate, PROGRAM_ENDED);
	sh("exec <&-; sleep 0.1; exit 4", much);
	ck_assert_int_eq(end.status, 4);
}
END_TEST

START_TEST(output_is_bounded)
{
	static char much[60001];
	memset(much, 'x', sizeof much - 1);
	sh("cat; cat /proc/self/status; head -c 1000000 /dev/zero", much);
	ck_assert_int_eq(end.fate, PROGRAM_ENDED);
	ck_assert_uint_eq(end.output.len, BUFFER_MAX);
	ck_assert(!end.output.bad);
	ck_assert(!memcmp(end.output.bytes, much, 60000));
}
END_TEST

/* A file in the folder of this test, which is root's. */
static const char *file(const char *name, mode_t mode)
{
	static char path[256];
	snprintf(path, sizeof path, "%s/%s", unit_folder(), name);
	FILE *out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	fputs("#!/bin/sh\necho ran\n", out);
	fclose(out);
	ck_assert_int_eq(chmod(path, mode), 0);
	return path;
}

static const struct {
	const char *name;
	mode_t mode;
	uid_t owner;
	const char *word; /* NULL: it runs */
} files[] = {
	{ "good", 0755, 0, NULL },
	{ "of root alone", 0700, 0, NULL },
	{ "group may write", 0775, 0, "others may write" },
	{ "all may write", 0757, 0, "others may write" },
	{ "not executable", 0644, 0, "not executable" },
	{ "set-user-id", 04755, 0, "set-id bit" },
	{ "set-group-id", 02755, 0, "set-id bit" },
	{ "somebody else's", 0755, 12345, "must be root" },
};

START_TEST(e8_only_what_root_alone_can_change_is_run)
{
	const char *path = file(files[_i].name, 0600);
	const char *const argv[] = { path, NULL };
	/* in a user namespace there may be no second user */
	if (files[_i].owner && chown(path, files[_i].owner, 0) < 0)
		return;
	ck_assert_int_eq(chmod(path, files[_i].mode), 0);
	int rc = run_for(10000, "", argv);
	if (!files[_i].word) {
		ck_assert_msg(rc == 0, "%s", fault.text);
		ck_assert_str_eq(buffer_string(&end.output), "ran\n");
		return;
	}
	ck_assert_int_eq(rc, -1);
	ck_assert_int_eq(end.fate, PROGRAM_NOT_STARTED);
	ck_assert_int_eq(fault.class, FAULT_DAMAGED);
	ck_assert_msg(strstr(fault.text, files[_i].word) != NULL, "%s", fault.text);
	ck_assert_str_eq(buffer_string(&end.output), "");
}
END_TEST

START_TEST(e8_the_folder_counts_as_well)
{
	char folder[256], path[300];
	struct fault f = FAULT_INIT;
	file("good", 0755);
	snprintf(folder, sizeof folder, "%s/open", unit_folder());
	snprintf(path, sizeof path, "%s/good", folder);
	ck_assert_int_eq(mkdir(folder, 0755), 0);
	file("open/good", 0755);
	ck_assert_msg(program_judge(path, &f) == 0, "%s", f.text);
	ck_assert_int_eq(chmod(folder, 0777), 0);
	ck_assert_int_eq(program_judge(path, &f), -1);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	/* one like /tmp is good to pass through, and not to have a program in */
	ck_assert_int_eq(chmod(folder, 01777), 0);
	ck_assert_int_eq(program_judge(path, &f), -1);
	/* and a link into it from a good place */
	char way[256];
	snprintf(way, sizeof way, "%s/link", unit_folder());
	ck_assert_int_eq(symlink(path, way), 0);
	ck_assert_int_eq(program_judge(way, &f), -1);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	ck_assert_int_eq(chmod(folder, 0755), 0);
	ck_assert_msg(program_judge(way, &f) == 0, "%s", f.text);
}
END_TEST

START_TEST(what_is_no_program_is_refused)
{
	struct fault f = FAULT_INIT;
	ck_assert_int_eq(program_judge("/no/such/program", &f), -1);
	ck_assert_int_eq(f.class, FAULT_ABSENT);
	ck_assert_int_eq(program_judge("true", &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
	ck_assert_int_eq(program_judge("/usr", &f), -1);
	ck_assert_int_eq(program_judge("/", &f), -1);
	ck_assert_int_eq(program_judge("/dev/null", &f), -1);
}
END_TEST

START_TEST(e9_what_cannot_be_executed_was_not_started)
{
	const char *path = file("nonsense", 0600);
	const char *const argv[] = { path, NULL };
	FILE *out = fopen(path, "w");
	fputs("no program at all\n", out);
	fclose(out);
	ck_assert_int_eq(chmod(path, 0755), 0);
	ck_assert_int_eq(run_for(10000, "x", argv), -1);
	ck_assert_int_eq(fault.errnum, ENOEXEC);
	ck_assert_int_eq(end.fate, PROGRAM_NOT_STARTED);
	static const char *const fine[] = { "/bin/true", NULL };
	ck_assert_int_eq(run_for(-5, "x", fine), -1);
	ck_assert_int_eq(fault.class, FAULT_LATE);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("program");
	TCase *t = tcase_create("program");
	tcase_set_timeout(t, 40);
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, e8_text_in_and_what_it_says_out);
	tcase_add_test(t, e8_arguments_reach_no_shell);
	tcase_add_test(t, e8_nothing_of_the_caller);
	tcase_add_test(t, e8_the_deadline_ends_the_whole_group);
	tcase_add_test(t, e8_what_it_leaves_running_is_ended);
	tcase_add_test(t, e8_nobody_outlives_the_sender);
	tcase_add_test(t, e9_a_signal_is_told_from_an_end);
	tcase_add_test(t, input_that_is_not_read_keeps_nobody);
	tcase_add_test(t, output_is_bounded);
	tcase_add_loop_test(
		t, e8_only_what_root_alone_can_change_is_run, 0, sizeof files / sizeof *files);
	tcase_add_test(t, e8_the_folder_counts_as_well);
	tcase_add_test(t, what_is_no_program_is_refused);
	tcase_add_test(t, e9_what_cannot_be_executed_was_not_started);
	suite_add_tcase(s, t);
	return s;
}
