/* trail: one line of the log, as an event of a login or of an administrator's change.
 *
 * Owns: the reading of a line's time, program and `key=value` words, in the forms of journalctl's
 *       short-unix, of RFC 3339 and of syslog of old (without a year: the last one that it fits).
 * MUST: take for an event only what sms-otpd and sms-otp write, whole; take any bytes.
 * Never: reads a clock or a file. Pure, but for the machine's time zone. */
#ifndef CLI_TRAIL_H
#define CLI_TRAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TRAIL_TEXT_MAX = 3000, TRAIL_WORDS_MAX = 40 };

enum trail_kind {
	TRAIL_NONE = 0,
	TRAIL_LOGIN,    /* the audit line of sms-otpd(8) */
	TRAIL_ENROLLED, /* the one beside it */
	TRAIL_ADMIN,    /* a change by sms-otp(8) */
};

struct trail_event {
	enum trail_kind kind;
	int64_t wall_s;
	size_t nwords;
	/* offsets in text, of strings */
	uint16_t keys[TRAIL_WORDS_MAX], values[TRAIL_WORDS_MAX];
	char text[TRAIL_TEXT_MAX];
};

/* line: without its newline. now_s: lines of old syslog are from the year before it. False: no
 * event of ours. */
bool trail_read(const char *line, int64_t now_s, struct trail_event *out) __attribute__((nonnull));

/* The i-th word, in the line's order. "-" is shown as such. */
const char *trail_key(const struct trail_event *e, size_t i) __attribute__((nonnull));
const char *trail_at(const struct trail_event *e, size_t i) __attribute__((nonnull));

/* The value of a key; "" where there is none, or it is "-". */
const char *trail_value(const struct trail_event *e, const char *key) __attribute__((nonnull));
/* The same as a number; -1 where it is none. */
int64_t trail_number(const struct trail_event *e, const char *key) __attribute__((nonnull));

#endif
