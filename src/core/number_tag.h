/* number_tag: what stands for a number in logs (G1).
 *
 * Owns: the keyed tag.
 * MUST: give the same number the same tag on one site, and tell no more of it than two digits.
 * Never: does I/O. */
#ifndef CORE_NUMBER_TAG_H
#define CORE_NUMBER_TAG_H

#include "core/state.h"

/* Six hex digits, "..", the last two digits. cap >= 11. "?" if the digest fails. */
void number_tag(const struct state *s, const char *e164, char *out, unsigned long cap)
	__attribute__((nonnull));

#endif
