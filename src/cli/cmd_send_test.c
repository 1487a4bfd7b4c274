#include "cli/cmd_send_test.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/candidate.h"
#include "cli/courier.h"
#include "cli/house.h"
#include "cli/speech.h"

enum { HOST_SHOWN = 20, MASK_MAX = 16 };

static void print_receipt(const struct settings_route *route, const struct receipt *r)
{
	printf("%s: %s\n", route->name, courier_outcome(r->outcome));
	if (r->http_status != 0)
		printf("  HTTP status   %u\n", (unsigned)r->http_status);
	if (r->code[0] != 0)
		printf("  error code    %s\n", r->code);
	if (r->message_id[0] != 0)
		printf("  message id    %s\n", r->message_id);
	if (r->note[0] != 0)
		printf("  note          %s\n", r->note);
}

/* The worse of two exit statuses. */
static int worse(int a, int b)
{
	return a > b ? a : b;
}

static int exit_of(enum receipt_outcome outcome)
{
	if (outcome == RECEIPT_ACCEPTED)
		return SPEECH_YES;
	if (outcome == RECEIPT_UNKNOWN || outcome == RECEIPT_RECIPIENT ||
		outcome == RECEIPT_ACCOUNT)
		return SPEECH_NO;
	return SPEECH_TROUBLE;
}

static int try_route(
	const struct house *h, const struct settings_route *route, const struct phone *to)
{
	char host[HOST_SHOWN + 1], text[161], mask[MASK_MAX];
	struct dispatch_job job = {
		.action = ORDER_ACTION_SEND, .number = to->e164, .text = text, .message_id = ""
	};
	struct receipt r;

	text_name(host, sizeof(host), h->host, HOST_SHOWN);
	snprintf(text, sizeof(text),
		"Test from %s: login codes can reach this phone. Nothing to do.", host);
	phone_mask(to, mask, sizeof(mask));
	speech_line("Sending a test to %s through %s ...", mask, route->name);
	dispatch_run(&h->dispatch, route, &job, clock_boot_ms() + HOUSE_SEND_MS, &r);
	print_receipt(route, &r);
	return exit_of(r.outcome);
}

static int send_test(struct house *h, const struct invocation *a)
{
	const char *only = invocation_value(a, OPTION_ROUTE);
	struct fault f = FAULT_INIT;
	struct phone phone;
	bool tried = false;
	int rc = SPEECH_YES;

	if (house_open(h, HOUSE_SETTINGS) != 0)
		return SPEECH_TROUBLE;
	if (candidate_number(&h->settings, a->operands[0], &phone, &f) != 0)
		return speech_no("%s", f.text);
	for (size_t i = 0; i < h->settings.nroutes; i++) {
		const struct settings_route *route = &h->settings.routes[i];

		if (only != NULL && strcmp(only, route->name) != 0)
			continue;
		rc = worse(rc, try_route(h, route, &phone));
		tried = true;
	}
	if (!tried)
		return speech_trouble("routes names no %s", only != NULL ? only : "route");
	return rc;
}

int cmd_send_test(const struct invocation *a)
{
	struct house h;
	int rc;

	house_enter(&h, invocation_value(a, OPTION_SETTINGS));
	rc = send_test(&h, a);
	house_leave(&h);
	return rc;
}
