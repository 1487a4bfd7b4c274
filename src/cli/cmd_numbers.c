#include "cli/cmd_numbers.h"

#include "cli/audit.h"
#include "cli/house.h"
#include "cli/membership.h"
#include "cli/notification.h"
#include "cli/recording.h"
#include "cli/roster.h"
#include "cli/speech.h"
#include "cli/subject.h"

static int judge_room(const struct house *h, const char *name, struct subject *who)
{
	int rc = recording_judge_enrolled(h, name, who);

	if (rc == SPEECH_YES && who->entry.nothers >= ENROLMENT_OTHERS)
		return speech_no("%s has %d numbers already, which is the most; sms-otp "
				 "remove-number %s NUMBER makes room",
			who->account.name, ENROLMENT_NUMBERS, who->account.name);
	return rc;
}

static int judge_number(const struct subject *who, const struct phone *phone)
{
	int place = enrolment_place(&who->entry, phone);

	if (place >= 0)
		return speech_no(
			"%s has that number already, as number %d", who->account.name, place + 1);
	return SPEECH_YES;
}

static int store_further(
	const struct house *h, const struct subject *who, const struct phone *phone, bool verified)
{
	struct audit_change change = {
		.action = "add-number", .account = &who->account, .number = phone
	};
	struct directory_entry entry = who->entry;
	struct enrolment_number number;
	struct fault f = FAULT_INIT;

	if (membership_number(phone, verified, &number, &f) != 0 ||
		roster_add(&entry, &number, &f) != 0 || membership_amend(h, &entry, &f) != 0)
		return speech_fault(&f);
	audit_admin(&h->state, &change);
	speech_line("%s has %s as number %u now%s.", who->account.name, phone->e164,
		(unsigned)entry.nothers + 1, verified ? "" : " (not verified)");
	for (uint32_t i = 0; i <= who->entry.nothers; i++) {
		enrolment_number(&who->entry, i, &number);
		notification_send(h, &who->entry, &number.phone, NOTIFICATION_ADDED);
	}
	return SPEECH_YES;
}

static int add(struct house *h, const struct invocation *a)
{
	static const struct recording how = { judge_room, HOUSE_STATE, judge_number };
	struct subject who;
	struct phone phone;
	int rc = recording_prepare(h, a, &how, &who, &phone);

	if (rc != SPEECH_YES)
		return rc;
	return store_further(h, &who, &phone, !invocation_has(a, OPTION_UNVERIFIED));
}

/* Who, and which of the numbers. */
static int find(struct house *h, const struct invocation *a, struct subject *who, uint32_t *place)
{
	struct fault f = FAULT_INIT;

	if (house_open(h, HOUSE_SETTINGS | HOUSE_DIRECTORY | HOUSE_STATE) != 0)
		return SPEECH_TROUBLE;
	int rc = subject_enrolled(h, a->operands[0], who, &f);
	if (rc != SPEECH_YES)
		return rc;
	if (roster_find(&who->entry, a->operands[1], place, &f) != 0)
		return speech_no("%s; sms-otp show %s lists them", f.text, who->account.name);
	return SPEECH_YES;
}

static int remove_one(struct house *h, const struct invocation *a)
{
	struct enrolment_number gone;
	struct fault f = FAULT_INIT;
	struct subject who;
	uint32_t place;
	int rc = find(h, a, &who, &place);

	if (rc != SPEECH_YES)
		return rc;
	struct directory_entry entry = who.entry;
	enrolment_number(&entry, place, &gone);
	if (roster_remove(&entry, place, &f) != 0)
		return speech_no("%s; sms-otp set-number %s NUMBER replaces it, sms-otp forget %s "
				 "erases everything",
			f.text, who.account.name, who.account.name);
	if (membership_renumber(h, &who.account, &entry, &f) != 0)
		return speech_fault(&f);
	struct audit_change change = {
		.action = "remove-number",
		.account = &who.account,
		.number = &entry.phone,
		.old = &gone.phone,
	};
	audit_admin(&h->state, &change);
	speech_line("%s does not have %s any more.", who.account.name, gone.phone.e164);
	if (place == 0)
		speech_line("Codes go to %s first now.", entry.phone.e164);
	notification_send(h, &who.entry, &gone.phone, NOTIFICATION_REMOVED);
	/* again: a login may have begun with it meanwhile */
	return membership_void(h, &who.account, &f) == 0 ? SPEECH_YES : speech_fault(&f);
}

static int put_first(struct house *h, const struct invocation *a)
{
	struct fault f = FAULT_INIT;
	struct subject who;
	uint32_t place;
	int rc = find(h, a, &who, &place);

	if (rc != SPEECH_YES)
		return rc;
	struct directory_entry entry = who.entry;
	if (place == 0)
		return speech_no(
			"codes for %s go to %s first already", who.account.name, entry.phone.e164);
	roster_put_first(&entry, place);
	if (membership_amend(h, &entry, &f) != 0)
		return speech_fault(&f);
	struct audit_change change = {
		.action = "default-number",
		.account = &who.account,
		.number = &entry.phone,
		.old = &who.entry.phone,
	};
	audit_admin(&h->state, &change);
	speech_line("Codes for %s go to %s first now; %s is number %u.", who.account.name,
		entry.phone.e164, who.entry.phone.e164, (unsigned)place + 1);
	notification_send(h, &who.entry, &who.entry.phone, NOTIFICATION_NOT_FIRST);
	return SPEECH_YES;
}

static int run(const struct invocation *a, int (*act)(struct house *, const struct invocation *))
{
	struct house h;
	int rc;

	house_enter(&h, invocation_value(a, OPTION_SETTINGS));
	rc = act(&h, a);
	house_leave(&h);
	return rc;
}

int cmd_numbers_add(const struct invocation *a)
{
	return run(a, add);
}

int cmd_numbers_remove(const struct invocation *a)
{
	return run(a, remove_one);
}

int cmd_numbers_default(const struct invocation *a)
{
	return run(a, put_first);
}
