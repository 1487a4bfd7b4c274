/* delivery: one text to one phone, by the routes of a plan, within one deadline.
 *
 * Owns: which route is tried when: the next one after a failure, or as well when hedge_after has
 *       brought no answer; the senders under way; what is said of the whole at its end.
 * MUST: try each route of the plan once at most, and none without a charge (B1): the caller has
 *       charged one send, a further one is asked for by `charge`; a charge whose send was
 *       certainly not taken serves the next route (B2); start no further route once the number
 *       is refused, or one has taken it; say TAKEN or MAYBE as soon as a provider may have it,
 *       and the others only when it is certain that none has (E9); end all senders by the
 *       deadline (D11), and in delivery_end.
 * Never: writes state, knows what the text means. */
#ifndef CORE_DELIVERY_H
#define CORE_DELIVERY_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/dispatch.h"
#include "core/route.h"
#include "core/settings.h"
#include "core/verdict.h"
#include "wire/order.h"

/* What a delivery works with. */
struct delivery_means {
	const struct dispatch *dispatch;
	/* settings->routes or settings->voice, which the plan's indexes are of */
	const struct settings_route *routes;
	uint32_t hedge_after_s;
	/* charge one more send; NULL: there is none to have */
	bool (*charge)(void *ctx);
	/* one line for the log about a route that failed; no secrets */
	void (*note)(void *ctx, const char *text);
	void *ctx;
};

/* Less than this is no time to answer in, nor to be blamed for. */
enum { DELIVERY_FAIR_MS = 2000 };

enum delivery_end {
	DELIVERY_NONE = 0, /* certainly not sent: no provider answered, or all refused */
	/* certainly not sent: a sender could not be started, or we came to it with less than
	 * DELIVERY_FAIR_MS left, which is no provider's outage: the caller of su or sudo may have
	 * brought it about (D7, C4) */
	DELIVERY_BROKEN,
	DELIVERY_NUMBER, /* certainly not sent: this number is refused for good */
	DELIVERY_TAKEN,  /* a provider accepted it */
	DELIVERY_MAYBE,  /* handed over, no answer in time */
};

/* One route of the plan. */
struct delivery_try {
	size_t at; /* in means->routes */
	enum delivery_try_state {
		DELIVERY_TRY_NONE = 0,
		DELIVERY_TRY_RUNS,
		DELIVERY_TRY_WORKED, /* the provider answered, be it that the number is refused */
		DELIVERY_TRY_FAILED, /* what speaks against the route */
		/* our own side, or this message alone: says nothing of the route */
		DELIVERY_TRY_BROKEN,
		DELIVERY_TRY_DROPPED,
	} state;
	int64_t started_ms;
	bool overdue; /* no answer within hedge_after */
	struct dispatch_sender sender;
};

struct delivery {
	const struct delivery_means *means;
	struct dispatch_job job;
	struct route_plan plan;
	int64_t deadline_ms;
	size_t ntries;
	struct delivery_try tries[SETTINGS_ROUTES_MAX];
	int64_t hedge_ms;       /* when the next route is tried as well */
	uint32_t charged;       /* the caller's one, and those of `charge` */
	uint32_t used;          /* charges whose send was taken, or may have been */
	bool wanted;            /* a route has failed: the next one at once */
	bool stopped;           /* no further route is started */
	bool denied;            /* no further charge is to be had: asked for once */
	bool number, broken;    /* seen on the way */
	bool hurried;           /* the first route had less than DELIVERY_FAIR_MS */
	int taken;              /* index of the try that was accepted; -1 */
	int64_t taken_ms;       /* how long that one took */
	struct receipt receipt; /* of the try that was accepted */
};

/* job's texts must stay until delivery_close. */
void delivery_begin(struct delivery *d, const struct delivery_means *means,
	const struct dispatch_job *job, const struct route_plan *plan, int64_t deadline_ms)
	__attribute__((nonnull));

/* Do what can be done now, without waiting; true when it is over. */
bool delivery_step(struct delivery *d) __attribute__((warn_unused_result, nonnull));
/* What to wait for until the next step: descriptors (at most SETTINGS_ROUTES_MAX) and a time. */
size_t delivery_fds(const struct delivery *d, struct pollfd *out) __attribute__((nonnull));
int64_t delivery_wake_ms(const struct delivery *d) __attribute__((nonnull));

/* Take the receipts that are there, end what runs, and say how it ended. What had
 * DELIVERY_FAIR_MS up to the deadline, or hedge_after, without an answer has failed. */
enum delivery_end delivery_close(struct delivery *d) __attribute__((nonnull));

/* Begin, step and wait until it is over, close. */
enum delivery_end delivery_run(struct delivery *d, const struct delivery_means *means,
	const struct dispatch_job *job, const struct route_plan *plan, int64_t deadline_ms)
	__attribute__((nonnull));

/* The route that took it, or the last one tried; NULL: none was. */
const struct settings_route *delivery_route(const struct delivery *d) __attribute__((nonnull));

/* A provider has it, or may have it. */
bool delivery_was_taken(enum delivery_end end);

#endif
