/* keeper: the process of the daemon that keeps senders between two messages.
 *
 * It speaks with peers only by descriptors: a peer asks with a wish (core/loan) and one end of a
 * socketpair, the lease. The answer is one byte with the sender's socket and pidfd, or the end of
 * the lease: there is none to have. Order and receipt go between peer and sender.
 *
 * Owns: the senders, one for each route; which one is lent to whom.
 * MUST: lend a sender to one peer at a time, and a used one only if it has said READY and not a
 *       byte more since; end a sender whose lease ends without being given back, that says
 *       anything else, that has served KEEPER_MESSAGES or is KEEPER_AGE_MS old, that nobody has
 *       asked for within the wish's time, or whose route looks otherwise now; never wait for a
 *       peer, nor for a sender; end when nobody is left who could ask, or nobody has for a while.
 * Never: sees an order, a receipt, a secret or a number; starts more than KEEPER_SENDERS. */
#ifndef ENGINE_KEEPER_H
#define ENGINE_KEEPER_H

#include "base/fault.h"
#include "base/spawn.h"

enum {
	/* as many as settings can name routes and calls */
	KEEPER_SENDERS = 16,
	KEEPER_MESSAGES = 100,
	/* what is asked of the system at a sender's start, such as who its user is, and which
	 * certificates there are, is as old as this at the most */
	KEEPER_AGE_MS = 600 * 1000,
	KEEPER_READY_MS = 2000,
	KEEPER_LINGER_MS = 60 * 1000, /* without a sender */
	KEEPER_S_MAX = 600,
};

/* The byte that comes with a sender. */
enum { KEEPER_LENDS_NEW = 'N', KEEPER_LENDS_USED = 'U' };

/* How to start a sender that stays, as launch_sender. */
struct keeper_means {
	int (*start)(void *ctx, struct spawn_child *child, int *fd, struct fault *f);
	void *ctx;
};

/* Returns when it is over; all senders are ended then. asks: the keeper's end, packets. */
void keeper_run(int asks, const struct keeper_means *means) __attribute__((nonnull));

#endif
