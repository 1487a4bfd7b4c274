/* gsm7: how long a text is as an SMS (3GPP TS 23.038, TS 23.040).  Owns: the default alphabet of
 * GSM 03.38 with its extension table; the strict reading of UTF-8; the counting of segments.
 * MUST: refuse malformed UTF-8 (overlong forms, surrogates, beyond U+10FFFF); count an extension
 * character as two septets and never split it, nor a surrogate pair, between segments. Never:
 * does I/O. Pure. */
#ifndef CORE_GSM7_H
#define CORE_GSM7_H

#include <stdint.h>

/* The character at *at, which is moved behind it. -1: malformed or the end. */
int gsm7_take(const char **at, uint32_t *character) __attribute__((warn_unused_result, nonnull));

/* Septets of the whole text, or -1 when a character is outside the alphabet or utf8 is
 * malformed. */
int gsm7_septets(const char *utf8) __attribute__((nonnull));

/* Segments that the text needs: GSM-7 160 / 153 each, or UCS-2 70 / 67 each. 0: malformed. The
 * empty text needs one. */
int gsm7_segments(const char *utf8) __attribute__((nonnull));

#endif
