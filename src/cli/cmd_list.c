#include "cli/cmd_list.h"

#include <stdio.h>

#include "base/places.h"
#include "base/text.h"
#include "cli/contacts.h"
#include "cli/grant.h"
#include "cli/house.h"
#include "cli/json.h"
#include "cli/moment.h"
#include "cli/sieve.h"
#include "cli/speech.h"

struct list {
	const struct house *house;
	bool has_state;
	bool as_json, count_only;
	bool damaged;
	struct sieve sieve;
	unsigned n;
	struct json json;
};

/* What works without an SMS. */
struct offline {
	bool known; /* the record could be read */
	unsigned codes;
	bool app;
	int64_t bypass_until_s;
};

static struct offline look(const struct list *l, const struct directory_entry *e)
{
	struct account a = { .uid = e->uid };
	struct fault f = FAULT_INIT;
	struct state_change ch;
	struct offline o = { .known = false };

	if (!l->has_state || text_copy(a.name, sizeof(a.name), e->name) != 0 ||
		state_begin(&l->house->state, STATE_USER, &a, &ch, &f) != 0)
		return o;
	o.known = true;
	o.codes = record_recovery_left(&ch.user.offline);
	o.app = ch.user.offline.app.enrolled != 0;
	o.bypass_until_s = grant_until(&ch.user.bypass.span, &ch);
	state_abandon(&ch);
	return o;
}

static void offline_json(struct list *l, const struct directory_entry *e)
{
	struct offline o = look(l, e);
	char when[MOMENT_MAX];

	if (!o.known)
		return;
	json_integer(&l->json, "recovery_codes_left", o.codes);
	json_boolean(&l->json, "app", o.app);
	json_string(&l->json, "bypass_until", moment_json(o.bypass_until_s, when));
}

static void print_json(
	struct list *l, uint32_t uid, const struct directory_entry *e, const struct fault *f)
{
	char when[MOMENT_MAX];

	json_open_object(&l->json, NULL);
	json_string(&l->json, "user", e != NULL ? e->name : NULL);
	json_integer(&l->json, "uid", uid);
	if (e != NULL) {
		json_string(&l->json, "number", e->phone.e164);
		json_boolean(&l->json, "verified", e->verified);
		json_string(&l->json, "language",
			e->language != LANGUAGE_NONE ? language_name(e->language) : NULL);
		json_string(&l->json, "since", moment_json(e->since_wall_s, when));
		json_string(&l->json, "by", e->by);
		contacts_json(e, &l->json);
		offline_json(l, e);
	} else {
		json_string(&l->json, "damaged", f->text);
	}
	json_close_object(&l->json);
}

/* A line for each number, so that each is found by its line. */
static void print_lines(const struct list *l, const struct directory_entry *e)
{
	char when[MOMENT_MAX], name[TALK_USER_MAX + 1], by[TALK_USER_MAX + 1], codes[12] = "-";
	char bypass[MOMENT_MAX] = "-";
	struct offline o = look(l, e);
	struct enrolment_number n;

	if (l->n == 1)
		printf("%-16s %7s  %-16s  %-8s  %-5s  %-3s  %-19s  %-19s  %-4s  %s\n", "USER",
			"UID", "NUMBER", "VERIFIED", "CODES", "APP", "BYPASS", "SINCE", "LANG",
			"BY");
	text_log(name, sizeof(name), e->name);
	if (o.known)
		snprintf(codes, sizeof(codes), "%u", o.codes);
	if (o.bypass_until_s != 0)
		moment_text(o.bypass_until_s, bypass);
	for (uint32_t i = 0; i <= e->nothers; i++) {
		enrolment_number(e, i, &n);
		text_log(by, sizeof(by), n.by);
		printf("%-16s %7u  %-16s  %-8s  %-5s  %-3s  %-19s  %-19s  %-4s  %s\n", name,
			(unsigned)e->uid, n.phone.e164, n.verified ? "yes" : "no", codes,
			!o.known ? "-"
			: o.app  ? "yes"
				 : "no",
			bypass, moment_text(n.since_wall_s, when),
			e->language != LANGUAGE_NONE ? language_name(e->language) : "-", by);
	}
}

static int each(void *ctx, uint32_t uid, const struct directory_entry *e, const struct fault *f)
{
	struct fault why = FAULT_INIT;
	struct list *l = ctx;
	bool takes = true;

	if (e != NULL && sieve_takes(&l->sieve, e, &takes, &why) != 0) {
		speech_fault(&why);
		l->damaged = true;
		takes = false;
	}
	if (!takes)
		return 0;
	if (e != NULL)
		l->n++;
	else
		l->damaged = true;
	if (l->count_only && e != NULL)
		return 0;
	if (l->as_json && !l->count_only)
		print_json(l, uid, e, f);
	else if (e != NULL)
		print_lines(l, e);
	else
		speech_fault(f);
	return 0;
}

static void end_list(struct list *l)
{
	if (l->count_only && l->as_json)
		json_integer(&l->json, NULL, l->n);
	if (l->as_json && !l->count_only)
		json_close_array(&l->json);
	if (l->as_json)
		json_end(&l->json);
	else if (l->count_only)
		printf("%u\n", l->n);
}

static int list(struct house *h, const struct invocation *a)
{
	struct list l = { .house = h,
		.as_json = invocation_has(a, OPTION_JSON),
		.count_only = invocation_has(a, OPTION_HOW_MANY),
		.sieve = { a, h } };
	struct fault f = FAULT_INIT, no_state = FAULT_INIT;
	unsigned parts;
	int rc;

	if (sieve_parts(a, &parts, &f) != 0)
		return speech_fault(&f);
	if (house_open(h, HOUSE_DIRECTORY | parts) != 0)
		return SPEECH_TROUBLE;
	/* the numbers are worth a look without it */
	l.has_state = (parts & HOUSE_STATE) != 0 ||
		      state_open(PLACES_STATE, &h->state, &no_state) == 0;
	if (l.as_json)
		json_begin(&l.json, stdout);
	if (l.as_json && !l.count_only)
		json_open_array(&l.json, NULL);
	rc = directory_walk(&h->directory, each, &l, &f);
	end_list(&l);
	if (rc != 0)
		return speech_fault(&f);
	if (l.n == 0 && !l.as_json && !l.count_only && !l.damaged)
		speech_line(sieve_is_open(a) ? "Nobody is enrolled: sms-otp enroll USER NUMBER"
					     : "Nobody who is enrolled is like that.");
	return l.damaged ? SPEECH_TROUBLE : SPEECH_YES;
}

int cmd_list(const struct invocation *a)
{
	struct house h;
	int rc;

	house_enter(&h, invocation_value(a, OPTION_SETTINGS));
	rc = list(&h, a);
	house_leave(&h);
	return rc;
}
