#include "cli/balance.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

/* Its length; 0: none begins here. */
static size_t amount_length(const char *p)
{
	size_t sign = *p == '-' ? 1 : 0;
	size_t whole = strspn(p + sign, "0123456789");
	size_t part = whole > 0 && p[sign + whole] == '.'
			      ? strspn(p + sign + whole + 1, "0123456789")
			      : 0;

	return whole == 0 ? 0 : sign + whole + (part > 0 ? part + 1 : 0);
}

static size_t unit_length(const char *p)
{
	size_t n = 0;

	while (isalpha((unsigned char)p[n]))
		n++;
	return n;
}

void balance_read(const char *text, struct balance *out)
{
	const char *p = text, *unit = "", *amount;
	size_t nunit = unit_length(p), namount;

	out->amount[0] = out->unit[0] = 0;
	if (nunit > 0) {
		unit = p;
		p += nunit;
		p += strspn(p, " ");
	}
	amount = p;
	namount = amount_length(p);
	p += namount;
	if (nunit == 0) {
		unit = p + strspn(p, " ");
		nunit = unit_length(unit);
		p = unit + nunit;
	}
	if (namount == 0 || *p != 0 || namount >= BALANCE_AMOUNT_MAX || nunit >= BALANCE_UNIT_MAX)
		return;
	snprintf(out->amount, sizeof(out->amount), "%.*s", (int)namount, amount);
	snprintf(out->unit, sizeof(out->unit), "%.*s", (int)nunit, unit);
}

size_t balance_ask(const struct settings *s, const struct dispatch *dispatch,
	struct balance out[SETTINGS_ROUTES_MAX])
{
	struct dispatch_job job = {
		.action = ORDER_ACTION_CHECK, .number = "", .text = "", .message_id = ""
	};
	struct receipt r;
	size_t n = 0;

	for (size_t i = 0; i < s->nroutes; i++) {
		if (strcmp(s->routes[i].description, "outbox") == 0)
			continue;
		dispatch_run(dispatch, &s->routes[i], &job, clock_boot_ms() + BALANCE_ASK_MS, &r);
		out[n].route = s->routes[i].name;
		out[n].reached = r.outcome == RECEIPT_ACCEPTED;
		balance_read(out[n].reached ? r.balance : "", &out[n]);
		n++;
	}
	return n;
}
