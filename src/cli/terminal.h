/* terminal: asking the person who runs the tool.
 *
 * Owns: reading standard input, a line at a time, without stdio's buffers (which could not be
 *       wiped).
 * MUST: give what was typed in a struct secret; take an over-long line whole and call it so (A6);
 *       keep the deadline.
 * Never: turns echo off (a code is worth nothing once it is used); reads past the end of its
 *       line. */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "wire/talk.h"

/* Somebody can be asked: standard input is a terminal. */
bool terminal_there(void);

/* The two halves of terminal_ask. */
void terminal_show(const char *prompt) __attribute__((nonnull));
int terminal_read(int64_t deadline_ms, struct talk_answer *answer, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Show prompt on stderr and read one line. GONE at the end of input, LATE at the deadline. The
 * caller wipes *answer. */
int terminal_ask(const char *prompt, int64_t deadline_ms, struct talk_answer *answer,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Ask until the line is one of these letters (either case); 0 at the end of input. */
char terminal_choose(const char *prompt, const char *letters) __attribute__((nonnull));

#endif
