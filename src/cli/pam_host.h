/* pam_host: hosts that are known to have one field and no second prompt (D3).
 *
 * Owns: their names, as services of pam.d.
 * MUST: name a line of ours in such a service that waits for a prompt of its own.
 * Never: knows what was seen of a host at logins: that is core/site's. */
#ifndef CLI_PAM_HOST_H
#define CLI_PAM_HOST_H

#include "cli/pam_hole.h"

void pam_host_look(const struct pam_case *c) __attribute__((nonnull));

#endif
