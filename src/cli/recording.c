#include "cli/recording.h"

#include "cli/candidate.h"
#include "cli/speech.h"
#include "cli/verification.h"
#include "core/language.h"

/* The message with the code is for the person with the phone. */
static int speak(const struct house *h, const struct invocation *a, const struct subject *who)
{
	const char *typed = invocation_value(a, OPTION_LANGUAGE);
	enum language own = who->standing == SUBJECT_ENROLLED ? who->entry.language : LANGUAGE_NONE;
	struct fault f = FAULT_INIT;

	if (typed != NULL)
		own = language_find(typed);
	if (typed != NULL && own == LANGUAGE_NONE)
		return speech_no("a language is one of " LANGUAGE_LIST);
	if (language_speak(language_choose(own, LANGUAGE_NONE, h->settings.language), &f) != 0)
		speech_warn("the message is in English: %s", f.text);
	return SPEECH_YES;
}

int recording_judge_enrolled(const struct house *h, const char *name, struct subject *who)
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

static int judge_number(
	const struct recording *r, const struct subject *who, const struct phone *phone)
{
	return r->judge_number != NULL ? r->judge_number(who, phone) : SPEECH_YES;
}

int recording_prepare(struct house *h, const struct invocation *a, const struct recording *r,
	struct subject *who, struct phone *phone)
{
	const char *name = a->operands[0];
	struct fault f = FAULT_INIT;

	if (house_open(h, HOUSE_SETTINGS | HOUSE_DIRECTORY) != 0)
		return SPEECH_TROUBLE;
	int rc = r->judge_user(h, name, who);
	if (rc != SPEECH_YES)
		return rc;
	if (candidate_number(&h->settings, a->operands[1], phone, &f) != 0)
		return speech_no("%s", f.text);
	rc = judge_number(r, who, phone);
	if (rc != SPEECH_YES)
		return rc;
	rc = speak(h, a, who);
	if (rc != SPEECH_YES)
		return rc;
	if (house_open(h, r->state) != 0)
		return SPEECH_TROUBLE;
	if (invocation_has(a, OPTION_UNVERIFIED))
		return SPEECH_YES;
	enum verification v = verification_run(h, who->account.name, phone);
	if (v != VERIFICATION_PROVEN)
		return v == VERIFICATION_TROUBLE ? SPEECH_TROUBLE : SPEECH_NO;
	rc = r->judge_user(h, name, who);
	return rc == SPEECH_YES ? judge_number(r, who, phone) : rc;
}
