/* rollout_edit: where our line could go in a file of pam.d.
 *
 * Owns: the ways to put our line into a text: behind each line of type auth (or what it includes),
 *       as the text is; with an `include` made a `substack`, so that a `sufficient` in it ends
 *       there and not past us; with a `required` password made `requisite`.
 * MUST: leave every other byte of the text as it is; come to each way once, those that change least
 *       first.
 * Never: judges what comes of it (pam_judge does), opens a file. Pure. */
#ifndef CLI_ROLLOUT_EDIT_H
#define CLI_ROLLOUT_EDIT_H

#include <stddef.h>

#include "base/fault.h"

#define ROLLOUT_EDIT_LINE "auth\trequired\tpam_sms_otp.so\n"

enum rollout_edit_way {
	ROLLOUT_EDIT_PLAIN = 0,
	ROLLOUT_EDIT_SUBSTACK,
	ROLLOUT_EDIT_REQUISITE,
	ROLLOUT_EDIT_WAYS
};

struct rollout_edit {
	enum rollout_edit_way way; /* to be tried next */
	unsigned behind;           /* which line of type auth, from 0 */
};

/* The next way, from *e (all zero at first), which then stands behind it. 1: the new text is in
 * out; 0: there are no more; -1: the text cannot be read, or out is too small. */
int rollout_edit_next(struct rollout_edit *e, const char *text, char *out, size_t cap,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
