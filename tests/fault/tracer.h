/* tracer: all processes of one login under ptrace: counts their system calls by whose they are, and lets one of them go wrong, or
 * kills who made it.
 *
 * Owns: the processes, from the first to the last; a daemon outlives a login and serves the next.
 * MUST: end what is left of a login, and say that there was something.
 * Never: judges a login. */
#ifndef TESTS_FAULT_TRACER_H
#define TESTS_FAULT_TRACER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/fault/page.h"

/* What a command said. */
#define TRACER_SAID "/tmp/fault-said"

enum tracer_kind { TRACER_WATCH = 0, TRACER_FAIL, TRACER_KILL };

struct tracer_plan {
	enum tracer_kind kind;
	enum role role;
	long nth;   /* from 1 */
	int errnum; /* of FAIL; or CALL_SHORT */
	bool light; /* watch only who is born and who ends: no call is counted, and none costs two stops */
	bool for_good; /* this and every further call of the same name by the same role */
};

enum { TRACER_POINTS = 6000 };

struct tracer_result {
	long calls[ROLES];
	short nr[ROLES][TRACER_POINTS]; /* which call each was; point n at [n - 1] */
	bool hit;
	long hit_nr;
	int status; /* of the first process, as waitpid says it */
	bool hung;  /* it did not end in time */
	int left;   /* processes that outlived the login without an end in sight */
	const char *left_why;
	int64_t delayed_ms; /* that the tracer had no processor */
	int unsynced;       /* changes whose lock was given back before they were on the disk */
	bool daemon_ended;
};

/* Start a daemon that later logins speak to. 0, or -1. */
int tracer_daemon(char *const argv[]);
pid_t tracer_daemon_pid(void);
void tracer_end_daemon(void);
/* Run argv as the host (role HOST) or as a command (role CLI), with an empty environment. */
void tracer_run(char *const argv[], enum role role, const struct tracer_plan *plan,
	struct tracer_result *out);

#endif
