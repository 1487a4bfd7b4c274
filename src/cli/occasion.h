/* occasion: a login that a command supposes: of whom, through what, from where.
 *
 * Owns: what is supposed where nothing was said.
 * MUST: make facts by the engine's own judgement, of a root host that has asked for a password.
 * Never: decides anything. */
#ifndef CLI_OCCASION_H
#define CLI_OCCASION_H

#include <stdbool.h>

#include "core/facts.h"
#include "core/settings.h"

/* NULL: not said. */
struct occasion {
	const char *user; /* never NULL */
	const char *service, *from, *tty;
	bool two_step; /* the line in pam.d has two_step, behind the password */
};

/* Without a service: sshd, or the first that the settings list. BAD: a name that cannot be one, or
 * an address that is none. */
int occasion_facts(const struct occasion *o, const struct settings *s, struct facts *out,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
