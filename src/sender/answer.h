/* answer: what came back, made into a receipt.
 *
 * Owns: the outcome of every kind of call; the words of the note; the filter for what a provider
 *       wrote.
 * MUST: accept only what the description's success names, status and tests (E6); take a lost
 *       connection after the hand-over, and a 2xx that nobody understands, for RECEIPT_UNKNOWN in
 *       a send (E9); pass on codes of [A-Za-z0-9._-] only, without runs of seven digits or more;
 *       say nothing of the body, the number, the text or a credential (G1).
 * Never: does I/O. Pure. */
#ifndef SENDER_ANSWER_H
#define SENDER_ANSWER_H

#include "sender/block.h"
#include "sender/http.h"
#include "wire/order.h"

/* number: the order's, so that an id that holds it is not passed on. */
void answer_judge(const struct block *b, const struct http_answer *a, const char *number,
	struct receipt *r) __attribute__((nonnull));

#endif
