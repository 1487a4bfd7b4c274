/* limit: how often a user may guess.
 *
 * Owns: wrong codes, the lock and its doubling, the block after 100 failures (B3).
 * MUST: give a refusal as the zero; undo exactly what a charge did; never move another purse's
 *       numbers; take time only from `now` (wall_s already monotonic, boot_ms within its boot id,
 *       F5).
 * Never: does I/O. Pure: it changes the record in memory, the caller commits. */
#ifndef CORE_LIMIT_H
#define CORE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "core/record.h"
#include "core/settings.h"

enum { LIMIT_BLOCK_FAILURES = 100, LIMIT_LOCK_MAX_S = 86400 };

enum limit_answer {
	LIMIT_REFUSED = 0, /* nobody said why: treat as broken */
	LIMIT_GRANTED = 0x47a5a574,
	LIMIT_LOCKED = 2,  /* until_wall_s */
	LIMIT_BLOCKED = 3, /* administrator or 100 failures */
	/* core/allowance: a budget is spent; until_wall_s: when all of them have room again */
	LIMIT_SPENT_USER = 4,
	LIMIT_SPENT_SITE = 5,
	LIMIT_WAIT = 6, /* wait_s: seconds until the next send of this user */
	LIMIT_SPENT_NUMBER = 7,
	LIMIT_SPENT_ADDRESS = 8,
	LIMIT_SPENT_PREFIX = 9,
};

struct limit_result {
	enum limit_answer answer;
	int64_t until_wall_s;
	int64_t wait_s;
	bool warn; /* granted, and a budget is now at 80 % or more: to be logged */
};

/* What everything here needs to know. */
struct limit_terms {
	const struct settings *settings;
	const struct clock_now *now;
	enum record_purse purse;
};

/* Blocked or locked? Changes nothing. GRANTED, LOCKED or BLOCKED. */
struct limit_result limit_standing(const struct limit_terms *t, const struct record *r)
	__attribute__((nonnull));

/* What one charged guess did, so that its own success can undo it. */
struct limit_guess {
	bool locked;  /* it set the lock */
	bool blocked; /* it set the block */
	uint32_t level_before;
	int64_t lock_until_boot_ms; /* names the lock it set, so that no other one is undone */
};

/* Count a failure before the comparison (B1). GRANTED: compare now. A guess that reaches
 * lockout.failures is still granted, and sets the lock in the same change. LOCKED, BLOCKED: do
 * not compare. */
struct limit_result limit_charge_guess(const struct limit_terms *t, struct record *r,
	struct limit_guess *guess) __attribute__((nonnull));
/* The guess was no failure (right but late): undo the charge only. */
void limit_refund_guess(const struct limit_terms *t, struct record *r,
	const struct limit_guess *guess) __attribute__((nonnull));
/* The guess was right: undo its charge, clear the consecutive count. */
void limit_success(const struct limit_terms *t, struct record *r, const struct limit_guess *guess)
	__attribute__((nonnull));

/* For `sms-otp unlock`: all purses' locks and failures, and a block by failures. */
void limit_unlock(struct record *r) __attribute__((nonnull));

#endif
