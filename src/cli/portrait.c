#include "cli/portrait.h"

#include <stdio.h>
#include <string.h>

#include "cli/moment.h"
#include "core/fatigue.h"

enum { PURSES = RECORD_PURSES + RECORD_OFFLINE_PURSES };

static const struct {
	const char *words, *key;
} purses[PURSES] = {
	[RECORD_PURSE_STRANGER] = { "through sshd, sudo and other programs of root", "root" },
	[RECORD_PURSE_KNOWN] = { "the same, from known places", "known" },
	[RECORD_PURSE_OWN] = { "through programs that run as the user", "own" },
	[RECORD_PURSE_OFFLINE] = { "with recovery or app codes", "offline" },
	[RECORD_PURSE_OFFLINE_OWN] = { "the same, through programs that run as the user",
		"offline-own" },
};

static struct portrait_gauge gauge(const struct meter *m, struct number_rate rate, int64_t now_s)
{
	struct portrait_gauge g = { 0, rate.count, rate.window_s };
	struct meter turned = *m;

	if (rate.count == 0 || rate.window_s == 0)
		return (struct portrait_gauge){ 0 };
	meter_turn(&turned, rate.window_s, now_s);
	g.used = meter_sum(&turned);
	return g;
}

static void take_purse(
	const struct limit_terms *t, const struct record *r, struct portrait_purse *out)
{
	const struct record_purse_state *p =
		(uint32_t)t->purse < RECORD_PURSES
			? &r->purse[t->purse]
			: &r->offline.purse[t->purse - RECORD_PURSE_OFFLINE];
	const struct settings *s = t->settings;
	struct number_rate failures = { s->lockout.failures, s->lockout.window_s };
	int64_t now_s = t->now->wall_s;

	out->standing = limit_standing(t, r);
	out->failures = gauge(&p->failures, failures, now_s);
	for (int i = 0; i < NUMBER_RATES_MAX; i++) {
		out->sends[i] = gauge(&p->sends[i], s->budget.user.rates[i], now_s);
		out->successes[i] = gauge(&p->successes[i], s->budget.successes.rates[i], now_s);
		out->used |= out->sends[i].used + out->successes[i].used > 0;
	}
	out->consecutive = p->consecutive;
	out->last_send_wall_s = p->last_send_wall_s;
	out->used |= p->consecutive + out->failures.used > 0 || p->last_send_wall_s != 0;
}

static bool is_live(const struct record_challenge *c, const struct clock_now *now)
{
	return memcmp(c->boot_id, now->boot_id, CLOCK_BOOT_ID_SIZE) == 0 &&
	       c->gone_boot_ms > now->boot_ms;
}

static int64_t until(const struct span *s, const struct clock_now *now)
{
	int64_t rest_s = span_rest_s(s, now);

	return rest_s > 0 ? now->wall_s + rest_s : 0;
}

void portrait_take(const struct settings *s, const struct clock_now *now, const struct record *r,
	struct portrait *out)
{
	memset(out, 0, sizeof(*out));
	out->block = (enum record_block)r->block;
	for (unsigned i = 0; i < PURSES; i++) {
		struct limit_terms t = { s, now, (enum record_purse)i };

		take_purse(&t, r, &out->purse[i]);
		if (out->purse[i].last_send_wall_s > out->last_send_wall_s)
			out->last_send_wall_s = out->purse[i].last_send_wall_s;
	}
	for (int i = 0; i < RECORD_CHALLENGES; i++)
		out->live += is_live(&r->challenges[i], now) ? 1 : 0;
	out->recovery_left = record_recovery_left(&r->offline);
	for (int i = 0; i < RECORD_RECOVERY_CODES; i++)
		out->recovery_used += r->offline.recovery[i].state == RECORD_RECOVERY_USED;
	out->app = r->offline.app.enrolled != 0;
	out->issued_until_s = until(&r->offline.issued.span, now);
	out->bypass_until_s = until(&r->bypass.span, now);
	out->unanswered = fatigue_count(r, now);
	out->paused_until_s = until(&r->fatigue.pause, now);
	snprintf(out->bypass_service, sizeof(out->bypass_service), "%s", r->bypass.service);
}

const char *portrait_standing(
	const struct portrait *p, enum record_purse purse, char *out, size_t cap)
{
	const struct limit_result *s = &p->purse[purse].standing;
	char when[MOMENT_MAX];

	if (p->block == RECORD_BLOCK_ADMIN)
		snprintf(out, cap, "blocked by the administrator");
	else if (p->block == RECORD_BLOCK_FAILURES)
		snprintf(out, cap, "blocked after %d wrong codes in a row", LIMIT_BLOCK_FAILURES);
	else if (s->answer == LIMIT_LOCKED)
		snprintf(out, cap, "locked until %s", moment_text(s->until_wall_s, when));
	else if (s->answer == LIMIT_GRANTED)
		snprintf(out, cap, "may log in");
	else
		snprintf(out, cap, "refused");
	return out;
}

