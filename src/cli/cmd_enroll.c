#include "cli/cmd_enroll.h"

#include "cli/audit.h"
#include "cli/membership.h"
#include "cli/house.h"
#include "cli/recording.h"
#include "cli/speech.h"
#include "cli/subject.h"

static int judge_user(const struct house *h, const char *name, struct subject *who)
{
	struct fault f = FAULT_INIT;

	if (subject_find(h, name, who, &f) != 0)
		return f.class == FAULT_ABSENT ? speech_no("the system has no user %s", name)
					       : speech_fault(&f);
	if (!who->in_system)
		return speech_no(
			"the system has no user %s any more; sms-otp forget %s erases the old "
			"enrolment",
			name, name);
	if (who->standing == SUBJECT_ENROLLED)
		return speech_no(
			"%s is enrolled already; sms-otp set-number %s NUMBER changes the number",
			name, name);
	if (who->standing == SUBJECT_DAMAGED)
		return speech_fault(&who->fault);
	return SPEECH_YES;
}

static int store(const struct house *h, const struct account *account, const struct phone *phone,
	bool verified)
{
	struct audit_change change = { .action = "enroll", .account = account, .number = phone };
	struct fault f = FAULT_INIT;

	if (membership_store(h, account, phone, verified, &f) != 0)
		return speech_fault(&f);
	audit_admin(&h->state, &change);
	speech_line("%s is enrolled with %s%s.", account->name, phone->e164,
		verified ? "" : " (not verified)");
	if (membership_recount(h, NULL, &f) != 0)
		return speech_fault(&f);
	return SPEECH_YES;
}

static int store_language(
	const struct house *h, const struct invocation *a, const struct account *account)
{
	const char *typed = invocation_value(a, OPTION_LANGUAGE);
	struct fault f = FAULT_INIT;

	if (typed == NULL)
		return SPEECH_YES;
	if (membership_set_language(h, account, language_find(typed), &f) != 0)
		return speech_fault(&f);
	return SPEECH_YES;
}

static int enroll(struct house *h, const struct invocation *a)
{
	static const struct recording how = { judge_user, HOUSE_NEW_STATE, NULL };
	struct subject who;
	struct phone phone;
	int rc = recording_prepare(h, a, &how, &who, &phone);

	if (rc != SPEECH_YES)
		return rc;
	rc = store(h, &who.account, &phone, !invocation_has(a, OPTION_UNVERIFIED));
	return rc == SPEECH_YES ? store_language(h, a, &who.account) : rc;
}

int cmd_enroll(const struct invocation *a)
{
	struct house h;
	int rc;

	house_enter(&h, invocation_value(a, OPTION_SETTINGS));
	rc = enroll(&h, a);
	house_leave(&h);
	return rc;
}
