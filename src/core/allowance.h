/* allowance: how many messages a user, a number, an address, a prefix and the site may have (B5).
 *
 * Owns: the budgets of sends and the waits between them: charge, refund, and what a success gives
 *       back.
 * MUST: charge all budgets of a send or none; give a refusal as the zero; undo exactly what a
 *       charge did, or leave too much charged where others share a cell; never move another
 *       purse's numbers (B6), nor have hosts that run as their user take more than half of what is
 *       everybody's (E1); take time only from `now`, as limit.
 * Never: does I/O. Pure: it changes the record and the site in memory, the caller commits. */
#ifndef CORE_ALLOWANCE_H
#define CORE_ALLOWANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/limit.h"
#include "core/record.h"
#include "core/site.h"
#include "core/sketch.h"

/* What everything here needs to know; core/payer makes it. */
struct allowance_terms {
	struct limit_terms limit;           /* a purse that has sends */
	struct sketch_spot number, address; /* for this purse */
	const char *prefix;                 /* "": not counted */
	int64_t site_ahead_s;               /* what the site's time is ahead of now's wall_s */
	int64_t since_site_s;               /* by the site's: no send of this login is older */
};

/* May a message be sent, and charge it everywhere, waits included. cooldown_s: a further minimum
 * since the last send, for a resend; 0 for a first send. */
struct limit_result allowance_charge_send(const struct allowance_terms *t, struct record *r,
	struct site *s, uint32_t cooldown_s) __attribute__((nonnull));
/* It is certain that no provider took it (B2): all get it back, and the wait is undone. */
void allowance_refund_send(const struct allowance_terms *t, struct record *r, struct site *s)
	__attribute__((nonnull));

/* May a message that is being sent go by one more route as well, and charge it: the budgets of any
 * send, without the waits, which are for who asks too often. */
struct limit_result allowance_charge_further(
	const struct allowance_terms *t, struct record *r, struct site *s) __attribute__((nonnull));
/* It is certain that this further one was not taken. */
void allowance_refund_further(const struct allowance_terms *t, struct record *r, struct site *s)
	__attribute__((nonnull));

/* A login has succeeded: clear the waits, and give `sends` sends back to the user unless the day's
 * cap of successes is reached. True: they are to be given back to number and address too. */
bool allowance_give_back(const struct limit_terms *t, struct record *r, uint32_t sends)
	__attribute__((nonnull));
/* That: prefix and site keep every send, since they are about money. */
void allowance_give_back_shared(const struct allowance_terms *t, struct site *s, uint32_t sends)
	__attribute__((nonnull));

/* For `sms-otp unlock`: all purses' waits. */
void allowance_unlock(struct record *r) __attribute__((nonnull));

/* The rates that "auto" stands for with this many enrolled users: never under 60/1h and 300/1d. */
void allowance_auto_rates(uint32_t enrolled, struct number_rate rates[NUMBER_RATES_MAX])
	__attribute__((nonnull));

/* What everybody's messages, and those of each prefix, may come to by these settings. */
void allowance_site_rates(const struct settings *settings, uint32_t enrolled,
	struct number_rate all[NUMBER_RATES_MAX], struct number_rate prefix[NUMBER_RATES_MAX])
	__attribute__((nonnull));

/* Whose budget is spent: "user", "number", "address", "prefix", "all"; "" for other answers. */
const char *allowance_name(enum limit_answer a) __attribute__((returns_nonnull));

#endif
