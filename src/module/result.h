/* result: from the engine's verdict to PAM's return code (D9).
 *
 * Owns: the one table, total over enum talk_reason.
 * MUST: give PAM_SUCCESS for TALK_VERDICT_ACCEPT with TALK_REASON_ACCEPTED only, PAM_IGNORE for
 *       TALK_VERDICT_EXEMPT with TALK_REASON_EXEMPT only (C3), and a refusal for everything else,
 *       unknown values included (C1).
 * Never: says PAM_SUCCESS or PAM_IGNORE at a second place in src/module for an authentication. */
#ifndef MODULE_RESULT_H
#define MODULE_RESULT_H

#include "wire/talk.h"

int result_code(const struct talk_verdict *verdict) __attribute__((warn_unused_result, nonnull));

#endif
