#include "base/rlimit.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	OPEN_FILES = 1024,
	PROCESSORS_MAX = 8192, /* the most that Linux is built for */
	IOPRIO_WHO_PROCESS = 1,
	USUAL_SLACK_NS = 50000, /* of init's; prctl(2) */
};

struct kernel_limit {
	uint64_t soft;
	uint64_t hard;
};

static const uint64_t no_limit = ~UINT64_C(0);

/* As asked where we may, else as far as the hard limit that we were given. */
static void set_limit(int which, uint64_t soft, uint64_t hard)
{
	struct kernel_limit want = { soft, hard };
	struct kernel_limit old = { 0, 0 };

	if (syscall(SYS_prlimit64, 0, which, &want, NULL) == 0)
		return;
	if (syscall(SYS_prlimit64, 0, which, NULL, &old) < 0)
		return;
	want.hard = hard < old.hard ? hard : old.hard;
	want.soft = soft < want.hard ? soft : want.hard;
	syscall(SYS_prlimit64, 0, which, &want, NULL);
}

/* A program of ours that could not open a socket or a file, or was killed for its time, would
 * look like an outage: with less than this it is not started (D7). */
static bool limits_suffice(void)
{
	static const struct {
		int which;
		uint64_t least;
	} needs[] = {
		{ RLIMIT_NOFILE, 64 },
		{ RLIMIT_FSIZE, UINT64_C(1) << 30 },
		{ RLIMIT_AS, UINT64_C(1) << 29 },
		{ RLIMIT_DATA, UINT64_C(1) << 28 },
		{ RLIMIT_STACK, UINT64_C(1) << 20 },
		{ RLIMIT_NPROC, 64 },
		{ RLIMIT_CPU, 600 },
	};

	for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
		struct kernel_limit have = { 0, 0 };
		if (syscall(SYS_prlimit64, 0, needs[i].which, NULL, &have) < 0 ||
			have.soft < needs[i].least)
			return false;
	}
	return true;
}

/* An ordinary caller of su may have made it nice, idle or batch, tied it to one processor that he
 * keeps busy, put its writes behind all others', or let its waits be late by seconds: an engine
 * that is starved so would hold the site's lock against everybody (F3). Best effort; what an
 * administrator wants to hold for all stands in a cgroup. */
static void own_schedule(void)
{
	unsigned char processors[PROCESSORS_MAX / 8];
	int priority = 0;

	syscall(SYS_setpriority, PRIO_PROCESS, 0, 0);
	syscall(SYS_sched_setscheduler, 0, 0, &priority);
	memset(processors, 0xff, sizeof processors);
	syscall(SYS_sched_setaffinity, 0, sizeof processors, processors);
	syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, 0);
	syscall(SYS_prctl, PR_SET_TIMERSLACK, USUAL_SLACK_NS, 0, 0, 0);
}

int rlimit_own(void)
{
	static const int unlimited[] = { RLIMIT_FSIZE, RLIMIT_AS, RLIMIT_DATA, RLIMIT_CPU,
		RLIMIT_NPROC, RLIMIT_MEMLOCK, RLIMIT_RSS, RLIMIT_RTTIME };

	for (size_t i = 0; i < sizeof unlimited / sizeof unlimited[0]; i++)
		set_limit(unlimited[i], no_limit, no_limit);
	set_limit(RLIMIT_CORE, 0, 0);
	set_limit(RLIMIT_STACK, UINT64_C(8) << 20, no_limit);
	set_limit(RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES);
	own_schedule();
	return limits_suffice() ? 0 : EPERM;
}
