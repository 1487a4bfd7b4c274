#include "cli/metrics.h"

#include <inttypes.h>

#include "cli/exposition.h"

static void write_logins(const struct metrics *m, struct exposition *x)
{
	const struct statistics_counts *c = &m->statistics->all;
	const struct {
		const char *result;
		uint64_t n;
	} results[] = {
		{ "accepted", c->accepted },
		{ "failed", c->failed },
		{ "refused", c->refused },
		{ "exempt", c->exempt },
	};

	exposition_gauge(x, "sms_otp_window_seconds", "The time that counts of logins are of.");
	exposition_integer(x, NULL, m->window_s);
	exposition_gauge(x, "sms_otp_logins", "Logins in the window, by what came of them.");
	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++)
		exposition_integer(x,
			(struct exposition_label[]){
				{ "result", results[i].result }, { NULL, NULL } },
			(int64_t)results[i].n);
	exposition_gauge(x, "sms_otp_challenges",
		"Logins in the window for which a code was sent or compared.");
	exposition_integer(x, NULL, (int64_t)c->challenges);
	exposition_gauge(
		x, "sms_otp_lockouts", "Logins in the window that were refused as locked.");
	exposition_integer(x, NULL, (int64_t)c->locked);
	exposition_gauge(x, "sms_otp_messages", "Messages sent in the window.");
	exposition_integer(x, NULL, (int64_t)c->sends);
}

static void write_times(const struct statistics_route *r, struct exposition *x)
{
	static const struct {
		unsigned percent;
		const char *quantile;
	} quantiles[] = { { 50, "0.5" }, { 95, "0.95" } };

	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++) {
		int64_t ms = statistics_percentile_ms(r, quantiles[i].percent);

		if (ms >= 0)
			exposition_milli(x,
				(struct exposition_label[]){ { "route", r->name },
					{ "quantile", quantiles[i].quantile }, { NULL, NULL } },
				ms);
	}
}

static void write_results(
	const char *route, const char *const results[2], const uint64_t n[2], struct exposition *x)
{
	for (int i = 0; i < 2; i++)
		exposition_integer(x,
			(struct exposition_label[]){
				{ "route", route }, { "result", results[i] }, { NULL, NULL } },
			(int64_t)n[i]);
}

static void write_routes(const struct statistics *s, struct exposition *x)
{
	static const char *const taken[] = { "accepted", "failed" };
	static const char *const reported[] = { "delivered", "undelivered" };

	exposition_gauge(x, "sms_otp_route_logins",
		"Logins in the window whose message the route accepted, or did not.");
	for (size_t i = 0; i < s->nroutes; i++)
		write_results(s->routes[i].name, taken,
			(uint64_t[]){ s->routes[i].accepted, s->routes[i].failed }, x);
	exposition_gauge(x, "sms_otp_route_reports",
		"Messages in the window that the provider reported as delivered, or not.");
	for (size_t i = 0; i < s->nroutes; i++)
		write_results(s->routes[i].name, reported,
			(uint64_t[]){ s->routes[i].delivered, s->routes[i].undelivered }, x);
	exposition_gauge(x, "sms_otp_route_acceptance_seconds",
		"From the order to the provider's acceptance, in the window.");
	for (size_t i = 0; i < s->nroutes; i++)
		write_times(&s->routes[i], x);
}

static void write_people(const struct headcount *p, struct exposition *x)
{
	const struct {
		const char *state;
		uint32_t n;
	} states[] = {
		{ "enrolled", p->enrolled },
		{ "locked", p->locked },
		{ "blocked", p->blocked },
		{ "paused", p->paused },
		{ "bypassed", p->bypassed },
		{ "damaged", p->damaged },
	};

	exposition_gauge(x, "sms_otp_users", "Users now, by their standing.");
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		exposition_integer(x,
			(struct exposition_label[]){ { "state", states[i].state }, { NULL, NULL } },
			states[i].n);
}

static void write_budget(const struct budgets_line *l, uint32_t value, struct exposition *x)
{
	char window[16];

	snprintf(window, sizeof(window), "%" PRIu32, l->window_s);
	exposition_integer(x,
		(struct exposition_label[]){ { "budget", l->prefix[0] != 0 ? "prefix" : "all" },
			{ "prefix", l->prefix }, { "window_seconds", window } },
		value);
}

static void write_budgets(const struct budgets *b, struct exposition *x)
{
	exposition_gauge(x, "sms_otp_budget_limit", "Messages that a budget allows.");
	for (size_t i = 0; i < b->n; i++)
		write_budget(&b->lines[i], b->lines[i].limit, x);
	exposition_gauge(x, "sms_otp_budget_remaining", "Messages that are left of a budget now.");
	for (size_t i = 0; i < b->n; i++)
		write_budget(&b->lines[i], budgets_left(&b->lines[i]), x);
}

static void write_balances(const struct metrics *m, struct exposition *x)
{
	if (m->nbalances == 0)
		return;
	exposition_gauge(
		x, "sms_otp_route_reached", "1: the provider answers and accepts the credentials.");
	for (size_t i = 0; i < m->nbalances; i++)
		exposition_integer(x,
			(struct exposition_label[]){
				{ "route", m->balances[i].route }, { NULL, NULL } },
			m->balances[i].reached);
	exposition_gauge(x, "sms_otp_route_balance", "What is left on the account.");
	for (size_t i = 0; i < m->nbalances; i++)
		if (m->balances[i].amount[0] != 0)
			exposition_text(x,
				(struct exposition_label[]){ { "route", m->balances[i].route },
					{ "unit", m->balances[i].unit }, { NULL, NULL } },
				m->balances[i].amount);
}

void metrics_write(const struct metrics *m, FILE *out)
{
	struct exposition x = { out, "" };

	exposition_gauge(&x, "sms_otp_build_info", "1, with the version as a label.");
	exposition_integer(&x,
		(struct exposition_label[]){ { "version", SMSOTP_VERSION }, { NULL, NULL } }, 1);
	write_logins(m, &x);
	write_routes(m->statistics, &x);
	write_people(m->people, &x);
	write_budgets(m->budgets, &x);
	write_balances(m, &x);
}
