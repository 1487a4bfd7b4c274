/* ending: how a program ended, made into a receipt.
 *
 * Owns: the outcome of every end; the words of the note.
 * MUST: accept only what `success` names, exit status and tests (E6); believe a program that says
 *       failure by its exit status that it took nothing: an entry of `errors`, or
 *       RECEIPT_REQUEST; take one that had to be ended, that a signal ended, or that ended well and
 *       did not say what is expected, for RECEIPT_UNKNOWN (B2, E9).
 * Never: repeats what a program wrote (G1). Pure. */
#ifndef SENDER_ENDING_H
#define SENDER_ENDING_H

#include "base/fault.h"
#include "sender/command.h"
#include "sender/program.h"
#include "wire/order.h"

/* number: the order's, so that an id that holds it is not passed on. */
void ending_judge(const struct command *c, const struct program_end *end, const char *number,
	struct receipt *r) __attribute__((nonnull));
/* Nothing was handed over, and why. */
void ending_not_started(const struct fault *f, struct receipt *r) __attribute__((nonnull));

#endif
