/* patience: whether what outlives its host still works, or hangs.
 *
 * Owns: the limits. They are counted by what processes do, not by the wall's clock: on a busy machine nobody hangs who is only slow.
 * MUST: find who sleeps though nothing in this sandbox works for it, who works for ever, and who outlives every limit of the product.
 * Never: touches a process. Links libc only. */
#ifndef TESTS_FAULT_PATIENCE_H
#define TESTS_FAULT_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { PATIENCE_PROCESSES = 64 };

struct patience {
	int64_t begun_ms, looked_ms; /* 0: not yet */
	int64_t still_ms;            /* for so long nothing has moved */
	int64_t ran_ns;              /* all of them together, at the last look */
	struct patience_one {
		pid_t pid;
		int64_t ran_ns; /* when it was first looked at */
	} known[PATIENCE_PROCESSES];
	int nknown;
};

/* Look at processes (or threads) whose host has ended. NULL: wait on; else why not. p: all zero before the first look. */
const char *patience_lost(struct patience *p, const pid_t *pids, int n, int64_t now_ms);
/* Until what is not followed, such as a provider's stand-in, has done what it had to do: what it wrote belongs to the login before. */
void patience_settle(void);
/* How long this process has waited for a processor, in its life: a step that was so much longer is the machine's. 0 where the kernel does not say. */
int64_t patience_delayed_ms(void);

#endif
