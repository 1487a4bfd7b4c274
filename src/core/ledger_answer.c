#include "core/ledger_answer.h"

enum ledger_answer ledger_answer_of(enum limit_answer a)
{
	switch (a) {
	case LIMIT_GRANTED:
		return LEDGER_GRANTED;
	case LIMIT_LOCKED:
		return LEDGER_LOCKED;
	case LIMIT_BLOCKED:
		return LEDGER_BLOCKED;
	case LIMIT_SPENT_USER:
	case LIMIT_SPENT_NUMBER:
	case LIMIT_SPENT_ADDRESS:
	case LIMIT_SPENT_PREFIX:
	case LIMIT_SPENT_SITE:
		return LEDGER_SPENT;
	case LIMIT_WAIT:
		return LEDGER_WAIT;
	case LIMIT_REFUSED:
	default:
		return LEDGER_REFUSED;
	}
}

enum talk_reason ledger_answer_reason(enum ledger_answer a)
{
	switch (a) {
	case LEDGER_LOCKED:
		return TALK_REASON_LOCKED;
	case LEDGER_BLOCKED:
		return TALK_REASON_BLOCKED;
	case LEDGER_SPENT:
	case LEDGER_WAIT:
	case LEDGER_PAUSED:
		return TALK_REASON_BUDGET;
	case LEDGER_CROWDED:
		return TALK_REASON_CROWDED;
	case LEDGER_ONE_FIELD:
		return TALK_REASON_ONE_FIELD;
	case LEDGER_VOID:
		return TALK_REASON_VOID;
	case LEDGER_STILL:
		return TALK_REASON_SENT;
	case LEDGER_REFUSED:
	case LEDGER_GRANTED:
	default:
		return TALK_REASON_SYSTEM;
	}
}
