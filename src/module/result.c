#include "module/result.h"

#include <security/pam_modules.h>

/* A switch without default: the compiler misses a reason that has no line here. */
static int refusal_code(enum talk_reason reason)
{
	switch (reason) {
	case TALK_REASON_WRONG:
	case TALK_REASON_EXPIRED:
	case TALK_REASON_VOID:
	case TALK_REASON_UNKNOWN_USER:
	case TALK_REASON_NOT_ENROLLED:
	case TALK_REASON_NO_ANSWER:
	case TALK_REASON_ONE_FIELD:
	case TALK_REASON_BLOCKED:
	case TALK_REASON_NO_FIRST_FACTOR:
	case TALK_REASON_NO_OFFLINE:
	case TALK_REASON_SENT:
	case TALK_REASON_NO_STEP:
		return PAM_AUTH_ERR;
	case TALK_REASON_LOCKED:
	case TALK_REASON_BUDGET:
	case TALK_REASON_CROWDED:
		/* sshd stops asking then */
		return PAM_MAXTRIES;
	case TALK_REASON_OUTAGE:
		/* the one code that a site may choose to pass over (C4): nothing that the caller
		 * of su or sudo can bring about may end here */
		return PAM_AUTHINFO_UNAVAIL;
	case TALK_REASON_SETTINGS:
	case TALK_REASON_ARGUMENTS:
		return PAM_SERVICE_ERR;
	case TALK_REASON_CONVERSATION:
		return PAM_CONV_ERR;
	case TALK_REASON_REFUSED:
	case TALK_REASON_UNLISTED:
	case TALK_REASON_NUMBER:
		return PAM_PERM_DENIED;
	case TALK_REASON_STATE:
	case TALK_REASON_SYSTEM:
	case TALK_REASON_ENGINE:
		return PAM_SYSTEM_ERR;
	case TALK_REASON_NONE:
	case TALK_REASON_ACCEPTED:
	case TALK_REASON_EXEMPT:
	case TALK_REASON_COUNT:
		/* a refusal that nobody explained, or that calls itself something else */
		break;
	}
	return PAM_SYSTEM_ERR;
}

int result_code(const struct talk_verdict *verdict)
{
	if (verdict->kind == TALK_VERDICT_ACCEPT && verdict->reason == TALK_REASON_ACCEPTED)
		return PAM_SUCCESS;
	if (verdict->kind == TALK_VERDICT_EXEMPT && verdict->reason == TALK_REASON_EXEMPT)
		return PAM_IGNORE;
	if (verdict->kind != TALK_VERDICT_DENY)
		return PAM_SYSTEM_ERR;
	return refusal_code(verdict->reason);
}
