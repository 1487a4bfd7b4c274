/* gather: what the host knows of a login, from PAM's items.
 *
 * Owns: the reading of PAM_USER, PAM_SERVICE, PAM_RHOST, PAM_TTY, PAM_RUSER and SSH_AUTH_INFO_0 of
 *       the PAM environment.
 * MUST: refuse a name that cannot be a user's (D12) or a service's; make what is for logs only
 *       printable and cut it; say whether PAM_AUTHTOK and PAM_OLDAUTHTOK are set, never what they
 *       are; hand on sshd's methods, with the first key only.
 * Never: reads the process's environment, sets an item, resolves a name, looks up a user (the
 *       engine does). */
#ifndef MODULE_GATHER_H
#define MODULE_GATHER_H

#include <security/pam_modules.h>

#include "base/fault.h"
#include "module/arguments.h"
#include "wire/talk.h"

/* The service that this transaction is for; NULL where the host did not say. */
const char *gather_service(const pam_handle_t *pamh) __attribute__((warn_unused_result, nonnull));

/* All but what is no item: TALK_LOGIN_SILENT, CHANGE and ROOT_CALLER. -1: *why is the reason of
 * the refusal. */
int gather_login(pam_handle_t *pamh, const struct arguments *args, struct talk_login *out,
	enum talk_reason *why, struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
