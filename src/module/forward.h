/* forward: a password with a code at its end, typed into one field (forward_pass).
 *
 * Owns: where the code begins, and the password until it is handed on.
 * MUST: take for a code the last six digits, or the last 19 characters in the form of a recovery
 *       code (XXXX-XXXX-XXXX-XXXX), and only where a password stands before it; give away nothing
 *       else of the field; hand the password on as PAM_AUTHTOK, only after it was parted from a
 *       code.
 * Never: asks twice, knows whether the code or the password is right. */
#ifndef MODULE_FORWARD_H
#define MODULE_FORWARD_H

#include <security/pam_modules.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/secret.h"
#include "wire/talk.h"

/* Begins as zeros; the caller wipes it. */
struct forward {
	bool taken;
	struct secret password; /* empty: there was no code after it */
};

/* How many bytes at the end are the code; 0: none. */
size_t forward_code(const struct secret *typed) __attribute__((warn_unused_result, nonnull));

/* PAM_AUTHTOK where a line before has asked for it, else what is typed at a prompt without echo.
 * answer: the code, EMPTY without one, FAILED at a second call; the caller wipes it. */
void forward_take(const pam_handle_t *pamh, const char *text, struct forward *forward,
	struct talk_answer *answer) __attribute__((nonnull));

/* -1: there is no password that was parted from a code, or libpam did not take it. */
int forward_hand_on(pam_handle_t *pamh, const struct forward *forward)
	__attribute__((warn_unused_result, nonnull));

#endif
