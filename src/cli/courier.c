#include "cli/courier.h"

#include "base/clock.h"
#include "cli/speech.h"

enum { MASK_MAX = 16 };

static void note(void *ctx, const char *text)
{
	(void)ctx;
	speech_line("  %s", text);
}

enum delivery_end courier_send(
	const struct house *h, const struct phone *to, const char *what, const char *text)
{
	static const struct clock_now never = { 0 };
	static struct delivery d;
	const struct settings *s = &h->settings;
	struct delivery_means means = {
		.dispatch = &h->dispatch,
		.routes = s->routes,
		.hedge_after_s = s->hedge_after_s,
		.note = note,
	};
	struct dispatch_job job = {
		.action = ORDER_ACTION_SEND,
		.number = to->e164,
		.text = text,
		.message_id = "",
		.user = "",
	};
	struct route_plan plan = route_plan(s->routes, s->nroutes, to->e164, NULL, &never);
	char mask[MASK_MAX];
	enum delivery_end end;

	phone_mask(to, mask, sizeof(mask));
	speech_line("Sending %s to %s through %s ...", what, mask,
		plan.n > 0 ? s->routes[plan.at[0]].name : "no route: none serves this number");
	end = delivery_run(&d, &means, &job, &plan, clock_boot_ms() + HOUSE_SEND_MS);
	const struct settings_route *route = delivery_route(&d);
	if (end == DELIVERY_TAKEN && route)
		speech_line("  %s took it.", route->name);
	else if (end == DELIVERY_MAYBE && route)
		speech_line("  %s has it but did not answer in time; it may take a minute.",
			route->name);
	return end;
}

const char *courier_outcome(enum receipt_outcome outcome)
{
	switch (outcome) {
	case RECEIPT_ACCEPTED:
		return "accepted";
	case RECEIPT_PENDING:
		return "pending";
	case RECEIPT_UNKNOWN:
		return "no answer in time, it may arrive";
	case RECEIPT_RECIPIENT:
		return "refused: this number";
	case RECEIPT_ACCOUNT:
		return "refused: the account (credentials, balance or sender id)";
	case RECEIPT_REQUEST:
		return "refused: the request (our description or settings)";
	case RECEIPT_TEMPORARY:
		return "not taken: out of reach or busy";
	case RECEIPT_LOCAL:
		return "not sent: the sender could not be started";
	case RECEIPT_NONE:
	case RECEIPT_COUNT:
		break;
	}
	return "no outcome";
}
