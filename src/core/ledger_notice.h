/* ledger_notice: what a notice changes in the records on disk.
 *
 * Owns: the charge of a message that nobody asked for and that belongs to no challenge, its
 *       refund, and what is given back of it, each as one locked, synced change (B1, B2).
 * MUST: charge the budgets of any send, the user's by the login's purse, and no waits; have written
 *       and synced a charge before it says LEDGER_GRANTED; charge nobody who is blocked by an
 *       administrator; leave the records as they were when it refuses.
 * Never: sends, or keeps a lock when it returns; heeds a lock: that is about guesses, and who could
 *        lock a user could else keep a notice from them. */
#ifndef CORE_LEDGER_NOTICE_H
#define CORE_LEDGER_NOTICE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ledger.h"

/* One message, or one more route for it (further: no plan). GRANTED, SPENT, BLOCKED or REFUSED; or
 * -1, *f and REFUSED. */
int ledger_notice_charge(const struct ledger *l, bool further, struct ledger_grant *g,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* n messages told of a success: they are given back as the success's own are, and within the same
 * cap (B5). */
int ledger_notice_give_back(const struct ledger *l, uint32_t n, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* n charges that were certainly not taken. */
int ledger_notice_refund(const struct ledger *l, uint32_t n, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
