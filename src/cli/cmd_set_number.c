#include "cli/cmd_set_number.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/audit.h"
#include "cli/courier.h"
#include "cli/membership.h"
#include "cli/house.h"
#include "cli/recording.h"
#include "cli/speech.h"
#include "cli/subject.h"

/* As in the codes' message (G4): the text stays within one segment. */
enum { USER_SHOWN = 16, HOST_SHOWN = 20 };

static int judge_user(const struct house *h, const char *name, struct subject *who)
{
	struct fault f = FAULT_INIT;

	if (subject_find(h, name, who, &f) != 0)
		return f.class == FAULT_ABSENT ? speech_no("%s", f.text) : speech_fault(&f);
	if (!who->in_system)
		return speech_no(
			"the system has no user %s any more; sms-otp forget %s erases the old "
			"enrolment",
			name, name);
	if (who->standing == SUBJECT_DAMAGED)
		return speech_fault(&who->fault);
	if (who->standing != SUBJECT_ENROLLED)
		return speech_no("%s is not enrolled; sms-otp enroll %s NUMBER", name, name);
	return SPEECH_YES;
}

static void tell_old_number(const struct house *h, const struct subject *who)
{
	char user[USER_SHOWN + 1], host[HOST_SHOWN + 1], text[161];
	enum delivery_end end;

	text_name(user, sizeof(user), who->account.name, USER_SHOWN);
	text_name(host, sizeof(host), h->host, HOST_SHOWN);
	snprintf(text, sizeof(text),
		"The phone for login codes of user %s on %s was changed from this number to "
		"another. "
		"Not you? Tell the administrator.",
		user, host);
	end = courier_send(h, &who->entry.phone, "a notice", text);
	if (end != DELIVERY_TAKEN && end != DELIVERY_MAYBE)
		speech_warn("the old number could not be told of the change");
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
	struct fault f = FAULT_INIT;

	if (membership_renumber(h, &who->account, phone, verified, &f) != 0)
		return speech_fault(&f);
	audit_admin(&h->state, &change);
	speech_line("%s has the number %s now%s.", who->account.name, phone->e164,
		verified ? "" : " (not verified)");
	if (strcmp(phone->e164, who->entry.phone.e164) != 0)
		tell_old_number(h, who);
	if (membership_settle(h, &who->account, &f) != 0)
		return speech_fault(&f);
	return SPEECH_YES;
}

static int set_number(struct house *h, const struct invocation *a)
{
	static const struct recording how = { judge_user, HOUSE_STATE };
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
