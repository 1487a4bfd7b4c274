/* spawn: starting a program of ours, with nothing of the caller in it (D7, D8).
 *
 * Owns: clone, the clean-up between clone and exec, and the end of a child.
 * MUST: give the program an empty environment, default signal dispositions, an empty mask, umask
 *       077, cwd /, its own session, its own limits (no core file; file size, memory, processes and
 *       time unlimited again where we are root), and no descriptor but those named; use raw system
 *       calls only between clone and exec (the host may have threads); make every child with
 *       exit_signal 0, so that a host's SIGCHLD disposition neither fires nor matters.
 * Never: touches the host's SIGCHLD, reaps a child that is not its own, starts a thread. Links libc
 *       only. */
#ifndef BASE_SPAWN_H
#define BASE_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"

enum { SPAWN_FDS_MAX = 4, SPAWN_GROUPS_MAX = 16 };

struct spawn_plan {
	const char *path;        /* absolute */
	const char *const *argv; /* NULL-terminated */
	/* fds[i] becomes descriptor i; -1: /dev/null. The caller keeps its own. */
	int fds[SPAWN_FDS_MAX];
	size_t nfds; /* 3 or 4 */
	/* Become uid and gid, with these other groups (at most SPAWN_GROUPS_MAX); else all ids
	 * become 0 (0 or settable). */
	bool drop;
	uid_t uid;
	gid_t gid;
	const gid_t *groups;
	size_t ngroups;
	bool stay; /* keep all ids as they are: for a caller that has dropped its own */
	bool tied; /* SIGKILL to the child when its parent ends */
	bool no_new_privs;
};

/* Start a program that is nobody's child: an intermediate (clone, exit_signal 0, never execs) makes
 * it and exits; the intermediate is reaped here by pidfd with __WALL. For the shim. -1: nothing
 * runs; of a start that was given up half made, the program finds the other ends of its descriptors
 * closed. exec failure is reported as well (errnum). */
int spawn_orphan(const struct spawn_plan *plan, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

struct spawn_child {
	pid_t pid;
	int pidfd;
};

/* Start a child of ours, to be ended by spawn_end. For the engine and the CLI. */
int spawn_child(const struct spawn_plan *plan, struct spawn_child *child, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Wait for the child until deadline_ms, then SIGKILL; reap it and close the pidfd. Returns wait
 * status, or -1 when it had to be killed. */
int spawn_end(struct spawn_child *child, int64_t deadline_ms) __attribute__((nonnull));

#endif
