/* program: another program, run once: bytes on its standard input, what it says, how it ended (E8).
 *
 * Owns: the judgement of the file; the process, its pipes, its deadline and its end.
 * MUST: run no file that anybody but root could have changed, and none with a set-id bit, which
 *       no_new_privs would make void; use no shell and no search path; give the program fixed
 *       arguments, an empty environment, cwd /, its own session, and no descriptor but its input,
 *       its output and /dev/null for what it says on standard error; end it with its whole process
 *       group at the deadline, and what it left running when it ends; keep at most BUFFER_MAX bytes
 *       of its output.
 * Never: says an argument or the input in a fault (G1). The caller ignores SIGPIPE. */
#ifndef SENDER_PROGRAM_H
#define SENDER_PROGRAM_H

#include <stdint.h>

#include "base/fault.h"
#include "sender/buffer.h"

struct program_plan {
	const char *const *argv; /* NULL-terminated; argv[0] is the file, an absolute path */
	const struct buffer *input;
	int64_t deadline_ms; /* on CLOCK_BOOTTIME */
};

enum program_fate {
	PROGRAM_NOT_STARTED = 0, /* certainly nothing was handed over */
	PROGRAM_ENDED,           /* by itself, with a status */
	PROGRAM_SIGNALLED,
	PROGRAM_LATE, /* it had to be ended */
};

struct program_end {
	enum program_fate fate;
	int status;           /* of PROGRAM_ENDED: 0 to 255 */
	struct buffer output; /* its first BUFFER_MAX bytes */
};

/* Whether the file may be run, its links followed first. BAD, ABSENT or DAMAGED
 * say what to mend. */
int program_judge(const char *path, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* -1: PROGRAM_NOT_STARTED, and why. The caller wipes end->output. */
int program_run(const struct program_plan *plan, struct program_end *end, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