static void print_gauges(const char *what, const struct portrait_gauge *g, int n)
{
	char span[MOMENT_MAX];
	bool first = true;

	printf("    %-13s", what);
	for (int i = 0; i < n; i++) {
		if (g[i].window_s == 0)
			continue;
		printf("%s%u of %u in %s", first ? "" : ", ", (unsigned)g[i].used,
			(unsigned)g[i].limit, moment_span(g[i].window_s, span));
		first = false;
	}
	putchar('\n');
}

static void print_purse(const struct portrait *p, enum record_purse i)
{
	const struct portrait_purse *purse = &p->purse[i];
	char standing[96];

	printf("  %s:\n", purses[i].words);
	printf("    %-13s%s\n", "standing", portrait_standing(p, i, standing, sizeof(standing)));
	print_gauges("wrong codes", &purse->failures, 1);
	printf("    %-13s%u\n", "in a row", (unsigned)purse->consecutive);
	if ((unsigned)i >= RECORD_PURSES)
		return;
	print_gauges("codes sent", purse->sends, NUMBER_RATES_MAX);
	print_gauges("logins", purse->successes, NUMBER_RATES_MAX);
}

static void print_offline(const struct portrait *p)
{
	unsigned made = p->recovery_left + p->recovery_used;
	char when[MOMENT_MAX];

	if (made == 0)
		printf("  %-15snone\n", "recovery codes");
	else
		printf("  %-15s%u of %u left\n", "recovery codes", p->recovery_left, made);
	printf("  %-15s%s\n", "app", p->app ? "yes" : "no");
	if (p->issued_until_s != 0)
		printf("  %-15suntil %s\n", "issued code", moment_text(p->issued_until_s, when));
	if (p->bypass_until_s != 0)
		printf("  %-15suntil %s%s%s\n", "bypass", moment_text(p->bypass_until_s, when),
			p->bypass_service[0] != 0 ? ", by " : "", p->bypass_service);
}

void portrait_print(const struct portrait *p)
{
	char when[MOMENT_MAX];

	printf("  %-15s%u of %d\n", "live codes", p->live, RECORD_CHALLENGES);
	printf("  %-15s%s\n", "last send", moment_text(p->last_send_wall_s, when));
	if (p->paused_until_s != 0)
		printf("  %-15sno code to unknown places until %s, %u were not answered\n", "pause",
			moment_text(p->paused_until_s, when), p->unanswered);
	else if (p->unanswered > 0)
		printf("  %-15s%u of %d, from unknown places\n", "not answered", p->unanswered,
			FATIGUE_CODES);
	print_offline(p);
	for (unsigned i = 0; i < PURSES; i++)
		if (i == RECORD_PURSE_STRANGER || p->purse[i].used)
			print_purse(p, (enum record_purse)i);
}

static void gauges_json(struct json *j, const char *key, const struct portrait_gauge *g, int n)
{
	json_open_array(j, key);
	for (int i = 0; i < n; i++) {
		if (g[i].window_s == 0)
			continue;
		json_open_object(j, NULL);
		json_integer(j, "used", g[i].used);
		json_integer(j, "limit", g[i].limit);
		json_integer(j, "window_s", g[i].window_s);
		json_close_object(j);
	}
	json_close_array(j);
}

static void purse_json(const struct portrait_purse *p, const char *name, struct json *j)
{
	bool locked = p->standing.answer == LIMIT_LOCKED;
	char when[MOMENT_MAX];

	json_open_object(j, NULL);
	json_string(j, "name", name);
	json_string(j, "locked_until", locked ? moment_json(p->standing.until_wall_s, when) : NULL);
	json_integer(j, "failures_in_a_row", p->consecutive);
	gauges_json(j, "failures", &p->failures, 1);
	gauges_json(j, "sends", p->sends, NUMBER_RATES_MAX);
	gauges_json(j, "successes", p->successes, NUMBER_RATES_MAX);
	json_string(j, "last_send", moment_json(p->last_send_wall_s, when));
	json_close_object(j);
}

void portrait_json(const struct portrait *p, struct json *j)
{
	static const char *const blocks[] = {
		[RECORD_BLOCK_NONE] = NULL,
		[RECORD_BLOCK_ADMIN] = "administrator",
		[RECORD_BLOCK_FAILURES] = "failures",
	};
	char when[MOMENT_MAX];

	json_string(j, "blocked", p->block <= RECORD_BLOCK_FAILURES ? blocks[p->block] : "unknown");
	json_integer(j, "live_challenges", p->live);
	json_string(j, "last_send", moment_json(p->last_send_wall_s, when));
	json_integer(j, "recovery_codes_left", p->recovery_left);
	json_boolean(j, "app", p->app);
	json_string(j, "issued_code_until", moment_json(p->issued_until_s, when));
	json_string(j, "bypass_until", moment_json(p->bypass_until_s, when));
	json_string(j, "bypass_service",
		p->bypass_until_s != 0 && p->bypass_service[0] != 0 ? p->bypass_service : NULL);
	json_integer(j, "codes_not_answered", p->unanswered);
	json_string(j, "paused_until", moment_json(p->paused_until_s, when));
	json_open_array(j, "purses");
	for (int i = 0; i < PURSES; i++)
		purse_json(&p->purse[i], purses[i].key, j);
	json_close_array(j);
}
