#include "core/sending.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "core/journey.h"
#include "core/number_tag.h"
#include "core/settings_origins.h"
#include "core/sighting.h"

static void note(void *ctx, const char *text)
{
	const struct sending *s = ctx;

	s->dialogue->people->note(s->dialogue->people->ctx, text);
}

static void note_fault(struct sending *s, const char *what, const struct fault *f)
{
	char words[sizeof f->text + 64], line[sizeof words + 64];

	snprintf(line, sizeof line, "%s: %s", what, fault_text(f, words, sizeof words));
	note(s, line);
}

/* One more route for the message that is being sent. */
static bool charge_further(void *ctx)
{
	struct sending *s = ctx;
	struct fault f = FAULT_INIT;
	struct ledger_grant g;

	if (ledger_resend(s->ledger, s->challenge, LEDGER_BY_US, &g, &f) < 0) {
		note_fault(s, "no further route", &f);
		return false;
	}
	if (g.answer != LEDGER_GRANTED)
		note(s, "no further route: a send budget is spent");
	else if (g.warn)
		note(s, "a send budget is used to 80 % or more");
	return g.answer == LEDGER_GRANTED;
}

void sending_begin(struct sending *s)
{
	memset(s->text, 0, sizeof s->text);
	memset(&s->report, 0, sizeof s->report);
	s->again = false;
	s->last = -1;
	s->confirmed = false;
	s->tried = 0;
	/* what became of the code before this one is not said of this one */
	s->dialogue->next.news = MESSAGE_NEWS_NONE;
}

static bool by_sms(const struct sending *s)
{
	return s->means.routes == s->settings->routes;
}

static void use(struct sending *s, bool call)
{
	s->means = (struct delivery_means){
		.dispatch = s->dispatch,
		.routes = call ? s->settings->voice : s->settings->routes,
		.hedge_after_s = s->settings->hedge_after_s,
		.charge = charge_further,
		.note = note,
		.ctx = s,
	};
	if (call) {
		sms_voice(&s->challenge->code, s->text, sizeof s->text);
		return;
	}
	struct sms_fields fields = { &s->challenge->code, s->ledger->service, s->host,
		s->ledger->account->name, s->challenge->tag, s->settings->code.lifetime_s };
	const char *origin = settings_origins_host(s->settings, s->ledger->service);

	sms_text(sms_template(s->settings->message), &fields, s->text, sizeof s->text);
	if (origin)
		sms_bind(origin, &s->challenge->code, s->text, sizeof s->text);
}

static struct dispatch_job job_of(const struct sending *s)
{
	return (struct dispatch_job){
		.action = by_sms(s) ? ORDER_ACTION_SEND : ORDER_ACTION_VOICE,
		.number = s->ledger->e164,
		.text = s->text,
		.message_id = "",
		.user = s->ledger->account->name,
	};
}

/* What the routes have shown is remembered for the logins to come; this one does not depend on it.
 * Calls say nothing about messages. */
static void remember(struct sending *s)
{
	struct sighting all[SETTINGS_ROUTES_MAX];
	const struct delivery *d = &s->delivery;
	struct fault f = FAULT_INIT;
	size_t n = 0;

	for (size_t i = 0; by_sms(s) && i < d->ntries; i++) {
		const struct delivery_try *t = &d->tries[i];
		bool works = t->state == DELIVERY_TRY_WORKED;
		bool known = (s->remembered & 1u << t->at) != 0;

		s->tried |= 1u << t->at;
		if (t->state == DELIVERY_TRY_FAILED || (works && known))
			all[n++] = (struct sighting){ s->means.routes[t->at].name, works };
	}
	if (n > 0 && sighting_note(s->ledger->state, all, n, &f) < 0)
		note_fault(s, "failed routes are not remembered", &f);
}

/* Give back the charges that no message was taken for; the ones of our own first. */
static int refund(struct sending *s, bool drop, struct fault *f)
{
	const struct delivery *d = &s->delivery;
	uint32_t left = d->charged - d->used, ours = d->charged - (s->again ? 0 : 1);
	struct ledger_unsent u = { .drop = drop };

	u.by_us = left < ours ? left : ours;
	u.by_person = left - u.by_us;
	if (left == 0 && !drop)
		return 0;
	return ledger_unsend(s->ledger, s->challenge, &u, f);
}

