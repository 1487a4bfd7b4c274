#include "engine/audit.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "core/day.h"

/* What is done: nobody ends with a challenge. */
static const char *verdict_word(enum verdict v)
{
	return verdict_name(v == VERDICT_CHALLENGE ? VERDICT_DENY : v);
}

/* One value: no blanks, so that a user's name cannot look like a further field. */
static void add_word(struct text_line *line, const char *key, const char *value)
{
	char word[TALK_PLACE_MAX + 1];

	text_log(word, sizeof word, value);
	for (char *p = word; *p; p++) {
		if (*p == ' ' || *p == '=')
			*p = '?';
	}
	text_add(line, " %s=%s", key, word[0] ? word : "-");
}

static void add_uid(struct text_line *line, int64_t uid)
{
	if (uid < 0)
		text_add(line, " uid=-");
	else
		text_add(line, " uid=%lld", (long long)uid);
}

static void add_rule(struct text_line *line, int rule)
{
	if (rule <= 0)
		text_add(line, " rule=-");
	else
		text_add(line, " rule=%d", rule);
}

/* "" for none. */
static const char *until_text(int32_t until, char out[DAY_MAX])
{
	return until == 0 ? "" : day_text(until, out);
}

static const char *if_true(bool is)
{
	return is ? "yes" : "";
}

/* How long a message took; 0 for none. */
static const char *if_sent(int64_t ms, char *out, size_t cap)
{
	struct text_line line;

	text_begin(&line, out, cap);
	if (ms > 0)
		text_add(&line, "%lld", (long long)ms);
	return out;
}

/* NONE: an SMS would have been sent. */
static void add_would(struct text_line *line, const struct verdict_would *w)
{
	bool none = w->verdict == VERDICT_CHALLENGE && w->reason == TALK_REASON_NONE;

	text_add(line, " would=%s would_reason=%s", verdict_name(w->verdict),
		none ? "-" : verdict_reason_name(w->reason));
}

static void add_fault(struct text_line *line, const struct fault *f)
{
	char text[sizeof f->text + 80], plain[sizeof text];

	if (f->class == FAULT_NONE)
		return;
	text_log(plain, sizeof plain, fault_text(f, text, sizeof text));
	text_add(line, " fault=\"%s\"", plain);
}

void audit_enrolled(
	const struct verdict_outcome *o, const struct facts *facts, char *out, size_t cap)
{
	struct text_line line;
	char from[64];

	facts_show_address(&facts->address, from, sizeof from);
	text_begin(&line, out, cap);
	text_add(&line, "enrolled at login");
	add_word(&line, "user", facts->user);
	add_uid(&line, o->uid);
	add_word(&line, "number", o->number);
	add_word(&line, "service", facts->service);
	add_word(&line, "address", from);
}

void audit_line(const struct verdict_outcome *o, const struct facts *facts, int64_t took_ms,
	char *out, size_t cap)
{
	struct text_line line;
	char from[64], day[DAY_MAX], ms[24];
	const char *purpose = facts->change ? "change" : "login";

	facts_show_address(&facts->address, from, sizeof from);
	text_begin(&line, out, cap);
	text_add(&line, "login verdict=%s reason=%s", verdict_word(o->verdict),
		verdict_reason_word(o));
	add_word(&line, "user", facts->user);
	add_uid(&line, o->uid);
	add_word(&line, "service", facts->service);
	add_word(&line, "for", purpose);
	add_word(&line, "from", from);
	add_word(&line, "tty", facts->tty);
	add_rule(&line, o->rule);
	add_word(&line, "ref", o->tag);
	add_word(&line, "number", o->number);
	add_word(&line, "route", o->route);
	add_word(&line, "by", verdict_by_name(o->by));
	add_word(&line, "place", verdict_place_name(o->place));
	if (o->pause)
		text_add(&line, " pause=%s", "begun");
	add_word(&line, "until", until_text(o->until, day));
	add_word(&line, "enrolled", if_true(o->enrolled));
	text_add(&line, " sends=%u tries=%u peer=%u ms=%lld", o->sends, o->tries,
		(unsigned int)facts->peer, (long long)took_ms);
	add_word(&line, "sent_ms", if_sent(o->sent_ms, ms, sizeof ms));
	add_word(&line, "failed", o->failed);
	add_word(&line, "delivered", verdict_delivered_name(o->delivered));
	if (o->would.observed)
		add_would(&line, &o->would);
	add_fault(&line, &o->fault);
}
