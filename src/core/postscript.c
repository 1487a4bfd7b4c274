#include "core/postscript.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "core/delivery.h"
#include "core/ledger_notice.h"
#include "core/notice.h"
#include "core/numbers.h"
#include "core/sighting.h"

/* One notice under way. */
struct letter {
	const struct postscript *from;
	enum notice what;
	struct account account;
	struct directory_entry entry;
	struct numbers numbers;
	struct ledger ledger;
	struct delivery delivery;
};

static void say(const struct letter *l, const char *what, const struct fault *f)
{
	char words[sizeof f->text + 64], line[sizeof words + 64];
	bool why = f->class != FAULT_NONE;

	snprintf(line, sizeof line, "notice %s %s%s%s", notice_name(l->what), what, why ? ": " : "",
		why ? fault_text(f, words, sizeof words) : "");
	l->from->note(l->from->ctx, line);
}

static void note_route(void *ctx, const char *text)
{
	const struct letter *l = ctx;

	l->from->note(l->from->ctx, text);
}

/* The charge, or a line that says why there is none. */
static bool charged(struct letter *l, bool further, struct ledger_grant *g)
{
	const char *verb = further ? "gets no further route" : "is not sent";
	char words[64];
	struct fault f = FAULT_INIT;

	int rc = ledger_notice_charge(&l->ledger, further, g, &f);
	if (rc == 0 && g->answer == LEDGER_GRANTED)
		return true;
	snprintf(words, sizeof words, "%s%s", verb,
		g->answer == LEDGER_SPENT     ? ": a send budget is spent"
		: g->answer == LEDGER_BLOCKED ? ": the user is blocked"
					      : "");
	say(l, words, &f);
	return false;
}

static bool charge_further(void *ctx)
{
	struct ledger_grant g;

	return charged(ctx, true, &g);
}

/* Whose login it was; their number as it is now. */
static int find(struct letter *l, struct fault *f)
{
	const struct login_house *h = l->from->house;
	const struct settings *s = h->settings;

	if (h->entrance && h->entrance->known)
		l->account = h->entrance->account;
	else if (account_find(l->from->facts->user, &l->account, f) < 0)
		return -1;
	if (directory_find(h->directory, &l->account, &l->entry, f) < 0)
		return -1;
	if (!numbers_begin(&l->numbers, s, &l->entry))
		return fault_set(f, FAULT_BAD, 0, "the settings do not allow the user's number");
	enum verdict_place place = l->from->outcome->place;
	l->ledger = (struct ledger){
		.settings = s,
		.state = h->state,
		.account = &l->account,
		.service = l->from->facts->service,
		.e164 = numbers_phone(&l->numbers)->e164,
		.began_boot_ms = clock_boot_ms(),
		.trusted = l->from->facts->trusted,
		.known = place == VERDICT_PLACE_KNOWN || place == VERDICT_PLACE_REMEMBERED,
	};
	return 0;
}

/* What the routes have shown is remembered for the logins to come. */
static void remember(struct letter *l, uint32_t remembered)
{
	struct sighting all[SETTINGS_ROUTES_MAX];
	const struct delivery *d = &l->delivery;
	struct fault f = FAULT_INIT;
	size_t n = 0;

	for (size_t i = 0; i < d->ntries; i++) {
		const struct delivery_try *t = &d->tries[i];
		bool works = t->state == DELIVERY_TRY_WORKED && (remembered & 1u << t->at) != 0;

		if (t->state == DELIVERY_TRY_FAILED || works)
			all[n++] = (struct sighting){ d->means->routes[t->at].name, works };
	}
	if (n > 0 && sighting_note(l->ledger.state, all, n, &f) < 0)
		say(l, "leaves failed routes unremembered", &f);
}

/* What nobody took is refunded; and who gets in from many devices shall not run out of codes by
 * being told of each (B5). */
static void settle(struct letter *l)
{
	uint32_t used = l->delivery.used, left = l->delivery.charged - used;
	struct fault f = FAULT_INIT;

	if (left > 0 && ledger_notice_refund(&l->ledger, left, &f) < 0)
		say(l, "is not given back", &f);
	f = (struct fault)FAULT_INIT;
	if (used > 0 && l->what == NOTICE_NEW_DEVICE &&
		ledger_notice_give_back(&l->ledger, used, &f) < 0)
		say(l, "is not given back", &f);
}

static void deliver(struct letter *l, const char *text, const struct ledger_grant *g)
{
	const struct settings *s = l->from->house->settings;
	struct delivery_means means = { l->from->house->dispatch, s->routes, s->hedge_after_s,
		charge_further, note_route, l };
	struct dispatch_job job = { ORDER_ACTION_SEND, l->ledger.e164, text, "", l->account.name };
	struct fault f = FAULT_INIT;

	enum delivery_end end = delivery_run(&l->delivery, &means, &job, &g->plan,
		clock_boot_ms() + (int64_t)s->deadline_s * 1000);
	remember(l, g->remembered);
	settle(l);
	say(l,
		end == DELIVERY_TAKEN   ? "is sent"
		: end == DELIVERY_MAYBE ? "may be sent: no provider said so"
		: g->plan.n == 0        ? "is not sent: no route serves this number"
					: "is not sent: no provider took it",
		&f);
}

static void run(struct letter *l)
{
	char text[NOTICE_MAX + 1];
	struct ledger_grant g;
	struct fault f = FAULT_INIT;

	if (find(l, &f) < 0) {
		say(l, "is not sent", &f);
		return;
	}
	if (!charged(l, false, &g))
		return;
	struct notice_fields fields = { l->from->facts->service, l->from->house->host,
		l->account.name, &l->from->facts->address, g.now_wall_s };
	notice_text(l->what, &fields, text);
	deliver(l, text, &g);
}

void postscript_run(const struct postscript *p)
{
	for (int n = 0; n < NOTICES; n++) {
		struct letter l = { .from = p, .what = (enum notice)n };

		if (notice_due(l.what, p->house->settings, p->outcome))
			run(&l);
	}
}
