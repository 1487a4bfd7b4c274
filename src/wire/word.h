/* word: what a sender that stays for more orders says beside its receipts.
 *
 * Behind a receipt: READY, when the message is forgotten and the next order may come; it ends
 * without this word where it does not stay. Before it does anything about an order that is not
 * its first: TAKEN. So of a sender that ended, and has not said TAKEN, it is certain that nobody
 * was asked to send anything (E9).
 *
 * Owns: the two words.
 * MUST: take nothing else for one (E3).
 * Never: carries anything about a message. */
#ifndef WIRE_WORD_H
#define WIRE_WORD_H

#include <stdint.h>

#include "base/fault.h"

enum word { WORD_TAKEN = 1, WORD_READY };

int word_say(int fd, enum word word, int64_t deadline_ms, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* Anything but this word is a fault. */
int word_hear(int fd, enum word word, int64_t deadline_ms, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
