#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/closing.h"
#include "base/rlimit.h"

/* The host may have threads and its own wrappers: from clone to exec nothing is called but
 * syscall(2), which touches errno only, and that in the child's own copy of the memory. Old 32-bit
 * calls have 16-bit ids. */
#ifdef SYS_setresuid32
#define CALL_SETRESUID SYS_setresuid32
#define CALL_SETRESGID SYS_setresgid32
#define CALL_SETGROUPS SYS_setgroups32
#else
#define CALL_SETRESUID SYS_setresuid
#define CALL_SETRESGID SYS_setresgid
#define CALL_SETGROUPS SYS_setgroups
#endif

enum {
	ALL_SIGNALS = 64,
	/* The kernel's sigaction is at most four words and a mask; all zero is SIG_DFL. */
	KERNEL_SIGACTION_WORDS = 8,
	KERNEL_SIGSET_SIZE = 8,
	/* Descriptors wait from here on until the low numbers are free. */
	PARKING = SPAWN_FDS_MAX,
	/* A caller that may signal the host can stop our child at birth: it then gets no more than
	 * this. */
	START_MS = 5000,
};

/* --- in the child ----------------------------------------------------------------------------- */

static void leave(int status) __attribute__((noreturn));

static void leave(int status)
{
	for (;;)
		syscall(SYS_exit_group, status);
}

static void default_signals(void)
{
	unsigned long action[KERNEL_SIGACTION_WORDS] = { 0 };

	for (int s = 1; s <= ALL_SIGNALS; s++) {
		/* SIGKILL and SIGSTOP refuse, and need nothing */
		syscall(SYS_rt_sigaction, s, action, NULL, KERNEL_SIGSET_SIZE);
	}
}

/* All ids at once, so that the caller of su or sudo, whose real uid the host still has, cannot
 * signal us (D6). */
static int own_ids(const struct spawn_plan *plan)
{
	uid_t uid = plan->drop ? plan->uid : 0;
	gid_t gid = plan->drop ? plan->gid : 0;
	size_t ngroups = plan->drop ? plan->ngroups : 0;

	if (plan->stay)
		return 0;
	if (syscall(CALL_SETGROUPS, ngroups, plan->groups) < 0) {
		/* a user namespace may forbid it. Groups give root nothing; others must have
		 * none, and can do without theirs */
		if (plan->drop && syscall(SYS_getgroups, 0, NULL) != 0)
			return errno;
	}
	if (syscall(CALL_SETRESGID, gid, gid, gid) < 0)
		return errno;
	if (syscall(CALL_SETRESUID, uid, uid, uid) < 0)
		return errno;
	return 0;
}

