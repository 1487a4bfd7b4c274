#include "core/verdict.h"

void verdict_for_wire(const struct verdict_outcome *o, struct talk_verdict *out)
{
	out->kind = TALK_VERDICT_DENY;
	out->reason = TALK_REASON_NONE;
	if (o->verdict == VERDICT_ACCEPT) {
		if (o->reason != TALK_REASON_ACCEPTED)
			return;
		out->kind = TALK_VERDICT_ACCEPT;
	} else if (o->verdict == VERDICT_EXEMPT) {
		if (o->reason != TALK_REASON_EXEMPT)
			return;
		out->kind = TALK_VERDICT_EXEMPT;
	} else if (o->reason == TALK_REASON_ACCEPTED || o->reason == TALK_REASON_EXEMPT) {
		return;
	}
	out->reason = o->reason;
}

const char *verdict_reason_name(enum talk_reason reason)
{
	static const char *const names[TALK_REASON_COUNT] = {
		[TALK_REASON_NONE] = "none",
		[TALK_REASON_ACCEPTED] = "accepted",
		[TALK_REASON_EXEMPT] = "exempt",
		[TALK_REASON_WRONG] = "wrong",
		[TALK_REASON_EXPIRED] = "expired",
		[TALK_REASON_VOID] = "void",
		[TALK_REASON_UNKNOWN_USER] = "unknown-user",
		[TALK_REASON_NOT_ENROLLED] = "not-enrolled",
		[TALK_REASON_NO_ANSWER] = "no-answer",
		[TALK_REASON_ONE_FIELD] = "one-field",
		[TALK_REASON_LOCKED] = "locked",
		[TALK_REASON_BUDGET] = "budget",
		[TALK_REASON_CROWDED] = "crowded",
		[TALK_REASON_BLOCKED] = "blocked",
		[TALK_REASON_OUTAGE] = "outage",
		[TALK_REASON_NUMBER] = "number",
		[TALK_REASON_SETTINGS] = "settings",
		[TALK_REASON_ARGUMENTS] = "arguments",
		[TALK_REASON_STATE] = "state",
		[TALK_REASON_SYSTEM] = "system",
		[TALK_REASON_CONVERSATION] = "conversation",
		[TALK_REASON_REFUSED] = "refused",
		[TALK_REASON_UNLISTED] = "unlisted",
		[TALK_REASON_NO_FIRST_FACTOR] = "no-first-factor",
		[TALK_REASON_ENGINE] = "engine",
		[TALK_REASON_NO_OFFLINE] = "no-offline",
		[TALK_REASON_SENT] = "sent",
		[TALK_REASON_NO_STEP] = "no-step",
	};

	if ((unsigned int)reason >= TALK_REASON_COUNT || !names[reason])
		return "none";
	return names[reason];
}

const char *verdict_reason_word(const struct verdict_outcome *o)
{
	if (o->would.observed && o->verdict == VERDICT_EXEMPT && o->would.verdict != VERDICT_EXEMPT)
		return "observe";
	return verdict_reason_name(o->reason);
}

const char *verdict_name(enum verdict v)
{
	switch (v) {
	case VERDICT_ACCEPT:
		return "accept";
	case VERDICT_EXEMPT:
		return "exempt";
	case VERDICT_CHALLENGE:
		return "challenge";
	case VERDICT_DENY:
	default:
		return "deny";
	}
}

const char *verdict_by_name(enum verdict_by by)
{
	switch (by) {
	case VERDICT_BY_SMS:
		return "sms";
	case VERDICT_BY_RECOVERY:
		return "recovery";
	case VERDICT_BY_APP:
		return "app";
	case VERDICT_BY_ISSUED:
		return "issued";
	case VERDICT_BY_BYPASS:
		return "bypass";
	case VERDICT_BY_DECOY:
		return "decoy";
	case VERDICT_BY_NONE:
	default:
		return "";
	}
}

const char *verdict_place_name(enum verdict_place place)
{
	switch (place) {
	case VERDICT_PLACE_NEW:
		return "new";
	case VERDICT_PLACE_KNOWN:
		return "known";
	case VERDICT_PLACE_REMEMBERED:
		return "remembered";
	case VERDICT_PLACE_NONE:
	default:
		return "";
	}
}

const char *verdict_delivered_name(enum verdict_delivered delivered)
{
	if (delivered == VERDICT_DELIVERED_YES)
		return "yes";
	return delivered == VERDICT_DELIVERED_NO ? "no" : "";
}