static void taken(struct sending *s, enum delivery_end end)
{
	const struct delivery *d = &s->delivery;
	int64_t lifetime_s = s->settings->code.lifetime_s;

	challenge_sent(s->challenge, clock_boot_ms(), (uint32_t)lifetime_s);
	number_tag(
		s->ledger->state, s->ledger->e164, s->outcome->number, sizeof s->outcome->number);
	report_close(&s->report);
	if (!by_sms(s))
		return; /* a call says nothing about the message before it */
	s->confirmed = false;
	s->last = (int)(delivery_route(d) - s->settings->routes);
	if (end == DELIVERY_TAKEN)
		report_begin(
			&s->report, s->dispatch, delivery_route(d), s->ledger->e164, &d->receipt);
}

/* The books after a delivery. first: without it there is no challenge. */
static enum sending_end wrap_up(struct sending *s, bool first, struct fault *f)
{
	enum delivery_end end = delivery_close(&s->delivery);
	const struct settings_route *route = delivery_route(&s->delivery);

	s->outcome->sends += s->delivery.used;
	s->numbers->all[s->numbers->at].sent += s->delivery.used;
	if (route)
		snprintf(s->outcome->route, VERDICT_ROUTE, "%s", route->name);
	journey_note(&s->delivery, s->outcome);
	remember(s);
	if (delivery_was_taken(end))
		taken(s, end);
	if (refund(s, first && !delivery_was_taken(end), f) < 0)
		return SENDING_STATE;
	switch (end) {
	case DELIVERY_TAKEN:
	case DELIVERY_MAYBE:
		return SENDING_SENT;
	case DELIVERY_NUMBER:
		return SENDING_NUMBER;
	case DELIVERY_BROKEN:
		return SENDING_BROKEN;
	case DELIVERY_NONE:
	default:
		return s->delivery.plan.n == 0 ? SENDING_NUMBER : SENDING_OUTAGE;
	}
}

static enum sending_end deliver(struct sending *s, const struct route_plan *plan, bool first,
	int64_t deadline_ms, struct fault *f)
{
	struct dispatch_job job = job_of(s);

	if (plan->n == 0)
		note(s, "no route serves this number");
	enum delivery_end end = delivery_run(&s->delivery, &s->means, &job, plan, deadline_ms);
	enum sending_end done = wrap_up(s, first, f);
	if (done == SENDING_SENT)
		dialogue_next(s->dialogue,
			!by_sms(s)              ? MESSAGE_CALLED
			: end == DELIVERY_TAKEN ? MESSAGE_SENT
						: MESSAGE_SENT_MAYBE,
			0);
	return done;
}

static struct route_plan voice_plan(const struct sending *s)
{
	static const struct clock_now never = { 0 };

	return route_plan(s->settings->voice, s->settings->nvoice, s->ledger->e164, NULL, &never);
}

enum sending_end sending_first(
	struct sending *s, const struct ledger_grant *g, int64_t deadline_ms, struct fault *f)
{
	struct route_plan plan = s->call ? voice_plan(s) : g->plan;

	use(s, s->call);
	s->plan = g->plan;
	s->remembered = g->remembered;
	return deliver(s, &plan, true, deadline_ms, f);
}

/* A message that is not known to have arrived is sent by the routes after that one first. */
static void turn(struct route_plan *plan, int last)
{
	const struct route_plan old = *plan;
	size_t at = 0;

	while (at < old.n && old.at[at] != last)
		at++;
	for (size_t i = 0; at < old.n && i < old.n; i++)
		plan->at[i] = old.at[(at + 1 + i) % old.n];
}

bool sending_can_call(const struct sending *s)
{
	return s->settings->nvoice > 0 && voice_plan(s).n > 0;
}

enum sending_end sending_again(
	struct sending *s, bool call, int64_t deadline_ms, struct ledger_grant *g, struct fault *f)
{
	if (sending_settle(s, f) < 0 ||
		ledger_resend(s->ledger, s->challenge, LEDGER_BY_PERSON, g, f) < 0)
		return SENDING_STATE;
	if (g->answer != LEDGER_GRANTED)
		return SENDING_WITHHELD;
	use(s, call);
	if (call) {
		struct route_plan plan = voice_plan(s);
		return deliver(s, &plan, false, deadline_ms, f);
	}
	s->plan = g->plan;
	s->remembered = g->remembered;
	s->tried = 0;
	if (!s->confirmed)
		turn(&s->plan, s->last);
	return deliver(s, &s->plan, false, deadline_ms, f);
}

void sending_choose(struct sending *s, size_t place)
{
	s->numbers->at = place;
	s->ledger->e164 = numbers_phone(s->numbers)->e164;
	s->dialogue->next.phone = numbers_phone(s->numbers);
}

