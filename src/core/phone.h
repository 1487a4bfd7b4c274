/* phone: one checked E.164 number (MSISDN).
 *
 * Owns: normalising, judging and masking numbers (G2, G3).
 * MUST: hold `+` and 7 to 15 digits, the first not 0; refuse what is ambiguous instead of
 *       guessing a country.
 * Never: does I/O. Pure. */
#ifndef CORE_PHONE_H
#define CORE_PHONE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

enum { PHONE_MAX = 16 }; /* '+' and 15 digits */

struct phone {
	char e164[PHONE_MAX + 1];
};

/* Exactly ^\+[1-9][0-9]{6,14}$, nothing normalised: for stored numbers. */
int phone_read(const char *text, struct phone *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Friendly input: blanks, hyphens, dots, slashes, brackets dropped, "(0)" after a country code
 * dropped, 00 -> +. A national number (leading single 0, or no + and no 00) is refused with a
 * text that says how to write it. */
int phone_normalise(const char *text, struct phone *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* The number begins with one of n prefixes ("+49"). An empty list allows nothing. "+1" is the
 * United States and Canada: the other countries that share it need an entry with their area code
 * ("+1876"). */
bool phone_allowed(const struct phone *p, const char prefixes[][PHONE_MAX + 1], size_t n)
	__attribute__((nonnull(1)));

/* Ranges that cost extra, or are no country's: see the source for the list and where it comes
 * from. */
bool phone_premium(const struct phone *p) __attribute__((nonnull));

/* "...12" */
void phone_mask(const struct phone *p, char *out, size_t cap) __attribute__((nonnull));

#endif
