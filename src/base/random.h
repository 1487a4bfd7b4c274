/* random: unpredictable bytes and unbiased numbers (A1).
 *
 * Owns: the only calls of OpenSSL's CSPRNG.
 * MUST: fail rather than give a predictable value; draw numbers by rejection sampling.
 * Never: seeds itself, caches. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

int random_bytes(void *out, size_t len, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* A number in [0, bound), every value equally likely. bound 1..2^63. */
int random_below(uint64_t bound, uint64_t *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
