#include "core/policy.h"

#include <string.h>

static const struct policy_answer challenge = { VERDICT_CHALLENGE, TALK_REASON_NONE };

static bool listed(const char list[][TALK_SERVICE_MAX + 1], size_t n, const char *service)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i], service) == 0)
			return true;
	}
	return false;
}

static struct policy_answer deny(enum talk_reason reason)
{
	struct policy_answer a = { VERDICT_DENY, reason };
	return a;
}

/* Every exemption is made here (C3); said: the settings, or an administrator, said so in
 * so many words. */
static struct policy_answer exempt(bool said, enum talk_reason refusal)
{
	struct policy_answer a = { VERDICT_DENY, refusal };

	if (said) {
		a.verdict = VERDICT_EXEMPT;
		a.reason = TALK_REASON_EXEMPT;
	}
	return a;
}

struct policy_answer policy_for_service(const struct settings *s, const struct facts *facts)
{
	if (s->services_given && !listed(s->services, s->nservices, facts->service))
		return exempt(s->unlisted == SETTINGS_IGNORE, TALK_REASON_UNLISTED);
	return challenge;
}

struct policy_answer policy_for_rule(const struct rules_answer *rule)
{
	if (rule->then == SETTINGS_THEN_REQUIRE)
		return challenge;
	return exempt(rule->then == SETTINGS_THEN_SKIP && rule->why == RULES_MATCHED,
		TALK_REASON_REFUSED);
}

struct policy_answer policy_for_bypass(bool covered)
{
	return covered ? exempt(true, TALK_REASON_REFUSED) : challenge;
}

struct policy_answer policy_for_place(bool remembered)
{
	return remembered ? exempt(true, TALK_REASON_REFUSED) : challenge;
}

struct policy_answer policy_for_evidence(const struct settings *s, const struct facts *facts)
{
	/* nothing is sent there (D4) */
	if (facts->first_factor || facts->forward ||
		listed(s->without_password, s->nwithout_password, facts->service))
		return challenge;
	return deny(TALK_REASON_NO_FIRST_FACTOR);
}

struct policy_answer policy_for_unenrolled(const struct unenrolled_answer *u)
{
	bool said = u->why == UNENROLLED_SAID;

	if (said && u->then == SETTINGS_ENROLL)
		return challenge;
	return exempt(said && u->then == SETTINGS_IGNORE, TALK_REASON_NOT_ENROLLED);
}

/* As if we were not there, but for who has shown nothing: behind us there may be no more than
 * pam_permit, for the sake of exemptions, and without_password counts on the code (D4). */
struct policy_answer policy_for_observed(const struct facts *facts, bool own_name)
{
	if (!own_name)
		return deny(TALK_REASON_REFUSED);
	return exempt(facts->first_factor || facts->forward, TALK_REASON_NO_FIRST_FACTOR);
}
