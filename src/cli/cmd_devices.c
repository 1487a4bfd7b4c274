#include "cli/cmd_devices.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "cli/audit.h"
#include "cli/house.h"
#include "cli/json.h"
#include "cli/moment.h"
#include "cli/speech.h"
#include "cli/subject.h"
#include "core/place.h"
#include "core/settings_remember.h"

enum { TAG_BYTES = 3 };

/* One entry, for showing. */
struct device {
	int number; /* from 1, as --forget takes it */
	const struct record_place *entry;
	char tag[2 * TAG_BYTES + 1];
	int64_t last_s;  /* by the clock, as people read it */
	int64_t until_s; /* 0: asked for a code again */
};

static struct device device_of(
	const struct house *h, const struct state_change *ch, int i, const struct record_place *e)
{
	struct place_moment m = { e->service, settings_remember_s(&h->settings, e->service),
		ch->now.wall_s, ch->clock_wall_s };
	struct device d = { .number = i + 1, .entry = e, .last_s = e->last_clock_s };
	int64_t left_s = place_left_s(e, &m);

	text_hex(d.tag, sizeof(d.tag), e->mac, TAG_BYTES);
	if (left_s > 0)
		d.until_s = ch->clock_wall_s + left_s;
	return d;
}

static void print_text(const struct device *d)
{
	char last[MOMENT_MAX], until[MOMENT_MAX];

	printf("%2d  %-7s  %s  %-27s  last %s", d->number, place_kind_name(d->entry->kind), d->tag,
		d->entry->service, moment_text(d->last_s, last));
	if (d->until_s != 0)
		printf("  until %s", moment_text(d->until_s, until));
	putchar('\n');
}

static void print_json(struct json *j, const struct device *d)
{
	char last[MOMENT_MAX], until[MOMENT_MAX];

	json_open_object(j, NULL);
	json_integer(j, "number", d->number);
	json_string(j, "kind", place_kind_name(d->entry->kind));
	json_string(j, "tag", d->tag);
	json_string(j, "service", d->entry->service);
	json_string(j, "last", moment_json(d->last_s, last));
	json_string(j, "until", moment_json(d->until_s, until));
	json_close_object(j);
}

static int list(const struct house *h, const struct account *account, bool as_json)
{
	struct fault f = FAULT_INIT;
	struct state_change ch;
	struct json j;
	int n = 0;

	if (state_begin(&h->state, STATE_USER, account, &ch, &f) != 0)
		return speech_fault(&f);
	state_abandon(&ch);
	if (as_json) {
		json_begin(&j, stdout);
		json_open_array(&j, NULL);
	}
	for (int i = 0; i < RECORD_PLACES; i++) {
		const struct record_place *e = &ch.user.places[i];
		if (e->kind == RECORD_PLACE_NONE)
			continue;
		struct device d = device_of(h, &ch, i, e);
		n++;
		if (as_json)
			print_json(&j, &d);
		else
			print_text(&d);
	}
	if (as_json) {
		json_close_array(&j);
		json_end(&j);
	} else if (n == 0) {
		speech_line("No place of %s is known.", account->name);
	}
	return SPEECH_YES;
}

/* -1: all; else from 0. */
static int which(const char *text, int *out)
{
	struct fault f = FAULT_INIT;
	int64_t n = 0;

	*out = -1;
	if (strcmp(text, "all") == 0)
		return SPEECH_YES;
	if (number_parse(text, 1, RECORD_PLACES, &n, &f) != 0)
		return speech_trouble("--forget takes \"all\", or a number of the list");
	*out = (int)n - 1;
	return SPEECH_YES;
}

static int forget(const struct house *h, const struct account *account, int at)
{
	struct audit_change line = { .action = "devices-forget", .account = account };
	struct fault f = FAULT_INIT;
	struct state_change ch;

	if (state_begin(&h->state, STATE_USER, account, &ch, &f) != 0)
		return speech_fault(&f);
	if (at >= 0 && ch.user.places[at].kind == RECORD_PLACE_NONE) {
		state_abandon(&ch);
		return speech_no("%s has no place number %d", account->name, at + 1);
	}
	if (at >= 0)
		memset(&ch.user.places[at], 0, sizeof(ch.user.places[at]));
	else
		place_forget_all(&ch.user);
	if (state_commit(&ch, &f) != 0)
		return speech_fault(&f);
	audit_admin(&h->state, &line);
	if (at >= 0)
		speech_line("Place %d of %s is forgotten.", at + 1, account->name);
	else
		speech_line("Every place of %s is forgotten.", account->name);
	return SPEECH_YES;
}

static int run(struct house *h, const struct invocation *a)
{
	const char *what = invocation_value(a, OPTION_FORGET);
	struct fault f = FAULT_INIT;
	struct subject who;
	int at = -1;

	int rc = what != NULL ? which(what, &at) : SPEECH_YES;
	if (rc != SPEECH_YES)
		return rc;
	/* how long is the settings' to say; forgetting must work whatever they are */
	if (house_open(h, HOUSE_DIRECTORY | HOUSE_STATE | (what != NULL ? 0 : HOUSE_SETTINGS)) != 0)
		return SPEECH_TROUBLE;
	rc = subject_enrolled(h, a->operands[0], &who, &f);
	if (rc != SPEECH_YES)
		return rc;
	return what != NULL ? forget(h, &who.account, at)
			    : list(h, &who.account, invocation_has(a, OPTION_JSON));
}

int cmd_devices(const struct invocation *a)
{
	struct house h;

	house_enter(&h, invocation_value(a, OPTION_SETTINGS));
	int rc = run(&h, a);
	house_leave(&h);
	return rc;
}
