/* ledger_answer: what the ledger says to a charge.
 *
 * Owns: the answers; what they are where limits gave them, and what they are called in a verdict.
 * MUST: give a refusal as the zero.
 * Never: does I/O. Pure. */
#ifndef CORE_LEDGER_ANSWER_H
#define CORE_LEDGER_ANSWER_H

#include "core/limit.h"
#include "wire/talk.h"

enum ledger_answer {
	LEDGER_REFUSED = 0, /* nobody said why: treat as broken */
	LEDGER_GRANTED = 0x6c3996d2,
	LEDGER_LOCKED = 2,
	LEDGER_BLOCKED = 3,
	LEDGER_SPENT = 4,     /* a budget */
	LEDGER_WAIT = 5,      /* wait_s */
	LEDGER_CROWDED = 6,   /* four live challenges */
	LEDGER_ONE_FIELD = 7, /* the service cannot prompt twice (D3) */
	LEDGER_VOID = 8,      /* the challenge is not there any more, or has no tries left */
	LEDGER_PAUSED = 9,    /* too many codes were not answered: until_wall_s (core/fatigue.h) */
	LEDGER_STILL = 10,    /* two_step: the code that was sent is still good, or on its way */
};

enum ledger_answer ledger_answer_of(enum limit_answer a);

/* What a refusal is called in the verdict; SYSTEM for LEDGER_REFUSED and LEDGER_GRANTED, which
 * are none. */
enum talk_reason ledger_answer_reason(enum ledger_answer a);

#endif
