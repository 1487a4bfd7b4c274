/* recovery: the codes that a person keeps on paper for the day the phone is gone.
 *
 * Owns: their alphabet (Crockford's base 32), length (16 symbols, 80 bits), the way they are shown
 *       and read, and their keyed hash.
 * MUST: draw every code with equal likelihood; read what a person may make of one: either case,
 *       blanks and hyphens anywhere, O for 0, I and L for 1; of exactly 16 symbols (A5); bind the
 *       hash to the user.
 * Never: stores, counts, compares. Pure, but for random numbers. */
#ifndef CORE_RECOVERY_H
#define CORE_RECOVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/fault.h"
#include "base/secret.h"

enum {
	RECOVERY_SYMBOLS = 16,
	RECOVERY_SHOWN = 20, /* XXXX-XXXX-XXXX-XXXX and a NUL */
	RECOVERY_FEW = 3,    /* so many left: say so */
};

/* *out holds the 16 symbols; the caller wipes it. */
int recovery_make(struct secret *out, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* XXXX-XXXX-XXXX-XXXX. The caller wipes it. */
void recovery_show(const struct secret *code, char out[RECOVERY_SHOWN]) __attribute__((nonnull));

/* What was typed reads as a recovery code: its 16 symbols. *code is wiped otherwise; the caller
 * wipes it. */
bool recovery_read(const struct secret *typed, struct secret *code)
	__attribute__((warn_unused_result, nonnull));

/* The hash that is stored. */
int recovery_mac(const unsigned char key[DIGEST_SIZE], uint32_t uid, const struct secret *code,
	unsigned char out[DIGEST_SIZE], struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
