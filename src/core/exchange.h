/* exchange: the prompts while a code is out, until it is typed or the login is over.
 *
 * Owns: what an answer means: a code to judge, a command, or what is for the offline side; the
 *       resends that are left.
 * MUST: charge before it compares (B1); give VERDICT_ACCEPT only after the consumption is on disk
 *       (A3); repeat a code that is still valid, and make none itself (A7).
 * Never: sends but by sending; makes a challenge. */
#ifndef CORE_EXCHANGE_H
#define CORE_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/challenge.h"
#include "core/offline.h"
#include "core/sending.h"
#include "core/step.h"

struct exchange {
	struct step *step;
	struct offline *offline;
	struct sending *sending;
	struct challenge *challenge;
	bool entered; /* the challenge is on the record */
	uint32_t resends_left;
	bool replace; /* its own */
};

/* GO_ON: the code has expired and was voided, and the person wants another one. */
enum step_end exchange_run(struct exchange *e) __attribute__((nonnull));

/* One prompt that says what can be done here. */
enum step_end exchange_ask(struct exchange *e, struct talk_answer *answer) __attribute__((nonnull));

/* No code comes, or none may be tried any more. */
enum step_end exchange_give_up(struct exchange *e, enum talk_reason reason,
	const struct ledger_grant *g) __attribute__((nonnull));

#endif
