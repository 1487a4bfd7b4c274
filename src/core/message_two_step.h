/* message_two_step: what a person reads of a login in two steps, where the host shows such texts.
 *
 * Owns: the error texts of the two steps; the prompt and the refusals are message's and
 *       message_refusal's.
 * MUST: give texts that are printable, at most 512 bytes, without a newline at the end and without
 *       a code; show at most two digits of a number (G2).
 * Never: does I/O. Pure. */
#ifndef CORE_MESSAGE_TWO_STEP_H
#define CORE_MESSAGE_TWO_STEP_H

#include <stdbool.h>
#include <stddef.h>

#include "core/message.h"

/* By the situation:
 * SENT, SENT_MAYBE  Code sent to ...12 (ref K7QF). Log in again with the code, or with password and
 *                   code in one field.
 * STEP              A code has been sent already. Log in again with the code ...
 * WAIT              Next SMS in 24 s. Log in again then.
 * EXPIRED           That code has expired. Log in again with the password for a new one.
 * any other         nothing
 * alone: the code must come alone. */
void message_two_step(const struct message_prompt *p, bool alone, char *out, size_t cap)
	__attribute__((nonnull));

#endif
