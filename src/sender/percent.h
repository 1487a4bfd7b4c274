/* percent: text as a part of a URL, by libcurl's escaper (E5).
 *
 * Owns: percent-encoding of all but the unreserved characters of RFC 3986.
 * MUST: let no two characters stand together in what libcurl frees: they may be of a code or a
 *       key; mark the buffer bad where there is no memory.
 * Never: makes a request; starts libcurl. */
#ifndef SENDER_PERCENT_H
#define SENDER_PERCENT_H

#include <stddef.h>

#include "sender/buffer.h"

void percent_add(struct buffer *b, const char *s, size_t len) __attribute__((nonnull(1)));

#endif
