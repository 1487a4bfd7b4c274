/* cmd_language: `sms-otp set-language`: in which language a user is spoken to.
 *
 * Owns: the words for it.
 * MUST: take no language but core/language's.
 * Never: touches the record: nothing under way is voided. */
#ifndef CLI_CMD_LANGUAGE_H
#define CLI_CMD_LANGUAGE_H

#include "cli/invocation.h"

int cmd_language(const struct invocation *a) __attribute__((nonnull));

#endif
