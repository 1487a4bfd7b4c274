#include "core/policy.h"

#include <stdbool.h>
#include <string.h>

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

/* Only where the settings say "ignore" in so many words; any other value is a refusal (C3). */
static struct policy_answer otherwise(enum settings_otherwise said, enum talk_reason refusal)
{
	struct policy_answer a = { VERDICT_DENY, refusal };

	if (said == SETTINGS_IGNORE) {
		a.verdict = VERDICT_EXEMPT;
		a.reason = TALK_REASON_EXEMPT;
	}
	return a;
}

struct policy_answer policy_for_login(const struct settings *s, const struct facts *facts)
{
	struct policy_answer challenge = { VERDICT_CHALLENGE, TALK_REASON_NONE };

	if (s->services_given && !listed(s->services, s->nservices, facts->service))
		return otherwise(s->unlisted, TALK_REASON_UNLISTED);
	if (!facts->first_factor &&
		!listed(s->without_password, s->nwithout_password, facts->service))
		return deny(TALK_REASON_NO_FIRST_FACTOR);
	return challenge;
}

struct policy_answer policy_for_unenrolled(const struct settings *s)
{
	return otherwise(s->unenrolled, TALK_REASON_NOT_ENROLLED);
}
