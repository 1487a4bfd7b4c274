/* command: what a program of the system is given to deliver a message (E8).
 *
 * Owns: the group `command` of a description, and the arguments and the input that are made of it.
 * MUST: refuse {text}, {code} and a secret (E4) in an argument, which every local user can read,
 *       and an input without either of the first two.
 * Never: looks for a program in a path, runs one, or judges its end. Pure. */
#ifndef SENDER_COMMAND_H
#define SENDER_COMMAND_H

#include "base/fault.h"
#include "sender/buffer.h"
#include "sender/parcel.h"
#include "sender/tree.h"
#include "sender/variables.h"
#include "wire/order.h"

enum { COMMAND_ARGUMENTS_MAX = 32 };

/* A NULL node: not said. The nodes are judged. */
struct command {
	const struct tree_node *program, *arguments, *input, *number;
	const struct tree_node *success, *id, *errors;
};

int command_read(const struct tree_node *group, const struct variables *v, struct command *c,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* What one program is given. */
struct command_sheet {
	const char
		*argv[1 + COMMAND_ARGUMENTS_MAX + 1]; /* argv[0]: the program's path, as o has it */
	struct buffer arguments[COMMAND_ARGUMENTS_MAX];
	struct buffer input;
	struct parcel parcel;
};

/* v: the order's variables. The caller wipes *s on success. */
int command_fill(const struct command *c, const struct order *o, const struct values *v,
	struct command_sheet *s, struct fault *f) __attribute__((warn_unused_result, nonnull));
void command_wipe(struct command_sheet *s) __attribute__((nonnull));

#endif
