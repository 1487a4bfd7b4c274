/* reply: the parts of a receipt that every kind of delivery fills.
 *
 * Owns: the outcome of a fault; the filter for a message id that somebody else wrote.
 * MUST: pass on an id only where it is printable and does not hold the order's number, and no error
 *       code that is a part of the message: it may be the login's code (G1).
 * Never: decides what an answer means. Pure. */
#ifndef SENDER_REPLY_H
#define SENDER_REPLY_H

#include "base/fault.h"
#include "wire/order.h"

/* Our own words. */
void reply_say(struct receipt *r, enum receipt_outcome outcome, const char *words)
	__attribute__((nonnull));
/* RECEIPT_REQUEST, and why. */
void reply_refuse(struct receipt *r, const struct fault *f) __attribute__((nonnull));
/* What a description without this call means for the one who ordered it. */
void reply_no_such_call(struct receipt *r, enum order_action action) __attribute__((nonnull));
/* number: the order's. */
void reply_id(struct receipt *r, const char *text, const char *number) __attribute__((nonnull));
/* Drop an error code of four characters or more that stands in the order's text. */
void reply_forget_text(struct receipt *r, const char *text) __attribute__((nonnull));

#endif
