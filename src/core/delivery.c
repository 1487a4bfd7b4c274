#include "core/delivery.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

static const struct settings_route *route_of(const struct delivery *d, const struct delivery_try *t)
{
	return &d->means->routes[t->at];
}

static void note(const struct delivery *d, const struct delivery_try *t, const char *words)
{
	char line[ORDER_NAME_MAX + ORDER_NOTE_MAX + 32];

	snprintf(line, sizeof line, "route %s: %s", route_of(d, t)->name,
		words[0] != '\0' ? words : "not sent");
	d->means->note(d->means->ctx, line);
}

/* What a receipt means for its route, for its charge, and for the routes to come. */
static void weigh(struct delivery *d, struct delivery_try *t, const struct receipt *r)
{
	static const enum delivery_try_state states[] = {
		[ROUTE_SAYS_NOTHING] = DELIVERY_TRY_BROKEN,
		[ROUTE_WORKS] = DELIVERY_TRY_WORKED,
		[ROUTE_FAILS] = DELIVERY_TRY_FAILED,
	};

	t->state = states[route_says(r)];
	switch (r->outcome) {
	case RECEIPT_ACCEPTED:
		d->taken = (int)(t - d->tries);
		d->taken_ms = clock_boot_ms() - t->started_ms;
		d->receipt = *r;
		d->stopped = true;
		return;
	case RECEIPT_RECIPIENT:
		d->number = true;
		d->stopped = true;
		d->used--;
		break;
	case RECEIPT_LOCAL:
		d->broken = true;
		d->used--;
		break;
	case RECEIPT_ACCOUNT:
	case RECEIPT_REQUEST:
	case RECEIPT_TEMPORARY:
		d->used--;
		break;
	case RECEIPT_NONE:
	case RECEIPT_PENDING:
	case RECEIPT_UNKNOWN:
	case RECEIPT_COUNT:
	default: /* whatever a sender says that it may not: the message may be on its way (E9) */
		t->state = DELIVERY_TRY_FAILED;
		break;
	}
	d->wanted = true;
	note(d, t, r->note);
}

static void finish(struct delivery *d, struct delivery_try *t)
{
	struct receipt r;

	dispatch_finish(&t->sender, &r);
	weigh(d, t, &r);
}

/* One more route may be tried, and is charged. */
static bool may_start(struct delivery *d, int64_t now_ms)
{
	if (d->stopped || d->ntries >= d->plan.n || d->deadline_ms - now_ms < ROUTE_MIN_MS)
		return false;
	if (d->used < d->charged)
		return true;
	if (d->denied || !d->means->charge || !d->means->charge(d->means->ctx)) {
		d->denied = true;
		return false;
	}
	d->charged++;
	return true;
}

static bool start_next(struct delivery *d, int64_t now_ms)
{
	struct delivery_try *t = &d->tries[d->ntries];
	struct receipt r;

	if (!may_start(d, now_ms))
		return false;
	t->at = d->plan.at[d->ntries++];
	t->state = DELIVERY_TRY_RUNS;
	d->wanted = false;
	if (d->ntries == 1)
		d->hurried = d->deadline_ms - now_ms < DELIVERY_FAIR_MS;
	t->started_ms = now_ms;
	t->sender.until_ms = d->deadline_ms;
	d->used++;
	if (dispatch_start(d->means->dispatch, route_of(d, t), &d->job, &t->sender, &r) < 0)
		weigh(d, t, &r);
	/* from here on: the time of our own that a start takes says nothing of the route */
	d->hedge_ms = clock_boot_ms() + (int64_t)d->means->hedge_after_s * 1000;
	return true;
}

void delivery_begin(struct delivery *d, const struct delivery_means *means,
	const struct dispatch_job *job, const struct route_plan *plan, int64_t deadline_ms)
{
	memset(d, 0, sizeof *d);
	d->means = means;
	d->job = *job;
	d->plan = *plan;
	d->deadline_ms = deadline_ms;
	d->charged = 1;
	d->hurried = true;
	d->taken = -1;
}

static size_t running(const struct delivery *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->ntries; i++)
		n += d->tries[i].state == DELIVERY_TRY_RUNS;
	return n;
}

