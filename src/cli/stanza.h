/* stanza: an example for sms-otp.conf, made of a description.
 *
 * Owns: which variables stand in it, and how: required ones with CHANGE-ME, secrets as the name of
 *       a file, optional ones as comments, of each one_of the first.
 * MUST: write what the settings' parser takes once every CHANGE-ME is replaced; quote.
 * Never: has a value that could be taken for a real one. Pure. */
#ifndef CLI_STANZA_H
#define CLI_STANZA_H

#include "base/text.h"
#include "cli/description.h"

enum { STANZA_MAX = 32768 };

/* Appends to a line of at least STANZA_MAX bytes; each row ends in a newline. */
void stanza_write(const struct description *d, struct text_line *out) __attribute__((nonnull));

#endif
