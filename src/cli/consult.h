/* consult: asking the sender about descriptions, since it alone knows their language.
 *
 * Owns: the start of sms-otp-send in one of its modes for people, and the taking of what it prints.
 * MUST: start it as the sender's user with nothing but the given input and a pipe (D7, E7); end it
 *       by the deadline, and at CONSULT_TEXT_MAX bytes of answer; take an answer for a part of one
 *       unless it ended by itself with one of its exit statuses.
 * Never: believes what it prints to be fit for a terminal; sends anything. */
#ifndef CLI_CONSULT_H
#define CLI_CONSULT_H

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

enum { CONSULT_TEXT_MAX = 256 * 1024, CONSULT_MS = 10000 };

struct consult {
	const char *sender_path; /* PLACES_SENDER */
	const char *sender_user; /* PLACES_SENDER_USER */
};

struct consult_answer {
	char *text; /* ends in NUL and has none within; consult_free frees it */
	size_t len;
	int status; /* 0 good, 1 faults were found */
};

struct consult_question {
	const char *const *argv; /* NULL-terminated, the program's name first */
	int input;               /* becomes descriptor 0, and stays the caller's; -1: none */
	int64_t until_ms;        /* on CLOCK_BOOTTIME */
};

int consult_run(const struct consult *c, const struct consult_question *q,
	struct consult_answer *out, struct fault *f) __attribute__((warn_unused_result, nonnull));
void consult_free(struct consult_answer *a) __attribute__((nonnull));

#endif
