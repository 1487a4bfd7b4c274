#include "tests/fault/call.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/syscall.h>

/* The zero is any error. */
enum manner {
	ANY = 0,
	NEVER,       /* it has no error that a right program can meet */
	INTERRUPTED, /* EINTR only */
	ANYWAY,      /* close, munmap: done, whatever it says */
};

struct call {
	long nr;
	const char *name;
	enum manner manner;
	int length; /* argument plus 1; 0: none */
	bool newer; /* kernels that we run on have none of it, and filters of containers forbid it */
};

#define CALL(call, how, at)                                                                        \
	{                                                                                          \
		.nr = SYS_##call, .name = #call, .manner = (how), .length = (at)                   \
	}
#define NEWER(call, how)                                                                           \
	{                                                                                          \
		.nr = SYS_##call, .name = #call, .manner = (how), .newer = true                    \
	}

static const struct call table[] = {
	CALL(read, ANY, 3),
	CALL(pread64, ANY, 3),
	CALL(recvfrom, ANY, 3),
	CALL(write, ANY, 3),
	CALL(pwrite64, ANY, 3),
	CALL(sendto, ANY, 3),
	CALL(getrandom, ANY, 2),
	CALL(getdents64, ANY, 0),
	CALL(close, ANYWAY, 0),
	CALL(munmap, ANYWAY, 0),
	CALL(waitid, INTERRUPTED, 0),
	CALL(wait4, INTERRUPTED, 0),
	CALL(exit, NEVER, 0),
	CALL(exit_group, NEVER, 0),
	CALL(rt_sigreturn, NEVER, 0),
	CALL(rt_sigprocmask, NEVER, 0),
	CALL(rt_sigaction, NEVER, 0),
	CALL(restart_syscall, NEVER, 0),
	CALL(getpid, NEVER, 0),
	CALL(getppid, NEVER, 0),
	CALL(gettid, NEVER, 0),
	CALL(getuid, NEVER, 0),
	CALL(geteuid, NEVER, 0),
	CALL(getgid, NEVER, 0),
	CALL(getegid, NEVER, 0),
	CALL(umask, NEVER, 0),
	CALL(alarm, NEVER, 0),
	CALL(set_tid_address, NEVER, 0),
	CALL(sched_yield, NEVER, 0),
	CALL(clone, ANY, 0),
	NEWER(clone3, ANY),
	CALL(execve, ANY, 0),
	CALL(openat, ANY, 0),
	CALL(fstat, ANY, 0),
	CALL(newfstatat, ANY, 0),
	CALL(fcntl, ANY, 0),
	CALL(fdatasync, ANY, 0),
	CALL(fsync, ANY, 0),
	CALL(renameat, ANY, 0),
	CALL(renameat2, ANY, 0),
	CALL(unlinkat, ANY, 0),
	CALL(mmap, ANY, 0),
	CALL(brk, ANY, 0),
	CALL(mprotect, ANY, 0),
	CALL(socket, ANY, 0),
	CALL(socketpair, ANY, 0),
	CALL(connect, ANY, 0),
	CALL(accept4, ANY, 0),
	CALL(getsockopt, ANY, 0),
	CALL(setsockopt, ANY, 0),
	CALL(poll, ANY, 0),
	CALL(ppoll, ANY, 0),
	CALL(pipe2, ANY, 0),
	CALL(prctl, ANY, 0),
	CALL(prlimit64, ANY, 0),
	CALL(setresuid, ANY, 0),
	CALL(setresgid, ANY, 0),
	CALL(setgroups, ANY, 0),
	CALL(getgroups, ANY, 0),
	CALL(setsid, ANY, 0),
	CALL(chdir, ANY, 0),
	NEWER(close_range, NEVER),
	CALL(dup3, ANY, 0),
	CALL(access, ANY, 0),
	CALL(readlink, ANY, 0),
	CALL(sendmsg, ANY, 0),
	CALL(recvmsg, ANY, 0),
	CALL(shutdown, ANY, 0),
	CALL(seccomp, ANY, 0),
	NEWER(landlock_create_ruleset, ANY),
	CALL(landlock_add_rule, ANY, 0),
	CALL(landlock_restrict_self, ANY, 0),
	CALL(setpriority, ANY, 0),
	CALL(sched_setscheduler, ANY, 0),
	CALL(sched_setaffinity, ANY, 0),
	CALL(ioprio_set, ANY, 0),
	CALL(clock_nanosleep, ANY, 0),
	CALL(pidfd_send_signal, ANY, 0),
};

static const struct call *find(long nr)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].nr == nr)
			return &table[i];
	return NULL;
}

bool call_can(long nr, int errnum)
{
	const struct call *c = find(nr);
	enum manner m = c ? c->manner : ANY;

	if (errnum == CALL_SHORT)
		return c && c->length > 0;
	if (errnum == ENOSYS)
		return c && c->newer;
	return m == ANY || m == ANYWAY || (m == INTERRUPTED && errnum == EINTR);
}

bool call_does_it_anyway(long nr)
{
	const struct call *c = find(nr);

	return c && c->manner == ANYWAY;
}

int call_length(long nr)
{
	const struct call *c = find(nr);

	return c ? c->length - 1 : -1;
}

const char *call_name(long nr)
{
	static char number[32];
	const struct call *c = find(nr);

	if (c)
		return c->name;
	snprintf(number, sizeof number, "call %ld", nr);
	return number;
}
