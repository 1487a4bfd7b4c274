/* A login through one field: all rooms real but the provider (a function) and the shim (a script), which says what reads as a code. */
#include "core/field.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/recovery.h"
#include "core/totp.h"
#include "house.h"
#include "person.h"
#include "senders.h"
#include "unit.h"

static struct house h;
static struct verdict_outcome outcome;
static char codes[RECORD_RECOVERY_CODES][RECOVERY_SHOWN];
static struct record_app app;

#define RUN(...) person_run(&h, &outcome, (const char *const[]){ __VA_ARGS__, NULL })

static void check_end(enum verdict verdict, enum talk_reason reason)
{
	ck_assert_msg(outcome.verdict == verdict && outcome.reason == reason, "%s (%s)",
		verdict_reason_name(outcome.reason), outcome.fault.text);
	ck_assert_msg((verdict == VERDICT_ACCEPT) == (outcome.by != VERDICT_BY_NONE), "by=%s",
		verdict_by_name(outcome.by));
}

static void check_in(enum verdict_by by)
{
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_str_eq(verdict_by_name(outcome.by), verdict_by_name(by));
}

static void check_has(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "\"%s\" in \"%s\"", part, text);
}

static struct record record_now(void)
{
	struct record r;

	house_record(&h, &r);
	return r;
}

/* A fresh house, with recovery codes, an app, or both (enum message_offline). */
static void begin(unsigned has, int ncodes)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;
	struct secret code;

	house_open(&h);
	setenv("TZ", "UTC0", 1);
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	for (int i = 0; (has & MESSAGE_RECOVERY) && i < ncodes; i++) {
		ck_assert_int_eq(recovery_make(&code, &f), 0);
		recovery_show(&code, codes[i]);
		ck_assert_int_eq(
			recovery_mac(h.state.key, 0, &code, ch.user.offline.recovery[i].mac, &f),
			0);
		ch.user.offline.recovery[i].state = RECORD_RECOVERY_UNUSED;
	}
	if (has & MESSAGE_APP) {
		app = (struct record_app){ .enrolled = 1, .key = "12345678901234567890" };
		ch.user.offline.app = app;
	}
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	h.facts.forward = true;
	h.facts.first_factor = h.facts.password_taken = false;
	house_provider->orders = 0;
}

enum { BOTH = MESSAGE_RECOVERY | MESSAGE_APP };

/* What the app shows, off steps from now. The buffer is good for the next few calls. */
static const char *app_code(int64_t off)
{
	static char shown[8][TOTP_DIGITS + 1];
	static unsigned at;
	struct clock_now now;
	struct fault f = FAULT_INIT;
	struct secret code = { 0 };

	ck_assert_int_eq(clock_read(&now, &f), 0);
	ck_assert_int_eq(totp_code(app.key, now.wall_s / TOTP_PERIOD_S + off, &code, &f), 0);
	at = (at + 1) % 8;
	memcpy(shown[at], code.bytes, TOTP_DIGITS + 1);
	return shown[at];
}

/* One that the app shows neither now nor at any time near. */
static const char *no_app_code(void)
{
	static char wrong[16];

	for (int n = 0; n < 1000000; n++) {
		bool near = false;
		snprintf(wrong, sizeof wrong, "%06d", n);
		for (int64_t off = -3; off <= 3; off++)
			near = near || strcmp(wrong, app_code(off)) == 0;
		if (!near)
			break;
	}
	return wrong;
}

static const char WRONG[] = "0000-0000-0000-0000";

static void check_nothing_sent(void)
{
	struct record r = record_now();

	ck_assert_int_eq(house_provider->orders, 0);
	ck_assert_uint_eq(outcome.sends, 0);
	for (size_t i = 0; i < RECORD_CHALLENGES; i++)
		ck_assert_int_eq(r.challenges[i].gone_boot_ms, 0);
}

