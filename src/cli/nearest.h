/* nearest: the word that was probably meant.
 *
 * Owns: the distance between two words (insert, drop, change, swap of neighbours).
 * MUST: give NULL rather than a far-fetched guess.
 * Never: allocates, prints. Pure. */
#ifndef CLI_NEAREST_H
#define CLI_NEAREST_H

#include <stddef.h>

/* Edits that turn a into b; words longer than 31 bytes count as far apart. */
unsigned nearest_distance(const char *a, const char *b) __attribute__((nonnull));

/* The nearest of n words within 2 edits (3 from 9 letters on) that leave a letter in place, or
 * NULL. */
const char *nearest_word(const char *typed, const char *const *words, size_t n)
	__attribute__((nonnull));

#endif
