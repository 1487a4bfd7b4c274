/* Descriptors of a caller on a kernel with close_range, on one without, and where /proc does not help either. The kernel is made so
 * by a filter. */
#include "base/closing.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

enum { KNOWN = 3, FAR = 300, REACH = 1024 };

/* What a kernel has. */
enum kernel { NEW, WITHOUT_CALL, WITHOUT_CALL_AND_PROC };

#define LOAD(what)         BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, what))
#define IS(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)(value), (yes), (no))
#define ANSWER(errnum)     BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (errnum))

/* WITHOUT_CALL: a process that closes by hand, up to a million of them, dies: it need not. */
static int be_kernel(enum kernel which)
{
	struct sock_filter no_call[] = {
		LOAD(nr),
		IS(SYS_close_range, 0, 1),
		ANSWER(ENOSYS),
		IS(SYS_close, 0, 3),
		LOAD(args[0]),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, REACH, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_filter nothing[] = {
		LOAD(nr),
		IS(SYS_close_range, 0, 1),
		ANSWER(ENOSYS),
		IS(SYS_openat, 0, 1),
		ANSWER(ENOENT),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog programs[] = {
		[WITHOUT_CALL] = { sizeof no_call / sizeof *no_call, no_call },
		[WITHOUT_CALL_AND_PROC] = { sizeof nothing / sizeof *nothing, nothing },
	};

	if (which == NEW)
		return 0;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &programs[which], 0, 0);
}

/* 0: all and only those that it is about are closed. */
static int close_in(enum kernel which)
{
	/* the test's own */
	for (int fd = KNOWN; fd < REACH; fd++)
		close(fd);
	if (dup2(STDERR_FILENO, KNOWN) != KNOWN || be_kernel(which) < 0)
		return 2;
	/* more than one reading of the list has room for */
	for (int fd = KNOWN + 1; fd < FAR; fd++)
		if (dup2(STDERR_FILENO, fd) != fd)
			return 3;
	closing_from(KNOWN + 2, FAR - 2, KNOWN);
	for (int fd = 0; fd < FAR; fd++) {
		bool inside = fd >= KNOWN + 2 && fd <= FAR - 2;
		if ((fcntl(fd, F_GETFD) < 0) != inside)
			return 4;
	}
	closing_from(KNOWN + 1, ~0U, KNOWN);
	for (int fd = KNOWN + 1; fd < REACH; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			return 5;
	return fcntl(KNOWN, F_GETFD) < 0 ? 6 : 0;
}

START_TEST(d7_nothing_of_the_caller_stays_open)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(close_in((enum kernel)_i));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0, "kernel %d: status %x", _i, (unsigned int)status);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("closing");
	TCase *all = tcase_create("all");

	tcase_add_loop_test(
		all, d7_nothing_of_the_caller_stays_open, NEW, WITHOUT_CALL_AND_PROC + 1);
	suite_add_tcase(suite, all);
	return suite;
}
