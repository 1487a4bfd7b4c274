#include "cli/statistics.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/day.h"

void statistics_begin(struct statistics *s, int32_t first_day)
{
	memset(s, 0, sizeof(*s));
	s->first_day = first_day;
	s->last_day = first_day - 1;
}

static bool is(const struct trail_event *e, const char *key, const char *value)
{
	return strcmp(trail_value(e, key), value) == 0;
}

/* The first of two steps was no refusal, and where there was no step there was no login yet. */
static bool is_halfway(const struct trail_event *e)
{
	return is(e, "reason", "sent") || is(e, "reason", "no-step");
}

static void count(struct statistics_counts *c, const struct trail_event *e)
{
	int64_t sends = trail_number(e, "sends"), tries = trail_number(e, "tries");
	bool challenged = sends > 0 || tries > 0;

	c->challenges += challenged;
	c->sends += sends > 0 ? (uint64_t)sends : 0;
	c->locked += is(e, "reason", "locked");
	if (is(e, "verdict", "accept"))
		c->accepted++;
	else if (is(e, "verdict", "exempt"))
		c->exempt++;
	else if (!is_halfway(e) && challenged)
		c->failed++;
	else if (!is_halfway(e))
		c->refused++;
}

/* NULL: there are more than anybody has. */
static struct statistics_route *route_of(struct statistics *s, const char *name, size_t len)
{
	struct statistics_route *r = s->routes;

	if (len == 0 || len > ORDER_NAME_MAX)
		return NULL;
	for (size_t i = 0; i < s->nroutes; i++, r++)
		if (strlen(r->name) == len && memcmp(r->name, name, len) == 0)
			return r;
	if (s->nroutes == STATISTICS_ROUTES)
		return NULL;
	memcpy(r->name, name, len);
	s->nroutes++;
	return r;
}

static void add_failed(struct statistics *s, const char *list)
{
	for (const char *p = list; *p != 0; p += strspn(p, ",")) {
		size_t len = strcspn(p, ",");
		struct statistics_route *r = route_of(s, p, len);

		if (r != NULL)
			r->failed++;
		p += len;
	}
}

static void add_accepted(struct statistics *s, const struct trail_event *e)
{
	int64_t ms = trail_number(e, "sent_ms");
	const char *name = trail_value(e, "route");
	struct statistics_route *r = ms >= 0 ? route_of(s, name, strlen(name)) : NULL;

	if (r == NULL)
		return;
	r->accepted++;
	r->times_ms[r->ntimes++ % STATISTICS_TIMES] = ms > UINT32_MAX ? UINT32_MAX : (uint32_t)ms;
	r->delivered += is(e, "delivered", "yes");
	r->undelivered += is(e, "delivered", "no");
}

void statistics_add(struct statistics *s, const struct trail_event *e)
{
	struct fault f = FAULT_INIT;
	int32_t day;

	if (e->kind != TRAIL_LOGIN || day_of(e->wall_s, &day, &f) != 0 || day < s->first_day ||
		day - s->first_day >= STATISTICS_DAYS)
		return;
	count(&s->all, e);
	count(&s->days[day - s->first_day], e);
	if (day > s->last_day)
		s->last_day = day;
	add_failed(s, trail_value(e, "failed"));
	add_accepted(s, e);
}

static int by_time(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

int64_t statistics_percentile_ms(const struct statistics_route *r, unsigned percent)
{
	size_t n = r->ntimes < STATISTICS_TIMES ? r->ntimes : STATISTICS_TIMES;
	uint32_t sorted[STATISTICS_TIMES];
	size_t rank = (n * percent + 99) / 100;

	/* cppcheck-suppress knownConditionTrueFalse ; n is what the route has, or all */
	if (n == 0)
		return -1;
	memcpy(sorted, r->times_ms, n * sizeof(sorted[0]));
	qsort(sorted, n, sizeof(sorted[0]), by_time);
	if (rank > n)
		rank = n;
	return sorted[rank > 0 ? rank - 1 : 0];
}
