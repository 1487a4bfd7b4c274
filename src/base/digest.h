/* digest: SHA-256 and HMAC-SHA-256 over OpenSSL.
 *
 * Owns: the only calls of OpenSSL's digests.
 * MUST: give 32 bytes or fail; on failure *out is zeroed.
 * Never: compares (secret_same_bytes does). */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>

#include "base/fault.h"

enum { DIGEST_SIZE = 32 };

/* One piece of what is hashed. For digest_mac each part is preceded by its length as 64-bit big
 * endian, so that two different lists of parts never hash the same bytes. */
struct digest_part {
	const void *bytes;
	size_t len;
};

/* SHA-256 of bytes (no length prefix). */
int digest_sha256(const void *bytes, size_t len, unsigned char out[DIGEST_SIZE], struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* HMAC-SHA-256 under a 32-byte key over the length-prefixed parts. The first part names the
 * purpose. */
int digest_mac(const unsigned char key[DIGEST_SIZE], const struct digest_part *parts, size_t nparts,
	unsigned char out[DIGEST_SIZE], struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
