/* claim: what a fuzz target says of every input; one that does not hold ends the run.
 *
 * Owns: CLAIM. It works under libFuzzer and under replay alike, so it is neither assert nor check. */
#ifndef TESTS_FUZZ_CLAIM_H
#define TESTS_FUZZ_CLAIM_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CLAIM(what) claim((what), #what, __FILE__, __LINE__)

static inline void claim(int holds, const char *what, const char *file, int line)
{
	if (holds)
		return;
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}

/* How many inputs got as far as the claims are about: few would be a poor test. */
extern unsigned long fuzz_taken;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Input number i made from a shipped description, for the targets that can: its length, 0 after the last. */
size_t fuzz_seed(const char *name, const char *text, unsigned i, char *out, size_t cap)
	__attribute__((weak));

#endif
