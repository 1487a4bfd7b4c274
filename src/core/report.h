/* report: what becomes of a message that a provider has taken.
 *
 * Owns: how often and for how long the provider is asked (ORDER_ACTION_POLL).
 * MUST: ask no more than every 2 s, and ever more rarely; take only the provider's own "failed" for
 *       a failure, and no trouble of asking; end what runs in report_close.
 * Never: promises that a message has arrived: "delivered" ends the asking, nothing else; knows the
 *        text. */
#ifndef CORE_REPORT_H
#define CORE_REPORT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/dispatch.h"
#include "core/settings.h"
#include "wire/order.h"

enum { REPORT_FIRST_MS = 2000, REPORT_MOST_MS = 10000, REPORT_ASK_MS = 5000 };

enum report_state {
	REPORT_NONE = 0, /* nothing is asked: there is no message, or no way to ask */
	REPORT_PENDING,
	REPORT_DELIVERED,
	REPORT_FAILED,
};

struct report {
	enum report_state state;
	const struct dispatch *dispatch;
	const struct settings_route *route;
	char number[ORDER_NUMBER_MAX + 1];
	char message_id[ORDER_ID_MAX + 1];
	int64_t until_ms; /* asked until then */
	int64_t next_ms, interval_ms;
	bool runs;
	struct dispatch_sender sender;
};

/* Ask about the message that this receipt is of, from now on until until_ms; nothing where the
 * provider cannot be asked. What was asked about before is closed. */
void report_begin(struct report *p, const struct dispatch *d, const struct settings_route *route,
	const char *e164, const struct receipt *r) __attribute__((nonnull));
/* Until then; a challenge that lives longer is asked about for longer. */
void report_until(struct report *p, int64_t until_ms) __attribute__((nonnull));

/* Do what can be done now; the state. FAILED is told once: the state is NONE afterwards. */
enum report_state report_step(struct report *p) __attribute__((warn_unused_result, nonnull));
/* The descriptor to wait for, or -1; and the time of the next step, INT64_MAX for none. */
int report_fd(const struct report *p) __attribute__((nonnull));
int64_t report_wake_ms(const struct report *p) __attribute__((nonnull));

void report_close(struct report *p) __attribute__((nonnull));

#endif
