/* invocation: what was typed after `sms-otp`.
 *
 * Owns: the reading of the command line by command's tables; options may stand before and after.
 * MUST: refuse an unknown command or option, one that the command does not take, a missing or
 *       superfluous operand, each with words that say what to type.
 * Never: prints, acts. */
#ifndef CLI_INVOCATION_H
#define CLI_INVOCATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "cli/command.h"

enum { INVOCATION_OPERANDS = COMMAND_OPERANDS_MAX, INVOCATION_JOINED = 80 };

struct invocation {
	const struct command *command; /* NULL: none was typed */
	uint64_t given;                /* a bit for each option */
	const char *values[OPTION_COUNT];
	const char *operands[INVOCATION_OPERANDS];
	char joined[INVOCATION_JOINED];
};

/* argv may be permuted; *out points into it. With --help or --version nothing else is judged but
 * the command's name. */
int invocation_read(int argc, char **argv, struct invocation *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

bool invocation_has(const struct invocation *a, enum command_option option)
	__attribute__((nonnull));
/* NULL when it was not given. */
const char *invocation_value(const struct invocation *a, enum command_option option)
	__attribute__((nonnull));

#endif
