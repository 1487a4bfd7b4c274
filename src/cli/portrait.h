/* portrait: one user's record, judged at one moment, for showing.
 *
 * Owns: what of the counters is worth showing, as numbers; the two ways of showing them.
 * MUST: judge by limit, with the settings' own bounds, so that what is shown is what a login meets.
 * Never: changes the record it is given, reads a clock or a file. */
#ifndef CLI_PORTRAIT_H
#define CLI_PORTRAIT_H

#include "cli/json.h"
#include "core/limit.h"
#include "core/record.h"
#include "core/settings.h"

struct portrait_gauge {
	uint32_t used, limit, window_s; /* window_s 0: not there */
};

struct portrait_purse {
	struct limit_result standing;
	struct portrait_gauge failures, sends[NUMBER_RATES_MAX], successes[NUMBER_RATES_MAX];
	uint32_t consecutive;
	int64_t last_send_wall_s;
	bool used; /* anything in it is not zero */
};

struct portrait {
	enum record_block block;
	unsigned live; /* challenges */
	int64_t last_send_wall_s;
	struct portrait_purse purse[RECORD_PURSES + RECORD_OFFLINE_PURSES];
	unsigned recovery_left, recovery_used;
	bool app;
	int64_t issued_until_s, bypass_until_s; /* as the record counts; 0: none */
	unsigned unanswered;                    /* codes, for logins from unknown places */
	int64_t paused_until_s;                 /* none is sent to those meanwhile; 0: no pause */
	char bypass_service[TALK_SERVICE_MAX + 1];
};

void portrait_take(const struct settings *s, const struct clock_now *now, const struct record *r,
	struct portrait *out) __attribute__((nonnull));

/* "may log in", "locked until ..." for one purse. Returns out. */
const char *portrait_standing(const struct portrait *p, enum record_purse purse, char *out,
	size_t cap) __attribute__((nonnull));

void portrait_print(const struct portrait *p) __attribute__((nonnull));
/* Members of the object that is open. */
void portrait_json(const struct portrait *p, struct json *j) __attribute__((nonnull));

#endif
