/* reason: the end of a login in words that an administrator knows.
 *
 * Owns: the names of the PAM codes that the module returns for a reason (D9), for showing only: the
 *       shim has its own table.
 * MUST: be total over enum talk_reason.
 * Never: decides. */
#ifndef CLI_REASON_H
#define CLI_REASON_H

#include "cli/speech.h"
#include "core/verdict.h"

/* "PAM_SUCCESS" ... Never NULL. */
const char *reason_pam_code(enum talk_reason reason);

/* YES: let in; NO: refused; TROUBLE: something of ours is out of order. */
enum speech_exit reason_exit(const struct verdict_outcome *o) __attribute__((nonnull));

#endif
