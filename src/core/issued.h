/* issued: the code that an administrator makes for one login of a user, and reads out.
 *
 * Owns: its length, which is never that of the SMS's code, an app's or a recovery code; its keyed
 *       hash.
 * MUST: draw every code with equal likelihood, leading zeros kept; bind the hash to the user and
 *       to this use.
 * Never: stores, counts, compares, reads a clock. Pure, but for random numbers. */
#ifndef CORE_ISSUED_H
#define CORE_ISSUED_H

#include <stdint.h>

#include "base/digest.h"
#include "base/fault.h"
#include "base/secret.h"

enum {
	ISSUED_DIGITS = 8,
	ISSUED_DIGITS_ELSE = 10, /* where the SMS's code has 8 */
	ISSUED_VALID_S = 900,
	ISSUED_VALID_MAX_S = 86400,
};

/* How long it is, where an SMS's code has so many digits. */
uint32_t issued_digits(uint32_t sms_digits);

/* The caller wipes *out. */
int issued_make(uint32_t digits, struct secret *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* The hash that is stored. */
int issued_mac(const unsigned char key[DIGEST_SIZE], uint32_t uid, const struct secret *code,
	unsigned char out[DIGEST_SIZE], struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
