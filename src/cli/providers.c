#include "cli/providers.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/courier.h"
#include "cli/remarks.h"
#include "cli/speech.h"

static bool is_outbox(const struct settings_route *route)
{
	return strcmp(route->description, "outbox") == 0;
}

bool providers_use_outbox(const struct settings *s)
{
	for (size_t i = 0; i < s->nroutes; i++)
		if (is_outbox(&s->routes[i]))
			return true;
	return false;
}

static void inspect_receipt(
	struct inspection *i, const struct settings_route *route, const struct receipt *r)
{
	const char *gap = r->note[0] != 0 ? ": " : "";
	char status[48] = "";

	if (r->outcome == RECEIPT_ACCEPTED) {
		inspection_add(i, INSPECTION_FINE, "routes",
			"%s: reached, credentials accepted%s%s%s%s", route->name,
			r->balance[0] != 0 ? ", balance " : "", r->balance, gap, r->note);
		return;
	}
	if (r->http_status != 0)
		snprintf(status, sizeof(status), " (HTTP %u%s%.16s)", (unsigned)r->http_status,
			r->code[0] != 0 ? ", code " : "", r->code);
	inspection_add(i, INSPECTION_TROUBLE, "routes", "%s: %s%s%s%s", route->name,
		courier_outcome(r->outcome), status, gap, r->note);
}

/* What holds the sender back on this kernel (E7). Not a finding: there is nothing to mend. */
static void inspect_sandbox(struct inspection *i, uint32_t sandbox)
{
	bool landlock = (sandbox & RECEIPT_SANDBOX_LANDLOCK) != 0;

	if ((sandbox & RECEIPT_SANDBOX_SECCOMP) == 0)
		return;
	inspection_add(i, INSPECTION_FINE, "sender", "confined by seccomp%s",
		landlock ? " and Landlock" : "; this kernel has no Landlock");
}

static void inspect_route(
	struct inspection *i, const struct house *h, const struct settings_route *route)
{
	struct dispatch_job job = {
		.action = ORDER_ACTION_CHECK, .number = "", .text = "", .message_id = ""
	};
	struct receipt r;

	if (!i->as_json)
		speech_line("Asking %s ...", route->name);
	dispatch_run(&h->dispatch, route, &job, clock_boot_ms() + HOUSE_SEND_MS, &r);
	inspect_receipt(i, route, &r);
	inspect_sandbox(i, r.sandbox);
}

static bool is_named(const struct settings_route *routes, size_t n, const char *name)
{
	for (size_t k = 0; k < n; k++)
		if (strcmp(routes[k].name, name) == 0)
			return true;
	return false;
}

static void inspect_one(struct inspection *i, const struct house *h,
	const struct settings_route *route, bool offline)
{
	const struct settings *s = &h->settings;
	unsigned calls = is_named(s->routes, s->nroutes, route->name) ? DESCRIPTION_SEND : 0;

	if (is_named(s->voice, s->nvoice, route->name))
		calls |= DESCRIPTION_VOICE;
	if (is_outbox(route))
		inspection_add(i, INSPECTION_FINDING, "routes",
			"%s WRITES CODES TO A FILE, NOT TO A PHONE (%s): for trying only; take it "
			"out of routes before this system guards anything",
			route->name, h->dispatch.outbox_path);
	else if (!remarks_inspect(i, h, route, calls))
		return;
	else if (offline)
		inspection_add(
			i, INSPECTION_FINE, "routes", "%s: not asked (--offline)", route->name);
	if (!offline)
		inspect_route(i, h, route);
}

void providers_inspect(struct inspection *i, const struct house *h, bool offline)
{
	const struct settings *s = &h->settings;

	for (size_t k = 0; k < s->nroutes; k++)
		inspect_one(i, h, &s->routes[k], offline);
	for (size_t k = 0; k < s->nvoice; k++)
		if (!is_named(s->routes, s->nroutes, s->voice[k].name))
			inspect_one(i, h, &s->voice[k], offline);
}
