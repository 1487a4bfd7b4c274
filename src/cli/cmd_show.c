#include "cli/cmd_show.h"

#include <stdio.h>

#include "base/places.h"
#include "base/text.h"
#include "cli/contacts.h"
#include "cli/house.h"
#include "cli/moment.h"
#include "cli/portrait.h"
#include "cli/speech.h"
#include "cli/subject.h"

/* What could be found out. */
struct view {
	struct house house;
	struct subject who;
	bool settings_usable;
	bool record_usable;
	struct fault record_fault;
	struct portrait portrait;
};

static int take_portrait(struct view *v)
{
	struct house *h = &v->house;
	struct state_change ch;

	v->settings_usable =
		h->path[0] != 0 && settings_load(h->path, &h->settings, &h->faults) == 0;
	if (state_open(PLACES_STATE, &h->state, &v->record_fault) != 0 ||
		state_begin(&h->state, STATE_USER, &v->who.account, &ch, &v->record_fault) != 0)
		return -1;
	state_abandon(&ch);
	v->record_usable = true;
	if (v->settings_usable)
		portrait_take(&h->settings, &ch.now, &ch.user, &v->portrait);
	return 0;
}

static void print_remedy(const struct view *v)
{
	char text[384];

	if (v->who.standing == SUBJECT_DAMAGED)
		speech_trouble("%s", fault_text(&v->who.fault, text, sizeof(text)));
	else if (!v->record_usable)
		speech_trouble("%s", fault_text(&v->record_fault, text, sizeof(text)));
	else
		return;
	speech_line("Until this is mended no code lets %s in. To mend it:\n"
		    "  sms-otp repair %s\n"
		    "or to start afresh:\n"
		    "  sms-otp forget %s\n  sms-otp enroll %s NUMBER",
		v->who.account.name, v->who.account.name, v->who.account.name, v->who.account.name);
}

static void print_settings_trouble(const struct view *v)
{
	char first[512];

	settings_first_fault(&v->house.faults, first, sizeof(first));
	speech_trouble("budgets and locks are not shown, the settings are not usable: %s", first);
}

static void print_people(const struct view *v)
{
	const struct directory_entry *e = &v->who.entry;
	char when[MOMENT_MAX], by[TALK_USER_MAX + 1], standing[96];

	printf("%s (uid %u)%s\n", v->who.account.name, (unsigned)v->who.account.uid,
		v->who.in_system ? "" : ", a user whom the system no longer has");
	if (v->who.standing == SUBJECT_ENROLLED) {
		text_log(by, sizeof(by), e->by);
		printf("  %-15s%s\n", "number", e->phone.e164);
		printf("  %-15s%s\n", "verified", e->verified ? "yes" : "no");
		if (e->language != LANGUAGE_NONE)
			printf("  %-15s%s\n", "language", language_name(e->language));
		printf("  %-15s%s by %s\n", "stored", moment_text(e->since_wall_s, when), by);
		contacts_print(e);
	}
	if (!v->record_usable || !v->settings_usable)
		return;
	printf("  %-15s%s\n", "standing",
		v->who.standing != SUBJECT_ENROLLED
			? "refused, the enrolment is damaged"
			: portrait_standing(
				  &v->portrait, RECORD_PURSE_STRANGER, standing, sizeof(standing)));
	portrait_print(&v->portrait);
}

static void print_json(const struct view *v)
{
	const struct directory_entry *e = &v->who.entry;
	char when[MOMENT_MAX];
	struct json j;

	json_begin(&j, stdout);
	json_open_object(&j, NULL);
	json_string(&j, "user", v->who.account.name);
	json_integer(&j, "uid", v->who.account.uid);
	json_boolean(&j, "in_system", v->who.in_system);
	json_boolean(&j, "enrolled", v->who.standing == SUBJECT_ENROLLED);
	if (v->who.standing == SUBJECT_ENROLLED) {
		json_string(&j, "number", e->phone.e164);
		json_boolean(&j, "verified", e->verified);
		json_string(&j, "language",
			e->language != LANGUAGE_NONE ? language_name(e->language) : NULL);
		json_string(&j, "since", moment_json(e->since_wall_s, when));
		json_string(&j, "by", e->by);
		contacts_json(e, &j);
	}
	if (v->who.standing == SUBJECT_DAMAGED)
		json_string(&j, "damaged", v->who.fault.text);
	else if (!v->record_usable)
		json_string(&j, "damaged", v->record_fault.text);
	else if (v->settings_usable)
		portrait_json(&v->portrait, &j);
	json_close_object(&j);
	json_end(&j);
}

static int show(struct view *v, const struct invocation *a)
{
	struct fault f = FAULT_INIT;

	if (house_open(&v->house, HOUSE_DIRECTORY) != 0)
		return SPEECH_TROUBLE;
	if (subject_find(&v->house, a->operands[0], &v->who, &f) != 0)
		return f.class == FAULT_ABSENT ? speech_no("%s", f.text) : speech_fault(&f);
	if (v->who.standing == SUBJECT_NOT_ENROLLED)
		return speech_no("%s is not enrolled; sms-otp enroll %s NUMBER",
			v->who.account.name, v->who.account.name);
	if (take_portrait(v) != 0)
		v->record_usable = false;
	if (invocation_has(a, OPTION_JSON))
		print_json(v);
	else
		print_people(v);
	print_remedy(v);
	if (!v->settings_usable)
		print_settings_trouble(v);
	return v->who.standing == SUBJECT_ENROLLED && v->record_usable && v->settings_usable
		       ? SPEECH_YES
		       : SPEECH_TROUBLE;
}

int cmd_show(const struct invocation *a)
{
	struct view v = { .record_usable = false };
	int rc;

	house_enter(&v.house, invocation_value(a, OPTION_SETTINGS));
	rc = show(&v, a);
	house_leave(&v.house);
	return rc;
}
