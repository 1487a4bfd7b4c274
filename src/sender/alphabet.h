/* alphabet: what characters a text is made of.
 *
 * Owns: the UTF-8 reader; the GSM 03.38 default alphabet (3GPP TS 23.038, with its extension
 *       table) as far as the sender needs it: whether a text fits it.
 * MUST: refuse overlong forms, surrogates and code points over U+10FFFF.
 * Never: changes a text. Pure. */
#ifndef SENDER_ALPHABET_H
#define SENDER_ALPHABET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The character at s (at least one byte left before the NUL) and its bytes; 0 bytes: not UTF-8. */
size_t alphabet_next(const char *s, uint32_t *c) __attribute__((nonnull));

bool alphabet_utf8(const char *s) __attribute__((nonnull));
/* Every character is in GSM 03.38. */
bool alphabet_gsm(const char *s) __attribute__((nonnull));
/* A byte below 0x20, or 0x7f. */
bool alphabet_control(const char *s) __attribute__((nonnull));

#endif