static int own_surroundings(const struct spawn_plan *plan)
{
	syscall(SYS_setsid);
	syscall(SYS_umask, 077);
	if (syscall(SYS_chdir, "/") < 0)
		return errno;
	if (plan->no_new_privs && syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return errno;
	/* after the ids: a change of these takes it back */
	if (plan->tied && syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return errno;
	return 0;
}

/* A copy of fd, or of /dev/null for -1, out of the way of what will be overwritten; it goes by
 * itself at exec. */
static int park(int fd)
{
	int from = fd;

	if (fd < 0)
		from = (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC, 0);
	if (from < 0)
		return -1;
	int parked = (int)syscall(SYS_fcntl, from, F_DUPFD_CLOEXEC, PARKING);
	int why = errno;
	if (fd < 0)
		syscall(SYS_close, from);
	errno = why;
	return parked;
}

/* The host may have closed 0, 1 and 2, so any of ours can stand anywhere: park all, put each in its
 * place, close the rest. *report moves; where it cannot, it is still the old one. */
static int place_descriptors(const struct spawn_plan *plan, int *report)
{
	int parked[SPAWN_FDS_MAX] = { -1, -1, -1, -1 };

	int moved = park(*report);
	if (moved < 0)
		return errno;
	*report = moved;
	for (size_t i = 0; i < plan->nfds; i++) {
		parked[i] = park(plan->fds[i]);
		if (parked[i] < 0)
			return errno;
	}
	for (size_t i = 0; i < plan->nfds; i++) {
		if (syscall(SYS_dup3, parked[i], (int)i, 0) < 0)
			return errno;
	}
	unsigned int kept = (unsigned int)*report;
	closing_from((unsigned int)plan->nfds, kept - 1, kept);
	closing_from(kept + 1, ~0U, kept);
	return 0;
}

/* The process that becomes the program. Says on report why it could not. */
static void become(const struct spawn_plan *plan, int report) __attribute__((noreturn));

static void become(const struct spawn_plan *plan, int report)
{
	static char *const nothing[] = { NULL };
	uint64_t no_signal = 0;

	default_signals();
	/* the limits last: a host may have more descriptors open than our own limit allows */
	int why = place_descriptors(plan, &report);
	if (why == 0)
		why = rlimit_own();
	if (why == 0)
		why = own_ids(plan);
	if (why == 0)
		why = own_surroundings(plan);
	if (why == 0) {
		syscall(SYS_rt_sigprocmask, SIG_SETMASK, &no_signal, NULL, KERNEL_SIGSET_SIZE);
		syscall(SYS_execve, plan->path, plan->argv, nothing);
		why = errno;
	}
	syscall(SYS_write, report, &why, sizeof why);
	leave(127);
}

/* --- in the parent ---------------------------------------------------------------------------- */

/* exit_signal 0: nobody hears of the child's end but who asks with __WALL (D8). */
static pid_t clone_quietly(int *pidfd)
{
	struct clone_args args = { .flags = CLONE_PIDFD, .pidfd = (uint64_t)(uintptr_t)pidfd };

	long pid = syscall(SYS_clone3, &args, sizeof args);
	if (pid >= 0 || (errno != ENOSYS && errno != EPERM))
		return (pid_t)pid;
		/* a container's filter may not know clone3 */
#ifdef __s390__
	return (pid_t)syscall(SYS_clone, NULL, CLONE_PIDFD, pidfd, NULL, 0UL);
#else
	return (pid_t)syscall(SYS_clone, CLONE_PIDFD, NULL, pidfd, NULL, 0UL);
#endif
}

/* The child's errno, 0 when the program runs: the pipe closes at exec. */
static int hear(int from)
{
	int why = 0;
	ssize_t n;

	do {
		n = syscall(SYS_read, from, &why, sizeof why);
	} while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof why ? why : 0;
}

/* The intermediate: root at once, then a child that outlives it. Its exit status tells how that
 * went. */
static void give_birth(const struct spawn_plan *plan) __attribute__((noreturn));

static void give_birth(const struct spawn_plan *plan)
{
	int report[2] = { -1, -1 };
	int pidfd = -1;

	default_signals();
	int why = own_ids(plan);
	if (why != 0)
		leave(why & 0xff);
	syscall(SYS_setsid);
	if (syscall(SYS_pipe2, report, O_CLOEXEC) < 0)
		leave(errno & 0xff);
	pid_t pid = clone_quietly(&pidfd);
	if (pid == 0)
		become(plan, report[1]);
	if (pid < 0)
		leave(errno & 0xff);
	syscall(SYS_close, report[1]);
	leave(hear(report[0]) & 0xff);
}

/* Readable, or its end has come, within START_MS. */
static bool ready_in_time(int fd)
{
	int64_t deadline_ms = clock_boot_ms() + START_MS;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int n;

	do {
		n = poll(&p, 1, clock_left_ms(deadline_ms));
	} while (n < 0 && errno == EINTR && clock_left_ms(deadline_ms) > 0);
	return n > 0;
}

/* No handler of the host may run in the child, nor a signal end it half made: all are held back
 * around the clone. */
static void hold_signals(uint64_t *old)
{
	uint64_t all = ~UINT64_C(0);

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, old, KERNEL_SIGSET_SIZE);
}

static void release_signals(const uint64_t *old)
{
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, old, NULL, KERNEL_SIGSET_SIZE);
}

