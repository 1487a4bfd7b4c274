#include "cli/cmd_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/chronicle.h"
#include "cli/json.h"
#include "cli/moment.h"
#include "cli/speech.h"
#include "wire/talk.h"

enum { SHOWN_MAX = 400, TOOK_MAX = 32 };

struct past {
	char user[TALK_USER_MAX + 1]; /* as lines have it */
	bool as_json;
	unsigned n;
	struct json json;
};

static const char *shown(const struct trail_event *e, const char *key, char out[SHOWN_MAX])
{
	text_log(out, SHOWN_MAX, trail_value(e, key));
	if (out[0] == 0)
		snprintf(out, SHOWN_MAX, "-");
	return out;
}

static const char *took(const struct trail_event *e, char out[TOOK_MAX])
{
	int64_t ms = trail_number(e, "ms");

	snprintf(out, TOOK_MAX, "-");
	if (ms >= 0)
		snprintf(out, TOOK_MAX, "%" PRId64 ".%d s", ms / 1000, (int)(ms % 1000 / 100));
	return out;
}

static void print_head(void)
{
	printf("%-19s  %-8s  %-12s  %-15s  %-7s  %-15s  %-8s  %5s  %5s  %-12s  %s\n", "TIME",
		"WHAT", "SERVICE", "FROM", "VERDICT", "REASON", "BY", "SENDS", "TRIES", "ROUTE",
		"TOOK");
}

static void print_login(const struct trail_event *e)
{
	char when[MOMENT_MAX], what[SHOWN_MAX], service[SHOWN_MAX], from[SHOWN_MAX],
		verdict[SHOWN_MAX], reason[SHOWN_MAX], by[SHOWN_MAX], sends[SHOWN_MAX],
		tries[SHOWN_MAX], route[SHOWN_MAX], time[TOOK_MAX], fault[SHOWN_MAX];

	printf("%-19s  %-8s  %-12s  %-15s  %-7s  %-15s  %-8s  %5s  %5s  %-12s  %s\n",
		moment_text(e->wall_s, when), shown(e, "for", what), shown(e, "service", service),
		shown(e, "from", from), shown(e, "verdict", verdict), shown(e, "reason", reason),
		shown(e, "by", by), shown(e, "sends", sends), shown(e, "tries", tries),
		shown(e, "route", route), took(e, time));
	if (trail_value(e, "fault")[0] != 0)
		printf("%-19s  %s\n", "", shown(e, "fault", fault));
}

/* All of its words: each action has others. */
static void print_other(const struct trail_event *e)
{
	char when[MOMENT_MAX], value[SHOWN_MAX];

	printf("%-19s  %-8s ", moment_text(e->wall_s, when),
		e->kind == TRAIL_ADMIN ? "admin" : "enrolled");
	for (size_t i = 0; i < e->nwords; i++) {
		const char *key = trail_key(e, i);

		text_log(value, sizeof(value), trail_at(e, i));
		if (strcmp(key, "user") == 0 || strcmp(key, "uid") == 0 || strcmp(value, "-") == 0)
			continue;
		if (strcmp(key, "action") == 0)
			printf(" %s", value);
		else if (strchr(value, ' ') != NULL)
			printf(" %s=\"%s\"", key, value);
		else
			printf(" %s=%s", key, value);
	}
	putchar('\n');
}

static void print_json(struct json *j, const struct trail_event *e)
{
	static const char *const kinds[] = {
		[TRAIL_LOGIN] = "login", [TRAIL_ENROLLED] = "enrolled", [TRAIL_ADMIN] = "admin"
	};
	static const char *const numbers[] = { "uid", "rule", "sends", "tries", "peer", "ms",
		"sent_ms", "for_s" };
	char when[MOMENT_MAX];

	json_open_object(j, NULL);
	json_string(j, "time", moment_json(e->wall_s, when));
	json_string(j, "what", kinds[e->kind]);
	for (size_t i = 0; i < e->nwords; i++) {
		const char *key = trail_key(e, i), *value = trail_at(e, i);
		int64_t number = -1;

		for (size_t k = 0; k < sizeof(numbers) / sizeof(numbers[0]); k++)
			if (strcmp(key, numbers[k]) == 0)
				number = trail_number(e, key);
		if (number >= 0)
			json_integer(j, key, number);
		else
			json_string(j, key, strcmp(value, "-") == 0 ? NULL : value);
	}
	json_close_object(j);
}

static void each(void *ctx, const struct trail_event *e)
{
	struct past *p = ctx;

	if (strcmp(trail_value(e, "user"), p->user) != 0)
		return;
	if (p->as_json)
		print_json(&p->json, e);
	else if (p->n == 0)
		print_head();
	p->n++;
	if (p->as_json)
		return;
	if (e->kind == TRAIL_LOGIN)
		print_login(e);
	else
		print_other(e);
}

/* A name as the audit lines write it. */
static int take_user(const char *typed, struct past *p, struct fault *f)
{
	if (strlen(typed) >= sizeof(p->user) || typed[0] == 0)
		return fault_set(f, FAULT_BAD, 0, "no user has such a name");
	text_log(p->user, sizeof(p->user), typed);
	for (char *c = p->user; *c != 0; c++)
		if (*c == ' ' || *c == '=')
			*c = '?';
	return 0;
}

static int take_since(const struct invocation *a, struct chronicle *c, struct fault *f)
{
	struct clock_now now;
	const char *typed = invocation_value(a, OPTION_SINCE);

	if (clock_read(&now, f) != 0)
		return -1;
	c->now_s = now.wall_s;
	return typed != NULL ? moment_read(typed, c->now_s, &c->since_s, f) : 0;
}

int cmd_log(const struct invocation *a)
{
	struct past p = { .as_json = invocation_has(a, OPTION_JSON) };
	struct chronicle c = { .file = invocation_value(a, OPTION_FILE), .each = each, .ctx = &p };
	struct fault f = FAULT_INIT;
	int rc;

	if (take_user(a->operands[0], &p, &f) != 0 || take_since(a, &c, &f) != 0)
		return speech_fault(&f);
	if (p.as_json) {
		json_begin(&p.json, stdout);
		json_open_array(&p.json, NULL);
	}
	rc = chronicle_read(&c, &f);
	if (p.as_json) {
		json_close_array(&p.json);
		json_end(&p.json);
	}
	if (rc != 0)
		return speech_fault(&f);
	return p.n > 0 ? SPEECH_YES : speech_no("the log has nothing about %s", p.user);
}
