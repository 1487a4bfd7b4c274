/* dispatch: one order to one sender process, one receipt back. The sender is a fresh one, or one
 * that has waited for this route (loan).
 *
 * Owns: the start and the end of sms-otp-send, and the hand-over of one route's secrets to it (E7);
 *       {user} in a route's variables.
 * MUST: give a receipt always: RECEIPT_LOCAL when the order certainly did not leave (no
 *       sender, nothing written), RECEIPT_UNKNOWN when it was written and no receipt came (E9);
 *       take a receipt that is there also after until_ms; end the sender by until_ms, or half a
 *       second after the first word of its receipt; wipe the order; leave no child.
 * Never: decides about routes, reads settings files other than the secret files of this route. */
#ifndef CORE_DISPATCH_H
#define CORE_DISPATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/spawn.h"
#include "core/loan.h"
#include "core/settings.h"
#include "wire/order.h"

/* How to start a sender. */
struct dispatch {
	const char *sender_path;          /* PLACES_SENDER */
	const char *outbox_path;          /* PLACES_OUTBOX: folder of the outbox file, root 0700 */
	const char *sender_user;          /* PLACES_SENDER_USER */
	const struct loan_lender *lender; /* NULL: all senders are fresh ones */
};

struct dispatch_job {
	enum order_action action;
	const char *number; /* "" where the action has none */
	const char *text;
	const char *message_id;
	/* whose message it is: stands for {user} in a variable of the settings that is a mailbox's
	 * address, before its @; "" or NULL where there is none, and then only a check can be made
	 * of such a route */
	const char *user;
};

/* A sender under way. */
struct dispatch_sender {
	int64_t until_ms;         /* absolute; set by the caller before the start */
	bool lent;                /* loan counts, and not child */
	struct spawn_child child;
	struct loan loan;
	int fd; /* becomes readable when its receipt is there, or when it has ended */
};

/* 0: a sender has the whole order, and must be finished or dropped. -1: the order certainly did
 * not leave (RECEIPT_LOCAL, *out says why), and nothing runs. */
int dispatch_start(const struct dispatch *d, const struct settings_route *route,
	const struct dispatch_job *job, struct dispatch_sender *s, struct receipt *out)
	__attribute__((warn_unused_result, nonnull));

/* Wait for the receipt, until s->until_ms at most for its beginning, and end the sender. */
void dispatch_finish(struct dispatch_sender *s, struct receipt *out) __attribute__((nonnull));

/* End the sender now, whatever it has done by now. */
void dispatch_drop(struct dispatch_sender *s) __attribute__((nonnull));

/* Start and finish. */
void dispatch_run(const struct dispatch *d, const struct settings_route *route,
	const struct dispatch_job *job, int64_t until_ms, struct receipt *out)
	__attribute__((nonnull));

#endif
