/* binding: what ties the second step of a two-step login to its first (A4's one exception).
 *
 * Owns: the keyed hash of service and address (/32, /64, or /128 as core/place has them); how long
 *       such a challenge is valid and how long its place is kept, on the user's record.
 * MUST: take no address for a binding of its own; measure on CLOCK_BOOTTIME within one boot; call
 *       nothing valid at the end of the lifetime or after it.
 * Never: does I/O, reads a clock, knows a code. Pure but for the digest. */
#ifndef CORE_BINDING_H
#define CORE_BINDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/fault.h"
#include "core/facts.h"
#include "core/record.h"

/* So long after its end a code is still told to be too late; then its place is free. */
enum { BINDING_GRACE_MS = 60000 };

struct binding {
	unsigned char mac[RECORD_PLACE_MAC];
	bool alone; /* the code must come alone (RECORD_BOUND_ALONE) */
};

/* Of the user's service and address. */
int binding_make(const unsigned char key[DIGEST_SIZE], uint32_t uid, const struct facts *facts,
	struct binding *out, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Bind a challenge that has just taken its place. It counts from now on; binding_sent says better
 * when a provider has the message. */
void binding_enter(const struct binding *b, const struct clock_now *now, int64_t lifetime_s,
	struct record_challenge *place) __attribute__((nonnull));
void binding_sent(struct record_challenge *place, int64_t valid_until_ms, uint32_t sends)
	__attribute__((nonnull));

/* The place that is bound so and has not been freed yet, valid or expired; or -1. */
int binding_find(const struct record *r, const struct binding *b, const struct clock_now *now)
	__attribute__((warn_unused_result, nonnull));

/* Until when the code of such a place is valid. */
int64_t binding_valid_until_ms(const struct record_challenge *place) __attribute__((nonnull));

/* A valid one is there, with tries or without. An expired one is forgotten. */
bool binding_stands(struct record *r, const struct binding *b, const struct clock_now *now)
	__attribute__((warn_unused_result, nonnull));

#endif
