/* ledger: the changes that one login makes to the records on disk.
 *
 * Owns: each charge, refund, consumption and end of a challenge as one locked, synced change (B1,
 *       B2, A3, B4).
 * MUST: have written and synced a charge before it says LEDGER_GRANTED; read after locking (F4);
 *       consume a challenge that is still there or say LEDGER_VOID; leave the records as they
 *       were when it refuses, but for the begin of a pause.
 * Never: asks, sends, compares, or keeps a lock when it returns.
 *
 * Every function returns 0 with g filled, or -1 with *f and g->answer LEDGER_REFUSED. */
#ifndef CORE_LEDGER_H
#define CORE_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/fault.h"
#include "core/account.h"
#include "core/binding.h"
#include "core/challenge.h"
#include "core/enlist.h"
#include "core/ledger_answer.h"
#include "core/limit.h"
#include "core/numbers.h"
#include "core/payer.h"
#include "core/place.h"
#include "core/route.h"
#include "core/settings.h"
#include "core/state.h"

/* Whose login this is. */
struct ledger {
	const struct settings *settings;
	const struct state *state;
	const struct account *account;
	const char *service;
	const char *e164; /* the phone, for the plan of routes */
	bool trusted;     /* the host is root's: its reports about the service count (E1) */
	/* where it comes from, which a success is noted for; and whether it was known when the
	 * login began: one login stays with one purse (B6) */
	struct place place;
	bool known;
	/* how much was sent to which of the user's numbers, e164 among them; NULL: nothing was */
	const struct numbers *numbers;
	const struct facts_address *address; /* its budget is charged; NULL: none */
	int64_t began_boot_ms;               /* when the login began */
	/* codes of this login that were sent and not answered; the caller's to count: one more with
	 * a ledger_open that is granted, none after a charged guess */
	uint32_t unanswered;
	struct enlist *enlist; /* a login that enrols (core/enlist.h); NULL: none */
	/* two_step: the code is for a login of its own, through this service and from this address;
	 * NULL: for this conversation (A4) */
	const struct binding *binding;
};

struct ledger_grant {
	enum ledger_answer answer;
	int64_t until_wall_s; /* LOCKED, SPENT, PAUSED; by the clock, for people */
	int64_t now_wall_s;   /* by the clock */
	int64_t people_s;     /* what the clock is ahead of the record's time */
	int64_t wait_s;
	bool warn;         /* a budget is at 80 % */
	bool keeps_place;  /* WAIT of ledger_open: the challenge is on the record */
	bool pause;        /* PAUSED: it begins with this login, and is on the record */
	const char *spent; /* SPENT: whose budget, a word */
	/* GRANTED of a success: why its sends are not given back to everybody, if so */
	struct fault later;
	/* GRANTED of a send: which routes, in which order (a trial among them is on the record),
	 * and for which of them, by their places in the settings, a failure is remembered */
	struct route_plan plan;
	uint32_t remembered;
};

/* Whose purse it is (B6, E1). */
enum record_purse ledger_purse(const struct ledger *l) __attribute__((nonnull));
/* Who pays. */
struct payer ledger_payer(const struct ledger *l) __attribute__((nonnull));
/* A guess of this login is charged: somebody has answered its codes. */
void ledger_answered(const struct ledger *l, struct state_change *ch) __attribute__((nonnull));
/* What place needs to know, within a change. */
struct place_moment ledger_moment(const struct ledger *l, const struct state_change *ch)
	__attribute__((nonnull));

/* The routes for a send that has just been granted, within the change that charges it. */
void ledger_plan(const struct ledger *l, struct state_change *ch, struct ledger_grant *g)
	__attribute__((nonnull));

/* Charge a send and enter the challenge with its tries. WAIT: nothing is charged, but the
 * challenge has its place (without a send nobody knows its code); call again with it. With a
 * binding there is no such place, an expired challenge of the same binding goes, and a valid one
 * is STILL there. */
int ledger_open(const struct ledger *l, const struct challenge *c, struct ledger_grant *g,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Enter the challenge, and charge nothing: the person has not asked for a send yet. Call
 * ledger_open with it then. */
int ledger_reserve(const struct ledger *l, const struct challenge *c, struct ledger_grant *g,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Who wants the same code once more. */
enum ledger_again {
	LEDGER_BY_PERSON = 1, /* r or v: after the cool-down and the waits */
	/* ourselves: one more route for a message under way, or for one that was reported as
	 * undelivered; budgets only */
	LEDGER_BY_US,
};

/* Charge a further send of the same challenge. */
int ledger_resend(const struct ledger *l, const struct challenge *c, enum ledger_again by,
	struct ledger_grant *g, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Charged sends that were certainly not taken (B2). */
struct ledger_unsent {
	uint32_t by_person; /* of ledger_open and LEDGER_BY_PERSON */
	uint32_t by_us;
	bool drop; /* forget the challenge too */
};
int ledger_unsend(const struct ledger *l, const struct challenge *c, const struct ledger_unsent *u,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* A charged guess. */
struct ledger_guess {
	struct limit_guess limit;
	unsigned char mac[DIGEST_SIZE]; /* what the right code's hash is, from the disk */
	int64_t until_wall_s;           /* if this guess set the lock: its end */
	uint32_t sends;                 /* set by the caller: what a success gives back */
};

/* Charge a guess to the user and to the challenge. */
int ledger_charge(const struct ledger *l, const struct challenge *c, struct ledger_guess *guess,
	struct ledger_grant *g, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* The guess was right but late: undo its charge. */
int ledger_pardon(const struct ledger *l, const struct challenge *c,
	const struct ledger_guess *guess, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* The guess was right: take the challenge off the record, note the place, give back the guess and
 * guess->sends sends. GRANTED is the login's success; what concerns others than the user is given
 * back after it, and a crash may forget it. */
int ledger_consume(const struct ledger *l, const struct challenge *c,
	const struct ledger_guess *guess, struct ledger_grant *g, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* The conversation is over: the challenge is void. */
int ledger_void(const struct ledger *l, const struct challenge *c, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* The host may not be able to prompt twice (D3). *marked: this was the report that marks the
 * service. */
int ledger_one_field(const struct ledger *l, bool *marked, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
