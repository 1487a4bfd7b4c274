/* letter: one message as mail writes it (RFC 5322, RFC 2045, RFC 2047).
 *
 * Owns: the headers, the encoding of subject and text, the lines.
 * MUST: refuse an address that is not one plain address, and a subject with control characters,
 *       so that nothing can add a header (E5); say that it was made by a machine, so that nobody
 *       answers; write ASCII in lines that end in CRLF and never begin with a dot.
 * Never: does I/O, reads a clock, or says a value in a fault (G1). Pure. */
#ifndef SENDER_LETTER_H
#define SENDER_LETTER_H

#include <stdint.h>

#include "base/fault.h"
#include "sender/buffer.h"

enum { LETTER_TOKEN_SIZE = 16 };

struct letter {
	const char *from, *to;
	const char *subject; /* NULL: none */
	const char *text;    /* UTF-8 */
	int64_t wall_s;
	unsigned char token[LETTER_TOKEN_SIZE]; /* random: the message's id */
};

/* "LOCAL@DOMAIN" and nothing else; what names it in the fault. */
int letter_check_address(const char *what, const char *address, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
int letter_write(const struct letter *l, struct buffer *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
