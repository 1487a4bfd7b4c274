#include "core/admission.h"

#include "core/policy.h"

static enum verdict refuse(
	struct verdict_outcome *outcome, enum talk_reason reason, const struct fault *f)
{
	outcome->verdict = VERDICT_DENY;
	outcome->reason = reason;
	if (f->class != FAULT_NONE)
		outcome->fault = *f;
	return VERDICT_DENY;
}

static enum verdict as_policy_says(struct verdict_outcome *outcome, struct policy_answer a)
{
	outcome->verdict = a.verdict;
	outcome->reason = a.reason;
	return a.verdict;
}

static bool number_allowed(const struct admission *a)
{
	const struct settings *s = a->settings;

	if (!phone_allowed(&a->entry.phone, s->prefixes, s->nprefixes))
		return false;
	return s->premium || !phone_premium(&a->entry.phone);
}

/* There is no enrolment; a record in the state folder says that there was one, and that it was
 * lost (C3, C5). */
static enum verdict not_enrolled(struct admission *a, struct verdict_outcome *outcome)
{
	struct fault f = FAULT_INIT;
	bool had;

	if (state_has_user(a->state, &a->account, &had, &f) < 0)
		return refuse(outcome, TALK_REASON_STATE, &f);
	if (!had)
		return as_policy_says(outcome, policy_for_unenrolled(a->settings));
	fault_set(&f, FAULT_DAMAGED, 0,
		"users/%u.conf is missing, but state/%u is there: restore it, or sms-otp forget "
		"and "
		"enroll again",
		(unsigned int)a->account.uid, (unsigned int)a->account.uid);
	return refuse(outcome, TALK_REASON_STATE, &f);
}

static enum verdict find_phone(struct admission *a, struct verdict_outcome *outcome)
{
	struct fault f = FAULT_INIT;

	if (directory_find(a->directory, &a->account, &a->entry, &f) < 0) {
		if (f.class == FAULT_ABSENT)
			return not_enrolled(a, outcome);
		return refuse(outcome, TALK_REASON_STATE, &f);
	}
	state_number_tag(a->state, a->entry.phone.e164, outcome->number, sizeof outcome->number);
	if (number_allowed(a))
		return VERDICT_CHALLENGE;
	fault_set(&f, FAULT_BAD, 0,
		"the user's number is outside numbers.prefixes, or a premium number");
	return refuse(outcome, TALK_REASON_NUMBER, &f);
}

enum verdict admission_decide(
	struct admission *a, const struct facts *facts, struct verdict_outcome *outcome)
{
	struct fault f = FAULT_INIT;
	struct policy_answer p = policy_for_login(a->settings, facts);

	if (p.verdict != VERDICT_CHALLENGE)
		return as_policy_says(outcome, p);
	if (account_find(facts->user, &a->account, &f) < 0)
		return refuse(outcome,
			f.class == FAULT_ABSENT ? TALK_REASON_UNKNOWN_USER : TALK_REASON_SYSTEM,
			&f);
	outcome->uid = (int64_t)a->account.uid;
	if (!facts->trusted && a->account.uid != facts->peer)
		return refuse(outcome, TALK_REASON_REFUSED, &f);
	return find_phone(a, outcome);
}
