/* dispatch: one order to one fresh sender process, one receipt back.
 *
 * Owns: the start and the end of sms-otp-send, and the hand-over of one route's secrets to it (E7).
 * MUST: give a receipt always: RECEIPT_LOCAL when the order certainly did not leave (no
 *       sender, nothing written), RECEIPT_UNKNOWN when it was written and no receipt came (E9);
 *       end the sender by until_ms; wipe the order; leave no child.
 * Never: decides about routes, reads settings files other than the secret files of this route. */
#ifndef CORE_DISPATCH_H
#define CORE_DISPATCH_H

#include <stdint.h>

#include "core/settings.h"
#include "wire/order.h"

/* How to start a sender. */
struct dispatch {
	const char *sender_path; /* PLACES_SENDER */
	const char *outbox_path; /* PLACES_OUTBOX: folder of the outbox file, root 0700 */
	const char *sender_user; /* PLACES_SENDER_USER */
};

struct dispatch_job {
	enum order_action action;
	const char *number; /* "" where the action has none */
	const char *text;
	const char *message_id;
};

void dispatch_run(const struct dispatch *d, const struct settings_route *route,
	const struct dispatch_job *job, int64_t until_ms, struct receipt *out)
	__attribute__((nonnull));

#endif
