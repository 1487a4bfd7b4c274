/* loan: a sender that waits for orders, lent for one of them.
 *
 * Owns: what a route's sender is known by; the hand-over of one order to a lent sender; the lease,
 *       by which a sender goes back.
 * MUST: ask for a sender by a mark in which everything is that it was started for: the route's
 *       likeness, the description's file, the ca_file and the sender's own program, so that what
 *       was changed since never serves; say "the order certainly did not leave" only when that is
 *       so (E9); leave nothing running that it does not know the state of.
 * Never: tells the lender anything of an order or a secret. */
#ifndef CORE_LOAN_H
#define CORE_LOAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/fault.h"
#include "wire/order.h"

/* What the lender is told. */
struct loan_wish {
	unsigned char route[DIGEST_SIZE]; /* whose sender: there is one for each */
	unsigned char mark[DIGEST_SIZE];  /* as it is now */
	uint32_t keep_s;                  /* how long it is to wait for the next order */
};

struct loan {
	int lease; /* -1: nothing is lent */
	int fd;    /* the sender's socket */
	int pidfd; /* the sender */
	bool used; /* it has served before, and says TAKEN */
};

/* On the lease: the sender goes back. A lease that ends without it means doubt. */
enum { LOAN_BACK = 'B' };

/* Who lends. */
struct loan_lender {
	/* 0: *out is lent. -1: there is none to have now. In no time to speak of. */
	int (*borrow)(void *ctx, const struct loan_wish *wish, struct loan *out);
	void *ctx;
	const char *house; /* the settings' file: another one has routes of its own */
	/* folders of descriptions, and the sender's program: what a mark is made of */
	const char *site, *shipped, *program;
	unsigned char key[DIGEST_SIZE]; /* random; the lender need not know it */
	uint32_t keep_s;
};

/* 0: a lent sender has the whole order; the loan must be returned or dropped. -1: none has seen a
 * whole order. route: its name in the settings. */
int loan_order(const struct loan_lender *lender, const char *route, const struct order *o,
	int64_t until_ms, struct loan *out) __attribute__((warn_unused_result, nonnull));

/* After a whole receipt. */
void loan_return(struct loan *l) __attribute__((nonnull));
/* In any other case: the sender is ended. */
void loan_drop(struct loan *l) __attribute__((nonnull));

#endif
