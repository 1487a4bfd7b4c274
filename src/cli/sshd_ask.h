/* sshd_ask: sshd is asked for its effective configuration.
 *
 * Owns: the runs of `sshd -T`, for everybody and for those that Match lines name.
 * MUST: start sshd by base/spawn's rules, with a deadline; say so when it cannot be asked.
 * Never: reads sshd's options by itself: only sshd knows its defaults. */
#ifndef CLI_SSHD_ASK_H
#define CLI_SSHD_ASK_H

#include "cli/pam_findings.h"
#include "cli/pam_judge.h"

/* judged: what was said of pam.d/sshd. Nothing where there is no sshd. */
void sshd_ask_inspect(const struct settings *settings, const struct pam_judged *judged,
	struct pam_findings *out) __attribute__((nonnull(2, 3)));

#endif
