#include "cli/cmd_set_number.h"

#include <string.h>

#include "cli/audit.h"
#include "cli/membership.h"
#include "cli/house.h"
#include "cli/notification.h"
#include "cli/recording.h"
#include "cli/roster.h"
#include "cli/speech.h"
#include "cli/subject.h"

/* Which of several is the default is another question. */
static int judge_number(const struct subject *who, const struct phone *phone)
{
	int place = enrolment_place(&who->entry, phone);

	if (place > 0)
		return speech_no("%s has that number already, as number %d; sms-otp default-number "
				 "%s %d makes it the first",
			who->account.name, place + 1, who->account.name, place + 1);
	return SPEECH_YES;
}

/* F6 */
static void tell(const struct house *h, const struct subject *who)
{
	notification_send(h, &who->entry, &who->entry.phone, NOTIFICATION_REPLACED);
	for (uint32_t i = 0; i < who->entry.nothers; i++)
		notification_send(h, &who->entry, &who->entry.others[i].phone,
			NOTIFICATION_OTHER_REPLACED);
}

static int change_number(
	struct house *h, const struct subject *who, const struct phone *phone, bool verified)
{
	struct audit_change change = {
		.action = "set-number",
		.account = &who->account,
		.number = phone,
		.old = &who->entry.phone,
	};
	struct directory_entry entry = who->entry;
	struct enrolment_number number;
	struct fault f = FAULT_INIT;

	if (membership_number(phone, verified, &number, &f) != 0)
		return speech_fault(&f);
	roster_put(&entry, 0, &number);
	if (membership_renumber(h, &who->account, &entry, &f) != 0)
		return speech_fault(&f);
	audit_admin(&h->state, &change);
	speech_line("%s has the number %s now%s.", who->account.name, phone->e164,
		verified ? "" : " (not verified)");
	if (strcmp(phone->e164, who->entry.phone.e164) != 0)
		tell(h, who);
	if (membership_settle(h, &who->account, &f) != 0)
		return speech_fault(&f);
	return SPEECH_YES;
}

static int set_number(struct house *h, const struct invocation *a)
{
	static const struct recording how = { recording_judge_enrolled, HOUSE_STATE, judge_number };
	struct subject who;
	struct phone phone;
	int rc = recording_prepare(h, a, &how, &who, &phone);

	if (rc != SPEECH_YES)
		return rc;
	return change_number(h, &who, &phone, !invocation_has(a, OPTION_UNVERIFIED));
}

int cmd_set_number(const struct invocation *a)
{
	struct house h;
	int rc;

	house_enter(&h, invocation_value(a, OPTION_SETTINGS));
	rc = set_number(&h, a);
	house_leave(&h);
	return rc;
}
