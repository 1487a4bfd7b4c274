/* sandbox: what a sender process may still do (E7).
 *
 * Owns: the process's own limits, and the seccomp profiles, one for each kind of delivery.
 * MUST: set no_new_privs, no dumps, no core files; refuse to start programs and processes, open
 *       files for writing, listen, and use any socket but internet, local and netlink ones; let
 *       name resolution work with whatever nsswitch names. A filter that does not load is a
 *       fault; a kernel without Landlock is not.
 * Never: forgives later: what is refused once stays refused. */
#ifndef SENDER_SANDBOX_H
#define SENDER_SANDBOX_H

#include <stdint.h>

#include "base/fault.h"

enum sandbox_profile {
	SANDBOX_HTTP = 1,
	SANDBOX_OUTBOX, /* writes to descriptors that are open already */
};

/* Before an order is read: the limits that need no profile. */
int sandbox_limits(struct fault *f) __attribute__((warn_unused_result, nonnull));

/* *on: bits of RECEIPT_SANDBOX_*, what is on now. ca_file: a file outside the usual places that
 * must stay readable, or "". */
int sandbox_enter(enum sandbox_profile profile, const char *ca_file, uint32_t *on, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