enum sending_end sending_to(struct sending *s, size_t place, int64_t deadline_ms,
	struct ledger_grant *g, struct fault *f)
{
	/* what is under way is still the number's before */
	if (sending_settle(s, f) < 0)
		return SENDING_STATE;
	size_t before = s->numbers->at;
	struct route_plan plan = s->plan;
	uint32_t remembered = s->remembered, tried = s->tried;
	int last = s->last;
	bool confirmed = s->confirmed;
	sending_choose(s, place);
	s->last = -1;
	s->confirmed = false;
	enum sending_end end = sending_again(s, false, deadline_ms, g, f);
	if (end == SENDING_SENT)
		return end;
	/* the code is where it was, and so is its report */
	sending_choose(s, before);
	s->plan = plan;
	s->remembered = remembered;
	s->tried = tried;
	s->last = last;
	s->confirmed = confirmed;
	return end;
}

/* The routes that have not had this code yet. */
static struct route_plan untried(const struct sending *s)
{
	struct route_plan rest = { .n = 0 };

	for (size_t i = 0; i < s->plan.n; i++)
		if ((s->tried & 1u << s->plan.at[i]) == 0)
			rest.at[rest.n++] = s->plan.at[i];
	return rest;
}

/* The provider says that the message was not delivered: the same code by a route that has not had
 * it yet. The next prompt says so. */
static void send_by_ourselves(struct sending *s)
{
	struct route_plan rest = untried(s);

	s->dialogue->next.news = MESSAGE_NEWS_FAILED;
	if (rest.n == 0 || challenge_expired(s->challenge, clock_boot_ms()) || !charge_further(s))
		return;
	use(s, false);
	struct dispatch_job job = job_of(s);
	s->again = true;
	delivery_begin(&s->delivery, &s->means, &job, &rest,
		clock_boot_ms() + (int64_t)s->settings->deadline_s * 1000);
}

static int end_our_own(struct sending *s, struct fault *f)
{
	enum sending_end end = wrap_up(s, false, f);

	s->again = false;
	if (end == SENDING_SENT)
		s->dialogue->next.news = MESSAGE_NEWS_SENT_AGAIN;
	return end == SENDING_STATE ? -1 : 0;
}

static void note_report(struct sending *s)
{
	char line[ORDER_NAME_MAX + 64];

	snprintf(line, sizeof line, "route %s: reported as not delivered", s->report.route->name);
	note(s, line);
}

static void step(void *ctx)
{
	struct sending *s = ctx;
	struct fault f = FAULT_INIT;

	if (s->again) {
		/* what is under way may still be taken; no route is begun with a dead code */
		if (challenge_expired(s->challenge, clock_boot_ms()))
			s->delivery.stopped = true;
		if (delivery_step(&s->delivery) && end_our_own(s, &f) < 0)
			note_fault(s, "a send is not given back", &f);
		return;
	}
	report_until(&s->report, s->challenge->valid_until_ms);
	switch (report_step(&s->report)) {
	case REPORT_DELIVERED:
		s->confirmed = true;
		s->outcome->delivered = VERDICT_DELIVERED_YES;
		break;
	case REPORT_FAILED:
		s->outcome->delivered = VERDICT_DELIVERED_NO;
		note_report(s);
		send_by_ourselves(s);
		break;
	case REPORT_NONE:
	case REPORT_PENDING:
	default:
		break;
	}
}

static size_t fds(void *ctx, struct pollfd out[DIALOGUE_WATCH_FDS])
{
	struct sending *s = ctx;

	_Static_assert((int)SETTINGS_ROUTES_MAX <= (int)DIALOGUE_WATCH_FDS, "room for all senders");
	if (s->again)
		return delivery_fds(&s->delivery, out);
	out[0] = (struct pollfd){ .fd = report_fd(&s->report), .events = POLLIN };
	return 1;
}

static int64_t wake_ms(void *ctx)
{
	const struct sending *s = ctx;

	return s->again ? delivery_wake_ms(&s->delivery) : report_wake_ms(&s->report);
}

struct dialogue_watch sending_watch(struct sending *s)
{
	return (struct dialogue_watch){ s, fds, wake_ms, step };
}

int sending_settle(struct sending *s, struct fault *f)
{
	return s->again ? end_our_own(s, f) : 0;
}

void sending_close(struct sending *s)
{
	struct fault f = FAULT_INIT;

	if (sending_settle(s, &f) < 0)
		note_fault(s, "a send is not given back", &f);
	report_close(&s->report);
	secret_wipe_bytes(s->text, sizeof s->text);
}
