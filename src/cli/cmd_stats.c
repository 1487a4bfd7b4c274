#include "cli/cmd_stats.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "cli/bars.h"
#include "cli/chronicle.h"
#include "cli/diagram.h"
#include "cli/house.h"
#include "cli/json.h"
#include "cli/metrics.h"
#include "cli/moment.h"
#include "cli/speech.h"
#include "core/day.h"

enum { DAY_S = 86400, PEOPLE_DAYS = 30, SINCE_MAX_S = (STATISTICS_DAYS - 1) * DAY_S };

/* Everything that is gathered before anything is printed. */
struct gathering {
	struct house house;
	struct statistics statistics;
	struct headcount people;
	struct budgets budgets;
	struct balance balances[SETTINGS_ROUTES_MAX];
	size_t nbalances;
	int64_t since_s, now_s;
};

static void each(void *ctx, const struct trail_event *e)
{
	statistics_add(ctx, e);
}

static int take_since(const struct invocation *a, struct gathering *g, struct fault *f)
{
	const char *typed = invocation_value(a, OPTION_SINCE);
	struct clock_now now;

	if (clock_read(&now, f) != 0)
		return -1;
	g->now_s = now.wall_s;
	g->since_s =
		g->now_s - (invocation_has(a, OPTION_PROMETHEUS) ? DAY_S : PEOPLE_DAYS * DAY_S);
	if (typed != NULL && moment_read(typed, g->now_s, &g->since_s, f) != 0)
		return -1;
	if (g->since_s > g->now_s)
		return fault_set(f, FAULT_BAD, 0, "--since is in the future");
	if (g->now_s - g->since_s > SINCE_MAX_S)
		return fault_set(f, FAULT_BAD, 0, "--since: %d days at most", SINCE_MAX_S / DAY_S);
	return 0;
}

static int read_log(const struct invocation *a, struct gathering *g, struct fault *f)
{
	struct chronicle c = { invocation_value(a, OPTION_FILE), g->since_s, g->now_s, each,
		&g->statistics };
	int32_t first_day;

	if (day_of(g->since_s, &first_day, f) != 0)
		return -1;
	statistics_begin(&g->statistics, first_day);
	return chronicle_read(&c, f);
}

static int read_state(struct gathering *g, struct fault *f)
{
	struct house *h = &g->house;

	if (house_open(h, HOUSE_SETTINGS | HOUSE_DIRECTORY | HOUSE_STATE) != 0)
		return SPEECH_TROUBLE;
	if (headcount_take(&h->settings, &h->state, &h->directory, &g->people, f) != 0 ||
		budgets_read(&h->settings, &h->state, &g->budgets, f) != 0)
		return speech_fault(f);
	return SPEECH_YES;
}

static void people_json(const struct gathering *g, struct json *j)
{
	json_open_object(j, "users");
	json_integer(j, "enrolled", g->people.enrolled);
	json_integer(j, "locked", g->people.locked);
	json_integer(j, "blocked", g->people.blocked);
	json_integer(j, "paused", g->people.paused);
	json_integer(j, "bypassed", g->people.bypassed);
	json_integer(j, "damaged", g->people.damaged);
	json_close_object(j);
	json_open_array(j, "budgets");
	for (size_t i = 0; i < g->budgets.n; i++) {
		const struct budgets_line *l = &g->budgets.lines[i];

		json_open_object(j, NULL);
		json_string(j, "prefix", l->prefix[0] != 0 ? l->prefix : NULL);
		json_integer(j, "window_s", l->window_s);
		json_integer(j, "limit", l->limit);
		json_integer(j, "remaining", budgets_left(l));
		json_close_object(j);
	}
	json_close_array(j);
}

static void balances_json(const struct gathering *g, struct json *j)
{
	json_open_array(j, "balances");
	for (size_t i = 0; i < g->nbalances; i++) {
		const struct balance *b = &g->balances[i];

		json_open_object(j, NULL);
		json_string(j, "route", b->route);
		json_boolean(j, "reached", b->reached);
		json_string(j, "amount", b->amount[0] != 0 ? b->amount : NULL);
		json_string(j, "unit", b->unit[0] != 0 ? b->unit : NULL);
		json_close_object(j);
	}
	json_close_array(j);
}

static void print_json(const struct gathering *g)
{
	char when[MOMENT_MAX];
	struct json j;

	json_begin(&j, stdout);
	json_open_object(&j, NULL);
	json_string(&j, "since", moment_json(g->since_s, when));
	diagram_json(&g->statistics, &j);
	people_json(g, &j);
	balances_json(g, &j);
	json_close_object(&j);
	json_end(&j);
}

static void print_people(const struct gathering *g)
{
	const struct headcount *p = &g->people;
	char when[MOMENT_MAX], span[MOMENT_MAX];

	printf("Since %s\n\n", moment_text(g->since_s, when));
	diagram_print(&g->statistics,
		bars_can_blocks(getenv("LC_ALL"), getenv("LC_CTYPE"), getenv("LANG")));
	printf("\nNow: %" PRIu32 " enrolled, %" PRIu32 " locked, %" PRIu32 " blocked, %" PRIu32
	       " paused, %" PRIu32 " let by, %" PRIu32 " damaged\n",
		p->enrolled, p->locked, p->blocked, p->paused, p->bypassed, p->damaged);
	for (size_t i = 0; i < g->budgets.n; i++) {
		const struct budgets_line *l = &g->budgets.lines[i];

		printf("Messages left%s%s: %" PRIu32 " of %" PRIu32 " in %s\n",
			l->prefix[0] != 0 ? " to " : "", l->prefix, budgets_left(l), l->limit,
			moment_span(l->window_s, span));
	}
	for (size_t i = 0; i < g->nbalances; i++) {
		const struct balance *b = &g->balances[i];

		printf("Balance of %s: %s%s%s\n", b->route,
			!b->reached         ? "not reached"
			: b->amount[0] != 0 ? b->amount
					    : "not told",
			b->unit[0] != 0 ? " " : "", b->unit);
	}
}

static void print_metrics(const struct gathering *g)
{
	struct metrics m = { &g->statistics, g->now_s - g->since_s, &g->people, &g->budgets,
		g->balances, g->nbalances };

	metrics_write(&m, stdout);
}

static int stats(const struct invocation *a, struct gathering *g)
{
	struct fault f = FAULT_INIT;
	int rc;

	if (invocation_has(a, OPTION_JSON) && invocation_has(a, OPTION_PROMETHEUS))
		return speech_trouble("--json and --prometheus are two forms: choose one");
	if (take_since(a, g, &f) != 0 || read_log(a, g, &f) != 0)
		return speech_fault(&f);
	rc = read_state(g, &f);
	if (rc != SPEECH_YES)
		return rc;
	if (invocation_has(a, OPTION_ONLINE))
		g->nbalances = balance_ask(&g->house.settings, &g->house.dispatch, g->balances);
	if (invocation_has(a, OPTION_PROMETHEUS))
		print_metrics(g);
	else if (invocation_has(a, OPTION_JSON))
		print_json(g);
	else
		print_people(g);
	return SPEECH_YES;
}

int cmd_stats(const struct invocation *a)
{
	/* too large for comfort on the stack */
	static struct gathering g;
	int rc;

	house_enter(&g.house, invocation_value(a, OPTION_SETTINGS));
	rc = stats(a, &g);
	house_leave(&g.house);
	return rc;
}
