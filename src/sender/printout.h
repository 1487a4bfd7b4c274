/* printout: facts for the administrator's tool, one a line: KEY=VALUE.
 *
 * Owns: the form of a line; which characters a value may have.
 * MUST: leave no control character in a value, nor what is not UTF-8 or turns the direction of
 *       writing: who wrote the description does not write on the administrator's terminal.
 * Never: writes to a descriptor. Pure. */
#ifndef SENDER_PRINTOUT_H
#define SENDER_PRINTOUT_H

#include "sender/buffer.h"

/* One line. What cannot stand there becomes '?', a newline too. */
void printout_line(struct buffer *out, const char *key, const char *value) __attribute__((nonnull));
/* As many lines as text has; a carriage return at the end of one goes with it. At least one. */
void printout_lines(struct buffer *out, const char *key, const char *text) __attribute__((nonnull));
/* "end=": nothing was cut off. */
void printout_end(struct buffer *out) __attribute__((nonnull));

#endif
