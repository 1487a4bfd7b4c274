/* record: one user's counters, lock and live challenges, in memory and as bytes.
 *
 * Owns: the fields and their encoding (sms-otp-state(5)).
 * MUST: decode what it encoded, byte for byte; refuse a payload with values that the code never
 *       writes; hold no clear code.
 * Never: does I/O, reads a clock, decides. Pure.
 *
 * Times: *_wall_s are wall seconds that never run backwards (see height); *_boot_ms hold only
 * while boot_id matches. */
#ifndef CORE_RECORD_H
#define CORE_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/fault.h"
#include "base/number.h"
#include "core/height.h"
#include "core/meter.h"
#include "core/slot.h"
#include "wire/talk.h"

enum {
	RECORD_VERSION = 1,
	RECORD_SLOT_SIZE = 4096,
	RECORD_CHALLENGES = 4, /* two terminals at once must both work; a fifth is refused */
	RECORD_PURSES = 3,
	RECORD_CHALLENGE_ID = 16,
};

/* Budgets of one user are kept apart by who spends them (E1, B6). */
enum record_purse {
	RECORD_PURSE_STRANGER = 0, /* through a root host, from anywhere */
	RECORD_PURSE_KNOWN = 1, /* through a root host, from a known place (B6; not drawn on yet) */
	RECORD_PURSE_OWN = 2,   /* through a host that runs as the user */
};

struct record_purse_state {
	struct meter failures;                        /* wrong codes in lockout.window */
	uint32_t consecutive;                         /* failures since the last success */
	uint32_t lock_level;                          /* how often the lock was doubled */
	int64_t lock_start_wall_s, lock_until_wall_s; /* 0: not locked */
	int64_t lock_until_boot_ms; /* with lock_boot_id: the measure within one boot (F5) */
	unsigned char lock_boot_id[CLOCK_BOOT_ID_SIZE];
	struct meter sends[NUMBER_RATES_MAX];
	struct meter successes[NUMBER_RATES_MAX];
	uint32_t sends_since_success;
	int64_t last_send_wall_s;
	int64_t last_send_boot_ms; /* with last_send_boot_id */
	unsigned char last_send_boot_id[CLOCK_BOOT_ID_SIZE];
};

/* A live challenge. gone_boot_ms 0: free place, all zero. tries_left 0 in a place that is not
 * free: the last try is being judged, or has failed; no further guess is charged to it. */
struct record_challenge {
	unsigned char id[RECORD_CHALLENGE_ID];
	unsigned char mac[DIGEST_SIZE]; /* of id and code under the site's key */
	unsigned char boot_id[CLOCK_BOOT_ID_SIZE];
	/* the place is free after it: eleven minutes after the last that happened */
	int64_t gone_boot_ms;
	uint32_t tries_left;
	uint32_t purse;
};

enum record_block { RECORD_BLOCK_NONE = 0, RECORD_BLOCK_ADMIN = 1, RECORD_BLOCK_FAILURES = 2 };

struct record {
	uint32_t uid;
	char name[TALK_USER_MAX + 1];
	struct height high; /* the highest wall time seen */
	uint32_t block;     /* enum record_block */
	struct record_purse_state purse[RECORD_PURSES];
	struct record_challenge challenges[RECORD_CHALLENGES];
};

extern const struct slot_shape record_shape;

void record_init(struct record *r, uint32_t uid, const char *name) __attribute__((nonnull));
int record_encode(const struct record *r, uint64_t sequence, unsigned char slot[RECORD_SLOT_SIZE],
	struct fault *f) __attribute__((warn_unused_result, nonnull));
/* c: on a payload, from slot_pick. DAMAGED on anything unexpected. */
int record_decode(struct slot_cursor *c, struct record *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