static uint32_t failures(void)
{
	struct record r = record_now();

	return meter_sum(&r.offline.purse[0].failures);
}

START_TEST(a3_an_app_code_lets_in_once)
{
	begin(MESSAGE_APP, 0);
	struct person p = RUN(app_code(0));
	check_in(VERDICT_BY_APP);
	ck_assert_uint_eq(p.nprompts, 1);
	ck_assert_str_eq(p.prompts[0], "Password and app code in one line: ");
	ck_assert_uint_eq(outcome.tries, 1);
	ck_assert_uint_eq(failures(), 0);
	p = RUN(app_code(0), app_code(1));
	check_end(VERDICT_DENY, TALK_REASON_WRONG);
	ck_assert_uint_eq(p.nprompts, 1);
	ck_assert_uint_eq(failures(), 1);
	check_nothing_sent();
	house_close(&h);
}
END_TEST

START_TEST(a3_a_recovery_code_lets_in_once)
{
	begin(BOTH, 4);
	struct person p = RUN(codes[2]);
	check_in(VERDICT_BY_RECOVERY);
	ck_assert_str_eq(p.prompts[0], "Password and recovery or app code in one line: ");
	check_has(p.told, "3 recovery codes are left");
	RUN(codes[2]);
	check_end(VERDICT_DENY, TALK_REASON_WRONG);
	RUN(codes[3]);
	check_in(VERDICT_BY_RECOVERY);
	check_nothing_sent();
	house_close(&h);
}
END_TEST

START_TEST(a6_a_code_that_was_left_out_is_no_guess)
{
	static const char *const words[] = { "", "big", "b", "r", "v", "12345", "1234567" };

	begin(BOTH, 10);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		struct person p = RUN(words[i], codes[0]);
		check_end(VERDICT_DENY, TALK_REASON_NO_ANSWER);
		ck_assert_uint_eq(p.nprompts, 1);
		ck_assert_uint_eq(outcome.tries, 0);
	}
	ck_assert_uint_eq(failures(), 0);
	check_nothing_sent();
	house_close(&h);
	/* what is not enrolled is none either: a password may end so */
	begin(MESSAGE_RECOVERY, 10);
	RUN("123456");
	check_end(VERDICT_DENY, TALK_REASON_NO_ANSWER);
	ck_assert_uint_eq(failures(), 0);
	house_close(&h);
	begin(MESSAGE_APP, 0);
	RUN(WRONG);
	check_end(VERDICT_DENY, TALK_REASON_NO_ANSWER);
	ck_assert_uint_eq(failures(), 0);
	house_close(&h);
}
END_TEST

START_TEST(who_has_neither_is_told_so)
{
	begin(0, 0);
	struct person p = RUN("123456");
	check_end(VERDICT_DENY, TALK_REASON_NO_OFFLINE);
	ck_assert_uint_eq(p.nprompts, 0);
	check_has(p.told, "takes a recovery or app code only");
	check_nothing_sent();
	house_close(&h);
}
END_TEST

START_TEST(b7_wrong_codes_lock_this_side_only)
{
	begin(BOTH, 10);
	uint32_t most = h.settings.lockout.failures;
	for (uint32_t i = 0; i < most; i++) {
		RUN(i % 2 ? WRONG : no_app_code());
		ck_assert_int_eq(outcome.verdict, VERDICT_DENY);
	}
	check_end(VERDICT_DENY, TALK_REASON_LOCKED);
	/* B1: the right one is not even asked for */
	struct person p = RUN(app_code(0));
	check_end(VERDICT_DENY, TALK_REASON_LOCKED);
	ck_assert_uint_eq(p.nprompts, 0);
	check_has(p.told, "Locked until");
	check_nothing_sent();
	h.facts.forward = false;
	h.facts.first_factor = h.facts.password_taken = true;
	RUN("ok");
	check_in(VERDICT_BY_SMS);
	house_close(&h);
}
END_TEST

