/* secret: the only thing that may hold a code, an answer, a recovery code or an API key.
 *
 * Owns: fixed-capacity bytes with a length; the constant-time comparison; the wipe.
 * MUST: compare in a time that depends on the lengths only (A5); be all zero after secret_wipe;
 *       always keep a NUL after the last byte, so that bytes can be handed to a C library as
 *       text.
 * Never: allocates, copies itself by value, prints. Links libc only: the shim uses it. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* PAM_MAX_RESP_SIZE is 512 with its NUL; a Google service-account-like API token stays under it
 * as well. */
enum { SECRET_MAX = 511 };

struct secret {
	size_t len;
	unsigned char bytes[SECRET_MAX + 1];
};

/* Copy len bytes in. -1, and *s wiped, if they do not fit. */
int secret_set(struct secret *s, const void *bytes, size_t len)
	__attribute__((warn_unused_result, nonnull(1)));

/* Same length and same bytes. Time depends on the lengths only. */
bool secret_equal(const struct secret *a, const struct secret *b)
	__attribute__((warn_unused_result, nonnull));

/* len bytes at a and b are the same; constant time. For digests. */
bool secret_same_bytes(const void *a, const void *b, size_t len)
	__attribute__((warn_unused_result, nonnull));

/* Zero it, length included. Safe on one that is already wiped. */
void secret_wipe(struct secret *s) __attribute__((nonnull));

/* Zero any buffer that a secret passed through. */
void secret_wipe_bytes(void *bytes, size_t len);

#endif
