#include "core/delivery.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/clock.h"
#include "core/route.h"

static void note_failure(
	const struct delivery *d, const struct settings_route *route, const struct receipt *r)
{
	char line[ORDER_NAME_MAX + ORDER_NOTE_MAX + 32];

	snprintf(line, sizeof line, "route %s: %s", route->name, r->note[0] ? r->note : "not sent");
	d->note(d->ctx, line);
}

static enum delivery_end end_of(const struct receipt *r)
{
	switch (r->outcome) {
	case RECEIPT_ACCEPTED:
		return DELIVERY_TAKEN;
	case RECEIPT_RECIPIENT:
		return DELIVERY_NUMBER;
	case RECEIPT_LOCAL:
		return DELIVERY_BROKEN;
	case RECEIPT_ACCOUNT:
	case RECEIPT_REQUEST:
	case RECEIPT_TEMPORARY:
		return DELIVERY_NONE;
	case RECEIPT_NONE:
	case RECEIPT_PENDING:
	case RECEIPT_UNKNOWN:
	case RECEIPT_COUNT:
	default: /* whatever a sender says that it may not: the message may be on its way (E9) */
		return DELIVERY_MAYBE;
	}
}

enum delivery_end delivery_run(const struct delivery *d, const struct dispatch_job *job,
	int64_t deadline_ms, char route[VERDICT_ROUTE])
{
	struct route_walk walk;
	const struct settings_route *next;
	enum delivery_end end = DELIVERY_NONE;
	bool broken = false;
	int64_t until_ms;

	route[0] = '\0';
	route_begin(&walk, d->settings, deadline_ms);
	while ((next = route_next(&walk, clock_boot_ms(), &until_ms)) != NULL) {
		struct receipt r;

		snprintf(route, VERDICT_ROUTE, "%s", next->name);
		dispatch_run(d->dispatch, next, job, until_ms, &r);
		end = end_of(&r);
		broken = broken || end == DELIVERY_BROKEN;
		if (end != DELIVERY_TAKEN)
			note_failure(d, next, &r);
		if (!route_goes_on(&r))
			break;
	}
	return end == DELIVERY_NONE && broken ? DELIVERY_BROKEN : end;
}

bool delivery_was_taken(enum delivery_end end)
{
	return end == DELIVERY_TAKEN || end == DELIVERY_MAYBE;
}
