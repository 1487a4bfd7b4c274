/* digest: SHA-256 and HMAC-SHA-256 over OpenSSL, and SHA-1 for who cannot do better.
 *
 * Owns: the only calls of OpenSSL's digests.
 * MUST: give the whole digest or fail; on failure *out is zeroed.
 * Never: compares (secret_same_bytes does), or uses SHA-1 for anything of our own: a provider's
 *        signatures want it. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>

#include "base/fault.h"

enum { DIGEST_SIZE = 32, DIGEST_SHA1_SIZE = 20 };

/* One piece of what is hashed. For digest_mac each part is preceded by its length as 64-bit big
 * endian, so that two different lists of parts never hash the same bytes. */
struct digest_part {
	const void *bytes;
	size_t len;
};

/* SHA-256 of bytes (no length prefix). */
int digest_sha256(const void *bytes, size_t len, unsigned char out[DIGEST_SIZE], struct fault *f)
	__attribute__((warn_unused_result, nonnull));

int digest_sha1(const void *bytes, size_t len, unsigned char out[DIGEST_SHA1_SIZE], struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* The plain HMAC-SHA-256 of RFC 2104, under a key of any length but none. For what others verify;
 * our own is digest_mac. */
int digest_hmac(const struct digest_part *key, const struct digest_part *message,
	unsigned char out[DIGEST_SIZE], struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* What OpenSSL finds and loads at its first use, now: for who has children that would each do it.
 */
void digest_prepare(void);

/* HMAC-SHA-256 under a 32-byte key over the length-prefixed parts. The first part names the
 * purpose. */
int digest_mac(const unsigned char key[DIGEST_SIZE], const struct digest_part *parts, size_t nparts,
	unsigned char out[DIGEST_SIZE], struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
