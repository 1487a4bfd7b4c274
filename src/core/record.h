/* record: one user's counters, lock and live challenges, in memory and as bytes.
 *
 * Owns: the fields and their encoding (sms-otp-state(5)).
 * MUST: decode what it encoded, byte for byte; refuse a payload with values that the code never
 *       writes; hold no clear code (an app's key has to be there).
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
#include "core/span.h"
#include "core/tally.h"
#include "wire/talk.h"

enum {
	RECORD_VERSION = 1,
	RECORD_SLOT_SIZE = 4096,
	RECORD_CHALLENGES = 4, /* two terminals at once must both work; a fifth is refused */
	RECORD_PURSES = 3,
	RECORD_CHALLENGE_ID = 16,
	RECORD_OFFLINE_PURSES = 2,
	RECORD_RECOVERY_CODES = 10,
	RECORD_APP_KEY = 20,
	RECORD_PLACES = 16,
	RECORD_PLACE_MAC = 16,     /* half a hash is enough to tell places apart */
	RECORD_PLACE_SERVICE = 28, /* with its NUL; a longer name is cut */
};

/* Budgets of one user are kept apart by who spends them (E1, B6). */
enum record_purse {
	RECORD_PURSE_STRANGER = 0, /* through a root host, from anywhere */
	RECORD_PURSE_KNOWN = 1,    /* through a root host, from a known place (B6) */
	RECORD_PURSE_OWN = 2,      /* through a host that runs as the user */
	/* guesses at recovery and app codes, so that a lock of one side leaves the other (B7) */
	RECORD_PURSE_OFFLINE = 3,     /* through a root host */
	RECORD_PURSE_OFFLINE_OWN = 4, /* through a host that runs as the user */
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

/* Zero: the challenge is its conversation's alone (A4). */
enum record_bound {
	RECORD_BOUND_NONE = 0,
	RECORD_BOUND_ANY = 1, /* the second step may bring the code alone, or after the password */
	RECORD_BOUND_ALONE = 2, /* alone: the password ends in digits itself */
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
	/* two_step (core/binding.h); all zero where there is no second step to wait for */
	uint32_t bound; /* enum record_bound */
	uint32_t sends; /* what the second step's success gives back */
	unsigned char binding[RECORD_PLACE_MAC];
};

/* Zero: none was made. */
enum record_recovery_state {
	RECORD_RECOVERY_NONE = 0,
	RECORD_RECOVERY_UNUSED,
	RECORD_RECOVERY_USED
};

struct record_recovery {
	unsigned char
		mac[DIGEST_SIZE]; /* of uid and code under the site's key; zero unless UNUSED */
	uint32_t state;
};

/* An authenticator app (RFC 6238). */
struct record_app {
	uint32_t enrolled; /* 1; 0: none, and all is zero */
	unsigned char key[RECORD_APP_KEY];
	int64_t last_step; /* the time step of the last code that was accepted */
};

/* A code that an administrator read out (core/issued.h). All zero: none. */
struct record_issued {
	unsigned char mac[DIGEST_SIZE]; /* of uid and code under the site's key */
	struct span span;               /* as long as it is valid */
};

/* What lets in without an SMS. All zero: nothing is enrolled. */
struct record_offline {
	struct record_purse_state purse[RECORD_OFFLINE_PURSES]; /* nothing of sends is stored */
	struct record_recovery recovery[RECORD_RECOVERY_CODES];
	struct record_app app;
	struct record_issued issued;
};

/* What a place is. Zero: none; a free entry, all zero. */
enum record_place_kind {
	RECORD_PLACE_NONE = 0,
	RECORD_PLACE_ADDRESS,
	RECORD_PLACE_KEY,
	RECORD_PLACE_SESSION, /* of a terminal; over with its logout or the boot */
	RECORD_PLACE_CONSOLE,
	RECORD_PLACE_KINDS
};

/* The last success from one place through one service. */
struct record_place {
	uint32_t kind;
	unsigned char mac[RECORD_PLACE_MAC]; /* keyed; the place itself is not on the disk */
	int64_t last_wall_s;                 /* never 0 in an entry that is used */
	int64_t last_clock_s;                /* the same moment, by the clock */
	char service[RECORD_PLACE_SERVICE];
};

/* The user is not asked for a while (core/bypass.h). All zero: none. */
struct record_bypass {
	struct span span;
	char service[TALK_SERVICE_MAX + 1]; /* "": every one */
};

/* Codes that nobody answered, sent for logins from unknown places (core/fatigue.h). All zero:
 * none. */
struct record_fatigue {
	struct tally unanswered;
	struct span pause; /* none is sent meanwhile */
};

enum record_block { RECORD_BLOCK_NONE = 0, RECORD_BLOCK_ADMIN = 1, RECORD_BLOCK_FAILURES = 2 };

struct record {
	uint32_t uid;
	char name[TALK_USER_MAX + 1];
	struct height high; /* the highest wall time seen */
	uint32_t block;     /* enum record_block */
	struct record_purse_state purse[RECORD_PURSES];
	struct record_challenge challenges[RECORD_CHALLENGES];
	struct record_offline offline;
	struct record_place places[RECORD_PLACES];
	struct record_bypass bypass;
	struct record_fatigue fatigue;
	/* 1: of an enrolment at login that has not been finished (core/enlist.h). Means nothing
	 * where the directory has an entry */
	uint32_t candidate;
};

extern const struct slot_shape record_shape;

void record_init(struct record *r, uint32_t uid, const char *name) __attribute__((nonnull));
int record_encode(const struct record *r, uint64_t sequence, unsigned char slot[RECORD_SLOT_SIZE],
	struct fault *f) __attribute__((warn_unused_result, nonnull));
/* c: on a payload, from slot_pick. DAMAGED on anything unexpected. */
int record_decode(struct slot_cursor *c, struct record *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Recovery codes that are left. */
unsigned record_recovery_left(const struct record_offline *o)
	__attribute__((warn_unused_result, nonnull));

#endif
