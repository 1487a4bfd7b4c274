/* herald: the administrator's command after an enrolment at a login.
 *
 * Owns: its arguments (user, service, address, the number's tag), and its deadline.
 * MUST: run it once, as root, by base/spawn's rules: no environment, no descriptor, cwd /; end it
 *       at the deadline; hand it no number (G1).
 * Never: changes anything about the login, which has its verdict already. */
#ifndef ENGINE_HERALD_H
#define ENGINE_HERALD_H

#include <stdint.h>

#include "base/fault.h"
#include "core/facts.h"
#include "core/verdict.h"

enum { HERALD_MS = 20000 };

/* command: an absolute path that the settings have judged. -1: it did not end with 0 within
 * limit_ms; *f says how. */
int herald_tell(const char *command, const struct facts *facts, const struct verdict_outcome *o,
	int64_t limit_ms, struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
