#include "sender/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

/* A kernel without Landlock is told by "not on", and then nothing is forbidden. */
static bool kernel_has_it(void)
{
	return syscall(444, NULL, 0, 1) >= 1;
}

static int in_child(bool files, const char *ca_file, const char *path, int flags)
{
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (!landlock_enter(files, ca_file))
			_exit(100);
		_exit(open(path, flags, 0600) >= 0 ? 0 : errno);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
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

Suite *unit_suite(void)
{
	Suite *s = suite_create("landlock");
	TCase *t = tcase_create("landlock");
	tcase_add_test(t, e7_only_what_a_request_needs_can_be_read);
	suite_add_tcase(s, t);
	return s;
}
