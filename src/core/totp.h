/* totp: the codes of an authenticator app (RFC 6238: SHA-1, 6 digits, 30 s).
 *
 * Owns: the only calls of liboath; the making of a key, and the URI by which an app takes it.
 * MUST: take the code of the present step, of the one before and of the one after, each only once:
 *       none of a step that is not above the last one accepted; compare all three in constant
 *       time, whichever fits (A5).
 * Never: reads a clock, stores, counts. Pure, but for random numbers. */
#ifndef CORE_TOTP_H
#define CORE_TOTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/secret.h"
#include "core/record.h"

enum {
	TOTP_DIGITS = 6,
	TOTP_PERIOD_S = 30,
	TOTP_URI_MAX = 200,
	/* 160 bits in base 32, and a NUL */
	TOTP_KEY_SHOWN = RECORD_APP_KEY * 8 / 5 + 1,
};

int totp_make_key(unsigned char key[RECORD_APP_KEY], struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Base 32 (RFC 4648), for typing it into an app. The caller wipes it. */
void totp_show_key(const unsigned char key[RECORD_APP_KEY], char out[TOTP_KEY_SHOWN])
	__attribute__((nonnull));
/* otpauth://totp/HOST:USER?secret=...&issuer=HOST, with names cut to what a URI takes as it is. The
 * caller wipes it. */
void totp_uri(const unsigned char key[RECORD_APP_KEY], const char *host, const char *user,
	char out[TOTP_URI_MAX]) __attribute__((nonnull));

/* The code of a step, *out of exactly 6 digits; the caller wipes it. */
int totp_code(const unsigned char key[RECORD_APP_KEY], int64_t step, struct secret *out,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* *step: the step that code is of, where it may be accepted at wall_s; 0 where it may not, which is
 * no fault. -1: it could not be found out. */
int totp_match(const struct record_app *app, const struct secret *code, int64_t wall_s,
	int64_t *step, struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
