/* two_step: the one field of a login in two steps: a password, a code, or both in one.
 *
 * Owns: what of the field reads as a code, the field until it is handed on, and whether a password
 *       itself reads as one with a code.
 * MUST: take for a code as many digits at the end as the engine asks for, and with `alone` only if
 *       they are the whole field; give away nothing else of it; hand on as PAM_AUTHTOK the whole
 *       field, so that the password's line can judge it, or after an acceptance what stood before
 *       the code, and no password if nothing did.
 * Never: asks twice, asks unless the engine does, knows whether the code or the password is
 *        right. */
#ifndef MODULE_TWO_STEP_H
#define MODULE_TWO_STEP_H

#include <security/pam_modules.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/secret.h"
#include "wire/talk.h"

/* Begins as zeros; the caller wipes it. */
struct two_step {
	bool taken;
	struct secret field;
	size_t code; /* so many bytes at its end went to the engine */
};

/* How many bytes at the end are the code: all that were asked for, or 0. */
size_t two_step_code(const struct secret *typed, const struct talk_field *asked)
	__attribute__((warn_unused_result, nonnull));

/* PAM_AUTHTOK ends in six digits or more. */
bool two_step_password_digits(const pam_handle_t *pamh)
	__attribute__((warn_unused_result, nonnull));

/* PAM_AUTHTOK where a line before has asked for it, else what is typed at a prompt without echo.
 * answer: the code, EMPTY without one, FAILED at a second call or where no field was asked for;
 * the caller wipes it. */
void two_step_take(const pam_handle_t *pamh, const struct talk_event *asked, struct two_step *t,
	struct talk_answer *answer) __attribute__((nonnull));

/* -1: libpam did not take it, or an acceptance came without a code. */
int two_step_hand_on(pam_handle_t *pamh, const struct two_step *t, bool accepted)
	__attribute__((warn_unused_result, nonnull));

#endif
