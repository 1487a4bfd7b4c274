#include "cli/diagram.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/bars.h"
#include "core/day.h"

enum { DAY_BAR = 30, ROUTE_BAR = 16, TIME_MAX = 32 };

static int days_of(const struct statistics *s)
{
	return s->last_day - s->first_day + 1;
}

static bool is_empty(const struct statistics_counts *c)
{
	static const struct statistics_counts none;

	return memcmp(c, &none, sizeof(none)) == 0;
}

/* The first day on which anything happened. */
static int begin_of(const struct statistics *s)
{
	int i = 0;

	while (i < days_of(s) && is_empty(&s->days[i]))
		i++;
	return i;
}

static void print_counts(const char *what, const struct statistics_counts *c)
{
	printf("%-10s  %8" PRIu64 "  %8" PRIu64 "  %8" PRIu64 "  %8" PRIu64 "  %8" PRIu64
	       "  %8" PRIu64 "  %8" PRIu64,
		what, c->challenges, c->accepted, c->failed, c->refused, c->locked, c->exempt,
		c->sends);
}

static void print_days(const struct statistics *s, bool blocks)
{
	uint64_t most = 0;
	char bar[BARS_MAX], day[DAY_MAX];

	for (int i = 0; i < days_of(s); i++)
		if (s->days[i].challenges > most)
			most = s->days[i].challenges;
	printf("%-10s  %8s  %8s  %8s  %8s  %8s  %8s  %8s\n", "DAY", "CODES", "ACCEPTED", "FAILED",
		"REFUSED", "LOCKED", "LET OFF", "MESSAGES");
	for (int i = begin_of(s); i < days_of(s); i++) {
		print_counts(day_text(s->first_day + i, day), &s->days[i]);
		bars_draw(s->days[i].challenges, most, DAY_BAR, blocks, bar);
		printf("%s%s\n", bar[0] != 0 ? "  " : "", bar);
	}
	print_counts("all", &s->all);
	putchar('\n');
}

static const char *time_text(int64_t ms, char out[TIME_MAX])
{
	if (ms < 0)
		snprintf(out, TIME_MAX, "-");
	else
		snprintf(out, TIME_MAX, "%" PRId64 ".%02d s", ms / 1000, (int)(ms % 1000 / 10));
	return out;
}

static void print_route(const struct statistics_route *r, int64_t most_ms, bool blocks)
{
	int64_t median_ms = statistics_percentile_ms(r, 50);
	char median[TIME_MAX], late[TIME_MAX], share[TIME_MAX] = "-", bar[BARS_MAX];
	uint64_t reports = r->delivered + r->undelivered;

	if (reports > 0)
		snprintf(share, sizeof(share), "%" PRIu64 " of %" PRIu64, r->delivered, reports);
	bars_draw(
		median_ms > 0 ? (uint64_t)median_ms : 0, (uint64_t)most_ms, ROUTE_BAR, blocks, bar);
	printf("%-16s  %8" PRIu64 "  %8" PRIu64 "  %9s  %9s  %12s%s%s\n", r->name, r->accepted,
		r->failed, time_text(median_ms, median),
		time_text(statistics_percentile_ms(r, 95), late), share, bar[0] != 0 ? "  " : "",
		bar);
}

static void print_routes(const struct statistics *s, bool blocks)
{
	int64_t most_ms = 0;

	if (s->nroutes == 0)
		return;
	for (size_t i = 0; i < s->nroutes; i++)
		if (statistics_percentile_ms(&s->routes[i], 50) > most_ms)
			most_ms = statistics_percentile_ms(&s->routes[i], 50);
	printf("\n%-16s  %8s  %8s  %9s  %9s  %12s\n", "ROUTE", "ACCEPTED", "FAILED", "MEDIAN",
		"95 %", "DELIVERED");
	for (size_t i = 0; i < s->nroutes; i++)
		print_route(&s->routes[i], most_ms, blocks);
}

void diagram_print(const struct statistics *s, bool blocks)
{
	print_days(s, blocks);
	print_routes(s, blocks);
}

static void counts_json(const struct statistics_counts *c, struct json *j)
{
	json_integer(j, "challenges", (int64_t)c->challenges);
	json_integer(j, "accepted", (int64_t)c->accepted);
	json_integer(j, "failed", (int64_t)c->failed);
	json_integer(j, "refused", (int64_t)c->refused);
	json_integer(j, "lockouts", (int64_t)c->locked);
	json_integer(j, "exempt", (int64_t)c->exempt);
	json_integer(j, "messages", (int64_t)c->sends);
}

static void route_json(const struct statistics_route *r, struct json *j)
{
	json_open_object(j, NULL);
	json_string(j, "route", r->name);
	json_integer(j, "accepted", (int64_t)r->accepted);
	json_integer(j, "failed", (int64_t)r->failed);
	json_integer(j, "delivered", (int64_t)r->delivered);
	json_integer(j, "undelivered", (int64_t)r->undelivered);
	if (r->ntimes > 0) {
		json_integer(j, "median_ms", statistics_percentile_ms(r, 50));
		json_integer(j, "p95_ms", statistics_percentile_ms(r, 95));
	}
	json_close_object(j);
}

void diagram_json(const struct statistics *s, struct json *j)
{
	char day[DAY_MAX];

	json_open_object(j, "all");
	counts_json(&s->all, j);
	json_close_object(j);
	json_open_array(j, "days");
	for (int i = begin_of(s); i < days_of(s); i++) {
		json_open_object(j, NULL);
		json_string(j, "day", day_text(s->first_day + i, day));
		counts_json(&s->days[i], j);
		json_close_object(j);
	}
	json_close_array(j);
	json_open_array(j, "routes");
	for (size_t i = 0; i < s->nroutes; i++)
		route_json(&s->routes[i], j);
	json_close_array(j);
}
