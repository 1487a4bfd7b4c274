/* sandbox: what a sender process may still do (E7).
 *
 * Owns: the process's own limits, and the seccomp profiles, one for each kind of delivery.
 * MUST: set no_new_privs, no dumps, no core files; but for SANDBOX_COMMAND refuse to start
 *       programs and processes, open files for writing outside the folders of SANDBOX_SPOOL,
 *       listen, and use any socket but internet, local and netlink ones; let name resolution work
 *       with whatever nsswitch names; keep a program of SANDBOX_COMMAND from other processes, the
 *       kernel and namespaces. A filter that does not load is a fault; a kernel without Landlock
 *       is not.
 * Never: forgives later: what is refused once stays refused. */
#ifndef SENDER_SANDBOX_H
#define SENDER_SANDBOX_H

#include <stdint.h>

#include "base/fault.h"
#include "sender/landlock.h"

enum sandbox_profile {
	SANDBOX_HTTP = 1, /* whatever goes over the network by libcurl */
	SANDBOX_OUTBOX,   /* writes to descriptors that are open already */
	SANDBOX_SPOOL,    /* files in folders that are open already */
	SANDBOX_COMMAND,  /* another program, which needs what it needs: no Landlock */
};

/* Before an order is read: the limits that need no profile. */
int sandbox_limits(struct fault *f) __attribute__((warn_unused_result, nonnull));

/* *on: bits of RECEIPT_SANDBOX_*, what is on now. needs: beside what the profile allows; its
 * member resolver is set here. */
int sandbox_enter(enum sandbox_profile profile, const struct landlock_needs *needs, uint32_t *on,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
