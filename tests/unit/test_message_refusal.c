#include "core/message_refusal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/language.h"
#include "core/sms.h"
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
	message_refusal_when(NOON + 9061, NOON, out, sizeof out);
	ck_assert_str_eq(out, "14:32");
	message_refusal_when(0, NOON, out, sizeof out);
	ck_assert_str_eq(out, "");
}
END_TEST

/* Whole, printable, another text than in English, and with the time in it. */
START_TEST(d9_the_refusals_in_every_language)
{
	static char folder[4096], english[MESSAGE_REFUSAL_MAX], out[TALK_PROMPT_MAX + 1];
	const char *top = getenv("top_builddir");
	struct fault f = FAULT_INIT;

	if (top)
		snprintf(folder, sizeof folder, "%s/po/locale", top);
	else
		ck_assert_ptr_nonnull(realpath("po/locale", folder));
	setenv("TZ", "UTC0", 1);
	tzset();
	language_folder(folder);
	for (int r = 0; r < TALK_REASON_COUNT; r++)
		for (int64_t until = 0; until <= NOON + 9120; until += NOON + 9120) {
			ck_assert_int_eq(language_speak(LANGUAGE_EN, &f), 0);
			message_refusal(
				(enum talk_reason)r, until, NOON, english, sizeof english);
			ck_assert_int_eq(language_speak((enum language)_i, &f), 0);
			message_refusal((enum talk_reason)r, until, NOON, out, sizeof out);
			ck_assert_msg(strlen(out) < MESSAGE_REFUSAL_MAX, "%s", out);
			ck_assert_msg((out[0] == '\0') == (english[0] == '\0'), "%s", english);
			ck_assert_msg(out[0] == '\0' || strcmp(out, english) != 0, "%s", out);
			for (const char *at = out; *at;)
				ck_assert_msg(sms_check_character(&at, &f) == 0, "%s", out);
			ck_assert_msg(!strstr(english, "14:32") == !strstr(out, "14:32"), "%s", out);
		}
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
	tcase_add_loop_test(tc, d9_the_refusals_in_every_language, LANGUAGE_DE, LANGUAGE_COUNT);
	suite_add_tcase(suite, tc);
	return suite;
}