/* Reap the child behind pidfd. Its exit status, or -1 where it did not end by itself. A host that
 * waits for everything, __WALL included, may have been quicker: then nobody knows, and the socket
 * will tell. */
static int reap(int pidfd)
{
	siginfo_t info;
	long rc;

	memset(&info, 0, sizeof info);
	do {
		rc = syscall(SYS_waitid, P_PIDFD, pidfd, &info, WEXITED | __WALL, NULL);
	} while (rc < 0 && errno == EINTR);
	if (rc < 0)
		return errno == ECHILD ? 0 : -1;
	return info.si_code == CLD_EXITED ? info.si_status : -1;
}

static int cannot_start(const struct spawn_plan *plan, int errnum, struct fault *f)
{
	return fault_set(f, FAULT_SYSTEM, errnum, "%s: cannot be started", plan->path);
}

int spawn_orphan(const struct spawn_plan *plan, struct fault *f)
{
	uint64_t mask = 0;
	int pidfd = -1;

	hold_signals(&mask);
	pid_t pid = clone_quietly(&pidfd);
	if (pid == 0)
		give_birth(plan);
	int why = errno;
	release_signals(&mask);
	if (pid < 0)
		return cannot_start(plan, why, f);
	if (!ready_in_time(pidfd))
		syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
	int status = reap(pidfd);
	close(pidfd);
	if (status > 0)
		return cannot_start(plan, status, f);
	if (status < 0)
		return fault_set(f, FAULT_SYSTEM, 0, "%s: its start was cut short", plan->path);
	return 0;
}

/* The child was given up: end it, leave nothing. */
static void discard(struct spawn_child *child)
{
	syscall(SYS_pidfd_send_signal, child->pidfd, SIGKILL, NULL, 0);
	reap(child->pidfd);
	close(child->pidfd);
	child->pidfd = -1;
	child->pid = 0;
}

int spawn_child(const struct spawn_plan *plan, struct spawn_child *child, struct fault *f)
{
	uint64_t mask = 0;
	int report[2] = { -1, -1 };

	child->pid = 0;
	child->pidfd = -1;
	if (pipe2(report, O_CLOEXEC) < 0)
		return cannot_start(plan, errno, f);
	hold_signals(&mask);
	pid_t pid = clone_quietly(&child->pidfd);
	if (pid == 0)
		become(plan, report[1]);
	int why = errno;
	release_signals(&mask);
	close(report[1]);
	if (pid > 0) {
		child->pid = pid;
		why = ready_in_time(report[0]) ? hear(report[0]) : ETIMEDOUT;
	}
	close(report[0]);
	if (pid > 0 && why != 0)
		discard(child);
	return why != 0 ? cannot_start(plan, why, f) : 0;
}

int spawn_end(struct spawn_child *child, int64_t deadline_ms)
{
	struct pollfd p = { .fd = child->pidfd, .events = POLLIN };
	int status = -1;
	int n;
	pid_t got;

	do {
		n = poll(&p, 1, clock_left_ms(deadline_ms));
	} while (n < 0 && errno == EINTR && clock_left_ms(deadline_ms) > 0);
	if (n <= 0)
		syscall(SYS_pidfd_send_signal, child->pidfd, SIGKILL, NULL, 0);
	do {
		got = (pid_t)syscall(SYS_wait4, child->pid, &status, __WALL, NULL);
	} while (got < 0 && errno == EINTR);
	if (child->pidfd >= 0)
		close(child->pidfd);
	child->pidfd = -1;
	bool by_itself = n > 0 && got == child->pid;
	child->pid = 0;
	return by_itself ? status : -1;
}