/* Take the receipts that are there. */
static void collect(struct delivery *d)
{
	for (size_t i = 0; i < d->ntries && d->taken < 0; i++) {
		struct delivery_try *t = &d->tries[i];
		struct pollfd p = { .fd = t->sender.fd, .events = POLLIN };

		if (t->state == DELIVERY_TRY_RUNS && poll(&p, 1, 0) > 0)
			finish(d, t);
	}
}

/* A route that has not answered by now will be said to have failed, unless it does in time. */
static void mark_overdue(struct delivery *d)
{
	for (size_t i = 0; i < d->ntries; i++) {
		struct delivery_try *t = &d->tries[i];

		if (t->state == DELIVERY_TRY_RUNS && !t->overdue) {
			t->overdue = true;
			note(d, t, "no answer yet");
		}
	}
}

bool delivery_step(struct delivery *d)
{
	for (;;) {
		/* each time: a start takes time, in which others have answered */
		collect(d);
		int64_t now_ms = clock_boot_ms();
		if (d->taken >= 0 || now_ms >= d->deadline_ms)
			return true;
		bool late = d->ntries > 0 && now_ms >= d->hedge_ms;
		if (late)
			mark_overdue(d);
		if (running(d) > 0 && !late && !d->wanted)
			return false;
		if (!start_next(d, now_ms)) {
			/* nobody else to ask: only the deadline counts */
			d->hedge_ms = d->deadline_ms;
			return running(d) == 0;
		}
	}
}

size_t delivery_fds(const struct delivery *d, struct pollfd *out)
{
	size_t n = 0;

	for (size_t i = 0; i < d->ntries; i++)
		if (d->tries[i].state == DELIVERY_TRY_RUNS)
			out[n++] = (struct pollfd){ .fd = d->tries[i].sender.fd, .events = POLLIN };
	return n;
}

int64_t delivery_wake_ms(const struct delivery *d)
{
	return d->hedge_ms < d->deadline_ms ? d->hedge_ms : d->deadline_ms;
}

static enum delivery_end end_of(const struct delivery *d)
{
	if (d->taken >= 0)
		return DELIVERY_TAKEN;
	if (d->used > 0)
		return DELIVERY_MAYBE;
	if (d->number)
		return DELIVERY_NUMBER;
	return d->broken || (d->hurried && d->plan.n > 0) ? DELIVERY_BROKEN : DELIVERY_NONE;
}

enum delivery_end delivery_close(struct delivery *d)
{
	collect(d);
	bool over = clock_boot_ms() >= d->deadline_ms;
	for (size_t i = 0; i < d->ntries; i++) {
		struct delivery_try *t = &d->tries[i];

		if (t->state != DELIVERY_TRY_RUNS)
			continue;
		/* its message may be on its way: the charge stays. Who had no time to answer has
		 * not failed: an answer at the prompt comes when the person likes */
		dispatch_drop(&t->sender);
		bool silent = over && d->deadline_ms - t->started_ms >= DELIVERY_FAIR_MS;
		t->state = t->overdue || silent ? DELIVERY_TRY_FAILED : DELIVERY_TRY_DROPPED;
	}
	return end_of(d);
}

/* Wait for a receipt or for the time of the next step. */
static void wait_for_news(const struct delivery *d)
{
	struct pollfd fds[SETTINGS_ROUTES_MAX];
	size_t n = delivery_fds(d, fds);

	if (poll(fds, n, clock_left_ms(delivery_wake_ms(d))) < 0)
		return; /* a signal: the next step looks again */
}

enum delivery_end delivery_run(struct delivery *d, const struct delivery_means *means,
	const struct dispatch_job *job, const struct route_plan *plan, int64_t deadline_ms)
{
	delivery_begin(d, means, job, plan, deadline_ms);
	while (!delivery_step(d))
		wait_for_news(d);
	return delivery_close(d);
}

const struct settings_route *delivery_route(const struct delivery *d)
{
	if (d->taken >= 0)
		return route_of(d, &d->tries[d->taken]);
	return d->ntries > 0 ? route_of(d, &d->tries[d->ntries - 1]) : NULL;
}

bool delivery_was_taken(enum delivery_end end)
{
	return end == DELIVERY_TAKEN || end == DELIVERY_MAYBE;
}
