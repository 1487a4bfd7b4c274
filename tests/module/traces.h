/* What a process leaves or finds changed in itself (D8, D14, D16), and the ways of behaviour that
 * hosts have towards their children. */
#ifndef TESTS_MODULE_TRACES_H
#define TESTS_MODULE_TRACES_H

#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

struct traces {
	char fds[4096];
	char maps[65536];
	char children[256];
	char cwd[512];
	char locale[64];
	struct sigaction actions[NSIG];
	sigset_t mask;
	mode_t umask_bits;
	int environment;
	int threads;
	struct rlimit files;
};

void traces_take(struct traces *t);
/* One line `changed=WHAT` on out for each difference; `same=1` if there is none. */
void traces_compare(const struct traces *a, const struct traces *b, int out);
/* `sigchld=N`, `sigpipe=N`, `reaped=N`, `child=N` (a zombie or child that is left). */
void traces_signals(int out);
/* sigchld-default, sigchld-ignore, sigchld-handler, sigchld-greedy, greedy-thread, subreaper,
  * closed, hostile, starved. */
int traces_mode(const char *name);
/* A copy of fd with a high number and O_CLOEXEC. */
int traces_far(int fd);

#endif
