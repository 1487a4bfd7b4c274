#include "core/message_refusal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "unit.h"

enum { NOON = 1795521600 }; /* 2026-11-24 12:00 UTC */

static const struct {
	enum talk_reason reason;
	int64_t until_wall_s;
	const char *want;
} refusals[] = {
	{ TALK_REASON_LOCKED, NOON + 9120, "Locked until 14:32 after wrong codes." },
	{ TALK_REASON_LOCKED, NOON + 9061, "Locked until 14:32 after wrong codes." },
	{ TALK_REASON_LOCKED, 0, "Locked for now after wrong codes." },
	{ TALK_REASON_BUDGET, NOON + 9120, "No more SMS until 14:32." },
	{ TALK_REASON_BUDGET, NOON + 86399, "No more SMS until 12:00." },
	{ TALK_REASON_BUDGET, NOON + 86400, "No more SMS until 2026-11-25 12:00." },
	{ TALK_REASON_OUTAGE, 0, "No SMS sent: no provider answered." },
	{ TALK_REASON_CROWDED, 0,
		"Four logins are waiting for a code already. Finish one or wait a minute." },
	{ TALK_REASON_BLOCKED, 0, "Blocked. Ask the administrator to unblock you." },
	{ TALK_REASON_NONE, 0, "" },
	{ TALK_REASON_ACCEPTED, 0, "" },
	{ TALK_REASON_EXEMPT, 0, "" },
	{ TALK_REASON_WRONG, 0, "" },
	{ TALK_REASON_EXPIRED, 0, "" },
	{ TALK_REASON_UNKNOWN_USER, 0, "" },
	{ TALK_REASON_NOT_ENROLLED, 0, "" },
	{ TALK_REASON_NO_ANSWER, 0, "" },
	{ TALK_REASON_ONE_FIELD, 0, "" },
	{ TALK_REASON_CONVERSATION, 0, "" },
	{ TALK_REASON_REFUSED, 0, "" },
	{ TALK_REASON_NO_FIRST_FACTOR, 0, "" },
	{ TALK_REASON_NO_OFFLINE, 0,
		"This service takes a recovery or app code only, and you have neither. Ask the administrator." },
	{ TALK_REASON_SENT, 0, "" },
	{ TALK_REASON_NO_STEP, 0, "" },
	{ TALK_REASON_COUNT, 0, "" },
	{ (enum talk_reason)1000, 0, "" },
};

START_TEST(d9_the_refusals)
{
	char out[TALK_PROMPT_MAX + 1];

	setenv("TZ", "UTC0", 1);
	tzset();
	message_refusal(refusals[_i].reason, refusals[_i].until_wall_s, NOON, out, sizeof out);
	ck_assert_str_eq(out, refusals[_i].want);
}
END_TEST

START_TEST(d9_times_are_the_hosts_local_ones)
{
	char out[TALK_PROMPT_MAX + 1];

	setenv("TZ", "XXX-2", 1);
	tzset();
	message_refusal(TALK_REASON_LOCKED, NOON + 9120, NOON, out, sizeof out);
	ck_assert_str_eq(out, "Locked until 16:32 after wrong codes.");
}
END_TEST

START_TEST(d1_no_refusal_is_longer_than_a_prompt_or_unprintable)
{
	char out[TALK_PROMPT_MAX + 100];

	for (int reason = 0; reason < TALK_REASON_COUNT; reason++) {
		message_refusal(
			(enum talk_reason)reason, INT64_C(99999999999), NOON, out, sizeof out);
		ck_assert_uint_lt(strlen(out), MESSAGE_REFUSAL_MAX);
		for (const char *at = out; *at; at++)
			ck_assert(*at >= 0x20 && *at <= 0x7e);
	}
}
END_TEST

START_TEST(until_when)
{
	char out[MESSAGE_REFUSAL_MAX];

	setenv("TZ", "UTC0", 1);
	tzset();
	message_refusal_until(NOON + 9061, NOON, out, sizeof out);
	ck_assert_str_eq(out, "until 14:32");
	message_refusal_until(0, NOON, out, sizeof out);
	ck_assert_str_eq(out, "for now");
}
END_TEST

#define CASES(table) (int)(sizeof table / sizeof table[0])

Suite *unit_suite(void)
{
	Suite *suite = suite_create("message_refusal");
	TCase *tc = tcase_create("message_refusal");

	tcase_add_loop_test(tc, d9_the_refusals, 0, CASES(refusals));
	tcase_add_test(tc, d9_times_are_the_hosts_local_ones);
	tcase_add_test(tc, d1_no_refusal_is_longer_than_a_prompt_or_unprintable);
	tcase_add_test(tc, until_when);
	suite_add_tcase(suite, tc);
	return suite;
}
