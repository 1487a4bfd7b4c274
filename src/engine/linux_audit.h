/* linux_audit: a record of each judged login in the kernel's audit trail.
 *
 * Owns: <libaudit.h>, where it was there when this was built.
 * MUST: hold the user's name, the numeric address, the terminal and the result, and nothing else
 *       (G1); have no name resolved (D13); be no fault where the kernel or the build has no audit.
 * Never: decides anything, keeps a descriptor, logs. */
#ifndef ENGINE_LINUX_AUDIT_H
#define ENGINE_LINUX_AUDIT_H

#include <stdbool.h>

#include "base/fault.h"

struct linux_audit_login {
	const char *user;
	const char *address; /* numeric; "-" or "": none */
	const char *tty;     /* "": none */
	bool accepted;
};

/* -1: it was not taken; containers are not allowed to. */
int linux_audit_write(const struct linux_audit_login *login, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