START_TEST(b7_a_locked_sms_side_leaves_this_one)
{
	begin(MESSAGE_APP, 0);
	h.facts.forward = false;
	h.facts.first_factor = true;
	h.settings.budget.user.rates[0].count = h.settings.budget.user.rates[1].count = 100;
	for (int i = 0; i < 4; i++) {
		house_shift_ms += 300 * 1000;
		RUN("bad", "bad", "bad", "gone");
	}
	h.facts.forward = true;
	h.facts.first_factor = false;
	RUN(app_code(0));
	check_in(VERDICT_BY_APP);
	house_close(&h);
}
END_TEST

START_TEST(b3_who_is_blocked_stays_so)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	begin(BOTH, 10);
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ch.user.block = RECORD_BLOCK_ADMIN;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	struct person p = RUN(codes[0]);
	check_end(VERDICT_DENY, TALK_REASON_BLOCKED);
	ck_assert_uint_eq(p.nprompts, 0);
	house_close(&h);
}
END_TEST

/* The host has one field, and the administrator knows it. */
START_TEST(d3_nothing_is_said_of_the_host)
{
	static const char *const words[] = { "pw", "fail", "control" };
	struct site site;

	begin(BOTH, 10);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		struct person p = RUN(words[i]);
		ck_assert_int_eq(outcome.verdict, VERDICT_DENY);
		ck_assert_str_eq(p.notes, "");
	}
	ck_assert_uint_eq(failures(), 0);
	RUN(codes[0]);
	check_in(VERDICT_BY_RECOVERY);
	house_site(&h, &site);
	ck_assert(site_wants_two_prompts(&site, h.facts.service));
	ck_assert(!site_is_one_field(&site, h.facts.service));
	house_close(&h);
}
END_TEST

/* Nobody has looked at the password yet. */
START_TEST(b6_no_place_becomes_known_and_none_excuses)
{
	begin(BOTH, 10);
	facts_parse_address("192.0.2.7", &h.facts.address);
	h.settings.nremember = 1;
	strcpy(h.settings.remember[0].service, h.facts.service);
	h.settings.remember[0].seconds = 86400;
	RUN(codes[0]);
	check_in(VERDICT_BY_RECOVERY);
	h.facts.forward = false;
	h.facts.first_factor = true;
	RUN("ok");
	check_in(VERDICT_BY_SMS);
	ck_assert_int_eq(outcome.place, VERDICT_PLACE_NEW);
	RUN("ok");
	ck_assert_int_eq(outcome.verdict, VERDICT_EXEMPT);
	h.facts.forward = true;
	struct person p = RUN(codes[1]);
	check_in(VERDICT_BY_RECOVERY);
	ck_assert_uint_eq(p.nprompts, 1);
	house_close(&h);
}
END_TEST

START_TEST(c5_what_cannot_be_written_denies)
{
	for (int n = 1; n <= 2; n++) {
		begin(BOTH, 10);
		house_write_fails_at = n;
		RUN(codes[0]);
		house_write_fails_at = 0;
		check_end(VERDICT_DENY, TALK_REASON_STATE);
		house_close(&h);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("field");
	TCase *t = tcase_create("field");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, a3_an_app_code_lets_in_once);
	tcase_add_test(t, a3_a_recovery_code_lets_in_once);
	tcase_add_test(t, a6_a_code_that_was_left_out_is_no_guess);
	tcase_add_test(t, who_has_neither_is_told_so);
	tcase_add_test(t, b7_wrong_codes_lock_this_side_only);
	tcase_add_test(t, b7_a_locked_sms_side_leaves_this_one);
	tcase_add_test(t, b3_who_is_blocked_stays_so);
	tcase_add_test(t, d3_nothing_is_said_of_the_host);
	tcase_add_test(t, b6_no_place_becomes_known_and_none_excuses);
	tcase_add_test(t, c5_what_cannot_be_written_denies);
	suite_add_tcase(s, t);
	return s;
}
