/* base64: bytes as text and back (RFC 4648, section 4).
 *
 * Owns: the standard alphabet with padding.
 * MUST: when reading take what it would write itself and nothing else: no blanks, no missing
 *       padding, no bits left over (C7); on failure leave nothing in *out.
 * Never: allocates. Links libc only. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stddef.h>

/* Characters of n bytes, with the NUL. */
#define BASE64_SIZE(n) (((n) + 2) / 3 * 4 + 1)

/* -1: it does not fit. */
int base64_encode(const void *bytes, size_t len, char *out, size_t cap)
	__attribute__((warn_unused_result, nonnull(3)));
/* -1: no base64, or it does not fit. */
int base64_decode(const char *text, unsigned char *out, size_t cap, size_t *len)
	__attribute__((warn_unused_result, nonnull));

#endif
