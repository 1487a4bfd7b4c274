/* terminal: on which terminal, and in which session of it, a host runs.
 *
 * Owns: the reading of /proc/PID/stat of the host and of its session's leader.
 * MUST: go by the kernel's word only (E1); know no terminal where the leader is gone (the session
 *       is over) or has another terminal; call a terminal the console only for a host that leads
 *       its session there, as login does, and is no sudo, su, doas or pkexec.
 * Never: believes PAM_TTY; looks at a file of another kind. */
#ifndef ENGINE_TERMINAL_H
#define ENGINE_TERMINAL_H

#include <stdint.h>
#include <sys/types.h>

#include "core/facts.h"

/* What one line of /proc/PID/stat says. */
struct terminal_stat {
	int64_t session;
	uint64_t device; /* 0: no terminal */
	uint64_t start;  /* in ticks since the boot */
};

/* -1: the line is none. */
int terminal_parse(const char *line, struct terminal_stat *out)
	__attribute__((warn_unused_result, nonnull));

/* proc: "/proc". *out is all zero where nothing is known. */
void terminal_read(const char *proc, pid_t host, const char *service, struct facts_terminal *out)
	__attribute__((nonnull));

#endif
