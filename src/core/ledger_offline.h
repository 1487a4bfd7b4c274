/* ledger_offline: what guesses at recovery, app and issued codes change in the record on disk.
 *
 * Owns: the charge of such a guess, and the consumption of what was right, each as one locked,
 *       synced change (B1, A3).
 * MUST: charge a purse of their own, so that a lock of the SMS side leaves this one and the
 *       reverse (B7); have written and synced a charge before it says LEDGER_GRANTED; consume a
 *       recovery code that is still unused, a time step above the last accepted one, or an issued
 *       code within its time, or say LEDGER_VOID; take nothing for an app while this side is
 *       locked, whatever purse paid.
 * Never: asks, compares, or keeps a lock when it returns. */
#ifndef CORE_LEDGER_OFFLINE_H
#define CORE_LEDGER_OFFLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ledger.h"
#include "core/record.h"
#include "core/verdict.h"

/* What there is, and whether it may be tried: GRANTED, LOCKED (until when) or BLOCKED. Writes
 * nothing. An issued code whose time is over is none. The caller wipes *seen: it holds the key of
 * an app. */
int ledger_offline_look(const struct ledger *l, struct record_offline *seen, struct ledger_grant *g,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* A charged guess. */
struct ledger_offline_guess {
	struct limit_guess limit;
	int64_t until_wall_s;       /* if this guess set the lock: its end */
	struct record_offline seen; /* what to compare with; the caller wipes it */
};

int ledger_offline_charge(const struct ledger *l, struct ledger_offline_guess *guess,
	struct ledger_grant *g, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* What was right. */
struct ledger_offline_use {
	enum verdict_by by;
	unsigned char mac[DIGEST_SIZE];    /* RECOVERY, ISSUED: its hash */
	struct record_app app;             /* APP: as it was compared; the caller wipes it */
	int64_t step;                      /* APP */
	struct limit_guess limit;          /* what the guess was charged as */
	bool paid_as_sms;                  /* on the purse of the SMS codes */
	uint32_t sends;                    /* what the success gives back */
	const struct challenge *challenge; /* goes off the record; NULL: there is none */
};

/* GRANTED is the login's success. *left: recovery codes that are left. */
int ledger_offline_consume(const struct ledger *l, const struct ledger_offline_use *use,
	unsigned *left, struct ledger_grant *g, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
