/* killer: kill -9 after any system call of a step (F2, D6).
 *
 * Owns: a child that is traced and killed at its n-th stop; each system call stops twice, before and after. */
#ifndef TESTS_KILLER_H
#define TESTS_KILLER_H

#include <check.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs step(arg) in a child and kills it at stop n. False: it had ended by then, with status 0. */
static inline bool killed_at(int n, void (*step)(void *arg), void *arg)
{
	int status;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			_exit(9);
		raise(SIGSTOP);
		step(arg);
		_exit(0);
	}
	for (int stop = 0;; stop++) {
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		if (WIFEXITED(status)) {
			ck_assert_int_eq(WEXITSTATUS(status), 0);
			return false;
		}
		ck_assert(WIFSTOPPED(status));
		if (stop == n)
			break;
		ck_assert_int_eq(ptrace(PTRACE_SYSCALL, child, NULL, NULL), 0);
	}
	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status));
	return true;
}

#endif
