#include "sender/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

/* A kernel without Landlock is told by "not on", and then nothing is forbidden. */
static bool kernel_has_it(void)
{
	return syscall(444, NULL, 0, 1) >= 1;
}

static int in_child_with(const struct landlock_needs *needs, const char *path, int flags)
{
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (!landlock_enter(needs))
			_exit(100);
		_exit(open(path, flags, 0600) >= 0 ? 0 : errno);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int in_child(bool files, const char *ca_file, const char *path, int flags)
{
	const struct landlock_needs needs = { .resolver = files, .ca_file = ca_file };
	return in_child_with(&needs, path, flags);
}

START_TEST(e7_only_what_a_request_needs_can_be_read)
{
	char state[256], other[256];
	snprintf(state, sizeof state, "%s/state", unit_folder());
	snprintf(other, sizeof other, "%s/other", unit_folder());
	close(open(state, O_CREAT | O_WRONLY, 0600));
	close(open(other, O_CREAT | O_WRONLY, 0600));
	if (!kernel_has_it()) {
		ck_assert_int_eq(in_child(true, "", "/etc/passwd", O_RDONLY), 100);
		return;
	}
	ck_assert_int_eq(in_child(true, "", "/etc/passwd", O_RDONLY), 0);
	ck_assert_int_eq(in_child(true, "", state, O_RDONLY), EACCES);
	ck_assert_int_eq(in_child(true, state, state, O_RDONLY), 0);
	ck_assert_int_eq(in_child(true, state, other, O_RDONLY), EACCES);
	ck_assert_int_eq(in_child(true, state, state, O_WRONLY), EACCES);
	ck_assert_int_eq(in_child(true, "/no/such/file", "/etc/passwd", O_RDONLY), 0);
	ck_assert_int_eq(
		in_child(true, "", "/etc/sms-otp-landlock-test", O_WRONLY | O_CREAT), EACCES);
	ck_assert_int_eq(in_child(false, "", "/etc/passwd", O_RDONLY), EACCES);
}
END_TEST

static int rename_in_child(const struct landlock_needs *needs, const char *from, const char *to)
{
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (!landlock_enter(needs))
			_exit(100);
		_exit(rename(from, to) == 0 ? 0 : errno);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

START_TEST(e7_only_the_folders_of_a_spool_can_be_written)
{
	char a[256], b[256], c[256], in_a[300], in_b[300], in_c[300];
	snprintf(a, sizeof a, "%s/a", unit_folder());
	snprintf(b, sizeof b, "%s/b", unit_folder());
	snprintf(c, sizeof c, "%s/c", unit_folder());
	snprintf(in_a, sizeof in_a, "%s/file", a);
	snprintf(in_b, sizeof in_b, "%s/file", b);
	snprintf(in_c, sizeof in_c, "%s/file", c);
	mkdir(a, 0700);
	mkdir(b, 0700);
	mkdir(c, 0700);
	const struct landlock_needs needs = {
		.writable = { open(a, O_RDONLY | O_DIRECTORY), open(b, O_PATH | O_DIRECTORY) },
		.nwritable = 2,
	};
	if (syscall(444, NULL, 0, 1) < 2) {
		ck_assert_int_eq(in_child_with(&needs, in_a, O_WRONLY | O_CREAT), 100);
		return;
	}
	ck_assert_int_eq(in_child_with(&needs, in_a, O_WRONLY | O_CREAT), 0);
	ck_assert_int_eq(in_child_with(&needs, in_c, O_WRONLY | O_CREAT), EACCES);
	ck_assert_int_eq(in_child_with(&needs, in_a, O_RDONLY), EACCES);
	ck_assert_int_eq(in_child_with(&needs, "/etc/passwd", O_RDONLY), EACCES);
	ck_assert_int_eq(rename_in_child(&needs, in_a, in_c), EACCES);
	ck_assert_int_eq(rename_in_child(&needs, in_a, in_b), 0);
	const struct landlock_needs closed = { .writable = { -1, -1 }, .nwritable = 2 };
	ck_assert_int_eq(in_child_with(&closed, in_b, O_WRONLY), EACCES);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("landlock");
	TCase *t = tcase_create("landlock");
	tcase_add_test(t, e7_only_what_a_request_needs_can_be_read);
	tcase_add_test(t, e7_only_the_folders_of_a_spool_can_be_written);
	suite_add_tcase(s, t);
	return s;
}
