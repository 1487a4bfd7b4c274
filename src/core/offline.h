/* offline: what lets somebody in without an SMS: recovery codes, an authenticator app, a code that
 *          an administrator issued.
 *
 * Owns: what an answer is where these are enrolled; the comparison with them; the prompts that take
 *       the place of an SMS that was not sent (DESIGN, section 8's table).
 * MUST: charge before it compares (B1), on this side's own budget (B7); compare with every code
 *       there is in constant time (A5); accept only what is consumed on disk (A3); ask at most the
 *       login's tries, and bear no more non-answers than it; give no VERDICT_ACCEPT but with
 *       TALK_REASON_ACCEPTED; wipe codes and keys.
 * Never: sends; takes a recovery code for a guess at the SMS's. */
#ifndef CORE_OFFLINE_H
#define CORE_OFFLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ledger_offline.h"
#include "core/message.h"
#include "core/step.h"

struct offline {
	struct step *step;
	unsigned has;                /* enum message_offline; 0: nothing is enrolled */
	struct record_app app;       /* as it was when the login began */
	const struct challenge *sms; /* the one on the record, or NULL; set by the caller */
	bool alone;                  /* there is no SMS to wait for */
};

/* Find out what the user has; the prompts then offer it. */
enum step_end offline_begin(struct offline *o, struct step *s) __attribute__((nonnull));
/* Wipe. */
void offline_end(struct offline *o) __attribute__((nonnull));

/* What was typed, where it is for this side. */
enum offline_typed {
	OFFLINE_NOTHING = 0,
	OFFLINE_RECOVERY, /* *code holds its symbols */
	OFFLINE_APP,      /* *code holds six digits */
	OFFLINE_ISSUED,   /* *code holds the digits of core/issued.h */
	OFFLINE_ASK,      /* b */
};
/* *code is wiped unless RECOVERY, APP or ISSUED; the caller wipes it. Looks once more whether a
 * code has been issued, where one is typed: people wait for it at the prompt. */
enum offline_typed offline_read(struct offline *o, const struct talk_answer *typed,
	struct secret *code) __attribute__((nonnull));

/* It is. */
bool offline_wants(struct offline *o, const struct talk_answer *typed) __attribute__((nonnull));

/* The next prompt asks for a recovery code; the SMS's is taken as well. */
void offline_ask_recovery(struct offline *o) __attribute__((nonnull));

/* A guess at this side: charge, compare, consume. */
enum step_end offline_try(struct offline *o, enum offline_typed kind, const struct secret *code)
	__attribute__((nonnull));

/* A guess that was charged as one at the SMS's code: is it the app's (0: no, else its step)? Takes
 * its time whether it is or not. */
int64_t offline_app_step(const struct offline *o, const struct secret *code)
	__attribute__((nonnull));
/* It is: let in. GO_ON: it was used meanwhile, or may not be tried now; a wrong guess. */
enum step_end offline_accept_app(struct offline *o, int64_t step, const struct limit_guess *guess)
	__attribute__((nonnull));

/* From here on this side is alone: may it be tried at all? */
enum step_end offline_stand(struct offline *o) __attribute__((nonnull));

/* No SMS comes, for this reason: refuse, or ask for what the user has instead. */
enum step_end offline_instead(struct offline *o, enum talk_reason reason,
	const struct ledger_grant *g) __attribute__((nonnull));
/* The same after an answer that was for this side. */
enum step_end offline_instead_after(struct offline *o, const struct talk_answer *typed)
	__attribute__((nonnull));

#endif
