#include "core/route.h"

void route_begin(struct route_walk *w, const struct settings *s, int64_t deadline_ms)
{
	w->settings = s;
	w->next = 0;
	w->deadline_ms = deadline_ms;
}

const struct settings_route *route_next(struct route_walk *w, int64_t now_ms, int64_t *until_ms)
{
	size_t left = w->settings->nroutes - w->next;
	int64_t time_ms = w->deadline_ms - now_ms;

	*until_ms = w->deadline_ms;
	if (w->next >= w->settings->nroutes || time_ms < ROUTE_MIN_MS)
		return NULL;
	/* A silent first provider must leave the others time to answer: it gets two thirds while
	 * others wait. */
	if (left > 1)
		*until_ms = now_ms + time_ms * 2 / 3;
	return &w->settings->routes[w->next++];
}

bool route_goes_on(const struct receipt *r)
{
	switch (r->outcome) {
	case RECEIPT_LOCAL:
	case RECEIPT_TEMPORARY:
	case RECEIPT_ACCOUNT:
	case RECEIPT_REQUEST:
		return true;
	case RECEIPT_NONE:
	case RECEIPT_ACCEPTED:
	case RECEIPT_PENDING:
	case RECEIPT_UNKNOWN:
	case RECEIPT_RECIPIENT:
	case RECEIPT_COUNT:
	default:
		return false;
	}
}
