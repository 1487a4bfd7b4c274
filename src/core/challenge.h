/* challenge: one code, bound to one conversation (A1-A9).
 *
 * Owns: the code's making, its reference tag, its keyed hash, the reading of an answer, the one
 *       table of commands (A6).
 * MUST: draw every code with equal likelihood, leading zeros kept; derive the tag from the id
 *       alone; compare hashes of equal length in constant time; take ASCII digits only, blanks
 *       and hyphens stripped, of exactly the code's length; measure validity on CLOCK_BOOTTIME.
 * Never: does I/O but for random numbers; writes the code anywhere but its secret. */
#ifndef CORE_CHALLENGE_H
#define CORE_CHALLENGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/fault.h"
#include "base/secret.h"
#include "core/record.h"
#include "core/verdict.h"

enum { CHALLENGE_VALID_MAX_MS = 600000 }; /* A2, A7 */

struct challenge {
	unsigned char id[RECORD_CHALLENGE_ID];
	unsigned char mac[DIGEST_SIZE];
	struct secret code;
	char tag[VERDICT_TAG];
	uint32_t digits;
	int64_t first_sent_ms; /* when a provider first took it; 0: not yet */
	int64_t valid_until_ms;
};

int challenge_make(uint32_t digits, const unsigned char key[DIGEST_SIZE], struct challenge *out,
	struct fault *f) __attribute__((warn_unused_result, nonnull));
/* One whose code is gone: the id is on the record, and another login brings the code. */
int challenge_recall(const unsigned char id[RECORD_CHALLENGE_ID], uint32_t digits,
	struct challenge *out, struct fault *f) __attribute__((warn_unused_result, nonnull));
void challenge_wipe(struct challenge *c) __attribute__((nonnull));

/* A provider took it (again) at now_ms: valid for lifetime_s more, never past 600 s after the
 * first. */
void challenge_sent(struct challenge *c, int64_t now_ms, uint32_t lifetime_s)
	__attribute__((nonnull));

/* Valid at lifetime - 1 s, refused at lifetime. */
bool challenge_expired(const struct challenge *c, int64_t now_ms) __attribute__((nonnull));

enum challenge_answer {
	CHALLENGE_NOT_AN_ANSWER = 0,
	CHALLENGE_CODE,     /* *code holds its digits */
	CHALLENGE_RESEND,   /* r */
	CHALLENGE_CALL,     /* v */
	CHALLENGE_ENTER,    /* the empty line */
	CHALLENGE_RECOVERY, /* b: a recovery code is to be asked for */
	/* a menu digit: the code is to go to that number of the user, if it is on the menu */
	CHALLENGE_NUMBER_1,
	CHALLENGE_NUMBER_2,
	CHALLENGE_NUMBER_3,
	CHALLENGE_NUMBER_4,
};

/* What was typed. *code is wiped unless CHALLENGE_CODE; the caller wipes it. */
enum challenge_answer challenge_read(const struct talk_answer *typed, uint32_t digits,
	struct secret *code) __attribute__((nonnull));

/* The keyed hash of a code under the challenge's id; for comparing with the mac on disk. */
int challenge_mac(const unsigned char key[DIGEST_SIZE], const unsigned char id[RECORD_CHALLENGE_ID],
	const struct secret *code, unsigned char out[DIGEST_SIZE], struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* The user's record and its places for live challenges. */
/* Take a free place (never used, or void by reboot or by time); -1: four are live; or two of the
 * purse OWN, so that a process that runs as the user cannot crowd out the user's logins (E1); or
 * three that are not of the purse KNOWN where the user has known places, so that a stranger with
 * the password cannot either (B6). */
int challenge_place(struct record *r, const struct clock_now *now, enum record_purse purse)
	__attribute__((warn_unused_result, nonnull));
/* The place of this id if it is live, also when its last try is being judged; or -1. */
int challenge_lookup(const struct record *r, const unsigned char id[RECORD_CHALLENGE_ID],
	const struct clock_now *now) __attribute__((warn_unused_result, nonnull));
void challenge_forget(struct record *r, int place) __attribute__((nonnull));

#endif
