/* Recovery codes and an app at the prompt of a login: all rooms real but the provider (a function) and the person (a script). */
#include "core/offline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/clock.h"
#include "core/issued.h"
#include "core/recovery.h"
#include "core/totp.h"
#include "house.h"
#include "person.h"
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
		ck_assert_int_eq(recovery_mac(h.state.key, 0, &code, ch.user.offline.recovery[i].mac, &f), 0);
		ch.user.offline.recovery[i].state = RECORD_RECOVERY_UNUSED;
	}
	if (has & MESSAGE_APP) {
		app = (struct record_app){ .enrolled = 1, .key = "12345678901234567890" };
		ch.user.offline.app = app;
	}
	ck_assert_int_eq(state_commit(&ch, &f), 0);
}

/* What the administrator read out. */
static char issued[ISSUED_DIGITS_ELSE + 1];

static void issue(int64_t length_s)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;
	struct secret code;

	ck_assert_int_eq(issued_make(issued_digits(h.settings.code.digits), &code, &f), 0);
	memcpy(issued, code.bytes, code.len);
	issued[code.len] = '\0';
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ck_assert_int_eq(issued_mac(h.state.key, 0, &code, ch.user.offline.issued.mac, &f), 0);
	span_begin(&ch.user.offline.issued.span, length_s, &ch.now);
	ck_assert_int_eq(state_commit(&ch, &f), 0);
}

/* Nobody is so unlucky that it is that of the test. */
static const char *not_issued(void)
{
	static char wrong[ISSUED_DIGITS_ELSE + 1];

	memcpy(wrong, issued, sizeof wrong);
	wrong[0] = (char)(wrong[0] == '9' ? '0' : wrong[0] + 1);
	return wrong;
}

/* issue() when the order reaches the provider: the login has begun. */
static void issue_meanwhile(void)
{
	issue(900);
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

static void outage(void)
{
	house_provider->answer = RECEIPT_TEMPORARY;
}

static void lock_sms(void)
{
	h.settings.budget.user.rates[0].count = h.settings.budget.user.rates[1].count = 100;
	for (int i = 0; i < 3; i++) {
		house_shift_ms += 300 * 1000;
		RUN("bad", "bad", "bad");
	}
	house_shift_ms += 300 * 1000;
	RUN("bad", "gone");
}

START_TEST(d9_an_outage_asks_for_what_there_is)
{
	static const struct {
		unsigned has;
		const char *prompt;
	} cases[] = {
		{ BOTH, "No SMS sent: no provider answered. Recovery or app code: " },
		{ MESSAGE_RECOVERY, "No SMS sent: no provider answered. Recovery code: " },
		{ MESSAGE_APP, "No SMS sent: no provider answered. App code: " },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		begin(cases[i].has, 10);
		outage();
		struct person p = RUN("gone");
		ck_assert_str_eq(p.prompts[0], cases[i].prompt);
		house_close(&h);
	}
	begin(0, 0);
	outage();
	struct person p = RUN("gone");
	check_end(VERDICT_DENY, TALK_REASON_OUTAGE);
	ck_assert_uint_eq(p.nprompts, 0);
	house_close(&h);
}
END_TEST

START_TEST(a3_a_recovery_code_lets_in_once)
{
	begin(MESSAGE_RECOVERY, 10);
	outage();
	struct person p = RUN(codes[4]);
	check_in(VERDICT_BY_RECOVERY);
	ck_assert_uint_eq(outcome.tries, 1);
	ck_assert_str_eq(p.told, "");
	struct record r = record_now();
	ck_assert_uint_eq(record_recovery_left(&r.offline), 9);
	ck_assert_uint_eq(meter_sum(&r.offline.purse[0].failures), 0);
	p = RUN(codes[4], "gone");
	ck_assert_str_eq(p.prompts[1], "Wrong code, 2 tries left. Recovery code: ");
	RUN(codes[5]);
	check_in(VERDICT_BY_RECOVERY);
	house_close(&h);
}
END_TEST

START_TEST(few_left_is_said)
{
	static const char *const said[] = { "3 recovery codes are left", "2 recovery codes are left",
		"1 recovery code is left", "the last recovery code" };

	begin(MESSAGE_RECOVERY, 5);
	outage();
	struct person p = RUN(codes[0]);
	ck_assert_str_eq(p.told, "");
	for (int i = 0; i < 4; i++) {
		p = RUN(codes[i + 1]);
		check_in(VERDICT_BY_RECOVERY);
		check_has(p.told, said[i]);
		check_has(p.noted, said[i]);
		ck_assert_ptr_null(strstr(p.notes, codes[i + 1]));
	}
	/* none is left: nothing is offered any more */
	p = RUN("gone");
	check_end(VERDICT_DENY, TALK_REASON_OUTAGE);
	house_close(&h);
}
END_TEST

START_TEST(a3_an_app_code_lets_in_once)
{
	begin(MESSAGE_APP, 0);
	outage();
	const char *now = app_code(0), *before = app_code(-1);
	RUN(now);
	check_in(VERDICT_BY_APP);
	struct person p = RUN(now, before, "gone");
	ck_assert_uint_eq(p.nprompts, 3);
	check_has(p.prompts[1], "Wrong code, 2 tries left. App code: ");
	check_has(p.prompts[2], "Wrong code, 1 try left. App code: ");
	house_shift_ms += 30 * 1000;
	RUN(app_code(0));
	check_in(VERDICT_BY_APP);
	house_close(&h);
}
END_TEST

START_TEST(a8_wrong_until_the_last)
{
	begin(BOTH, 10);
	outage();
	struct person p = RUN(WRONG, no_app_code(), WRONG, codes[0]);
	check_end(VERDICT_DENY, TALK_REASON_WRONG);
	ck_assert_uint_eq(p.nprompts, 3);
	ck_assert_uint_eq(outcome.tries, 3);
	check_has(p.prompts[1], "Wrong code, 2 tries left. Recovery or app code: ");
	struct record r = record_now();
	ck_assert_uint_eq(meter_sum(&r.offline.purse[0].failures), 3);
	ck_assert_uint_eq(meter_sum(&r.purse[0].failures), 0);
	house_close(&h);
}
END_TEST

START_TEST(a6_non_answers_are_no_guesses_and_end)
{
	begin(MESSAGE_RECOVERY, 10);
	outage();
	/* six digits are nothing where no app is enrolled */
	struct person p = RUN("", "123456", "r", "x", codes[0]);
	check_end(VERDICT_DENY, TALK_REASON_NO_ANSWER);
	ck_assert_uint_eq(outcome.tries, 0);
	check_has(p.prompts[1], "That was no such code. Recovery code: ");
	struct record r = record_now();
	ck_assert_uint_eq(meter_sum(&r.offline.purse[0].failures), 0);
	/* b is a command; but not for ever */
	p = RUN("b", "b", "b", "b", "b", "b", "b", "b", "b", "b", "b", "b");
	check_end(VERDICT_DENY, TALK_REASON_NO_ANSWER);
	ck_assert_uint_le(p.nprompts, 3 + 2 + 4);
	RUN("big", "big", codes[0]);
	check_in(VERDICT_BY_RECOVERY);
	house_close(&h);
}
END_TEST

START_TEST(b7_a_locked_sms_side_leaves_this_one)
{
	begin(BOTH, 10);
	lock_sms();
	struct person p = RUN("gone");
	check_has(p.prompts[0], "Locked until ");
	check_has(p.prompts[0], " after wrong codes. Recovery or app code: ");
	int orders = house_provider->orders;
	RUN(app_code(0));
	check_in(VERDICT_BY_APP);
	RUN(codes[0]);
	check_in(VERDICT_BY_RECOVERY);
	ck_assert_int_eq(house_provider->orders, orders);
	/* the SMS side stays locked */
	p = RUN("gone");
	check_has(p.prompts[0], "Locked until ");
	house_close(&h);
}
END_TEST

/* The guess that sets the lock: the tries that are left go on with the other side. */
START_TEST(b7_the_lock_in_the_middle)
{
	begin(BOTH, 10);
	h.settings.lockout.failures = 3;
	h.settings.code.tries = 5;
	struct person p = RUN("bad", "bad", "bad", codes[0]);
	check_in(VERDICT_BY_RECOVERY);
	check_has(p.prompts[3], "Locked until ");
	check_has(p.prompts[3], "Recovery or app code: ");
	house_close(&h);
	/* A8: no try is left for it */
	begin(BOTH, 10);
	h.settings.lockout.failures = 3;
	p = RUN("bad", "bad", "bad", codes[0]);
	check_end(VERDICT_DENY, TALK_REASON_LOCKED);
	ck_assert_uint_eq(p.nprompts, 3);
	house_close(&h);
	begin(0, 0);
	h.settings.lockout.failures = 3;
	h.settings.code.tries = 5;
	RUN("bad", "bad", "bad", "gone");
	check_end(VERDICT_DENY, TALK_REASON_LOCKED);
	house_close(&h);
}
END_TEST

START_TEST(d9_a_spent_budget_asks_for_what_there_is)
{
	begin(MESSAGE_APP, 0);
	h.settings.budget.user.rates[0].count = 1;
	RUN("gone");
	struct person p = RUN(app_code(0));
	check_in(VERDICT_BY_APP);
	check_has(p.prompts[0], "No more SMS until ");
	check_has(p.prompts[0], ". App code: ");
	house_close(&h);
}
END_TEST

START_TEST(d9_both_sides_locked)
{
	begin(MESSAGE_RECOVERY, 10);
	outage();
	for (int i = 0; i < 3; i++)
		RUN(WRONG, WRONG, WRONG);
	struct person p = RUN(WRONG, codes[0]);
	check_end(VERDICT_DENY, TALK_REASON_LOCKED);
	ck_assert_uint_eq(p.nprompts, 1);
	check_has(p.told, "Locked until ");
	p = RUN(codes[0]);
	check_end(VERDICT_DENY, TALK_REASON_LOCKED);
	ck_assert_uint_eq(p.nprompts, 0);
	/* the SMS side is not */
	house_provider->answer = RECEIPT_ACCEPTED;
	p = RUN(codes[0], "ok");
	check_in(VERDICT_BY_SMS);
	check_has(p.prompts[1], "No recovery code until ");
	house_shift_ms += 1801 * 1000;
	outage();
	RUN(codes[0]);
	check_in(VERDICT_BY_RECOVERY);
	house_close(&h);
}
END_TEST

START_TEST(an_app_code_at_the_sms_prompt_is_the_same_guess)
{
	begin(MESSAGE_APP, 0);
	const char *used = app_code(0);
	RUN(used);
	check_in(VERDICT_BY_APP);
	ck_assert_uint_eq(outcome.tries, 1);
	struct record r = record_now();
	/* B5: an honest login costs nothing, of either side */
	ck_assert_uint_eq(meter_sum(&r.purse[0].sends[0]), 0);
	ck_assert_uint_eq(meter_sum(&r.purse[0].failures), 0);
	ck_assert_uint_eq(r.purse[0].sends_since_success, 0);
	ck_assert_int_eq(r.challenges[0].gone_boot_ms, 0);
	/* the same once more: wrong for both, one guess */
	RUN(used, "gone");
	r = record_now();
	ck_assert_uint_eq(meter_sum(&r.purse[0].failures), 1);
	ck_assert_uint_eq(meter_sum(&r.offline.purse[0].failures), 0);
	RUN("bad", "ok");
	check_in(VERDICT_BY_SMS);
	house_close(&h);
}
END_TEST

START_TEST(an_app_goes_with_any_length_of_the_sms_code)
{
	begin(MESSAGE_APP, 0);
	h.settings.code.digits = 8;
	RUN(no_app_code(), app_code(1));
	check_in(VERDICT_BY_APP);
	ck_assert_uint_eq(outcome.tries, 2);
	house_close(&h);
}
END_TEST

START_TEST(a_recovery_code_at_the_sms_prompt_is_no_guess_at_the_sms)
{
	begin(MESSAGE_RECOVERY, 10);
	struct person p = RUN(WRONG, codes[0]);
	check_in(VERDICT_BY_RECOVERY);
	check_has(p.prompts[0], "Code, r to resend, or b for a recovery code: ");
	check_has(p.prompts[1], "Wrong code, 2 tries left. Code for ref ");
	struct record r = record_now();
	ck_assert_uint_eq(meter_sum(&r.purse[0].failures), 0);
	ck_assert_uint_eq(meter_sum(&r.offline.purse[0].failures), 1);
	ck_assert_uint_eq(meter_sum(&r.purse[0].sends[0]), 0);
	ck_assert_int_eq(r.challenges[0].gone_boot_ms, 0);
	RUN(WRONG, WRONG, WRONG, "ok");
	check_end(VERDICT_DENY, TALK_REASON_WRONG);
	house_close(&h);
}
END_TEST

START_TEST(b_asks_for_a_recovery_code)
{
	begin(BOTH, 10);
	struct person p = RUN("b", codes[0]);
	check_in(VERDICT_BY_RECOVERY);
	ck_assert_str_eq(p.prompts[1], "Recovery code: ");
	p = RUN("B", "x", "ok");
	check_in(VERDICT_BY_SMS);
	check_has(p.prompts[2], "That was no code (6 digits). Code for ref ");
	house_close(&h);
	begin(MESSAGE_APP, 0);
	p = RUN("b", "ok");
	check_in(VERDICT_BY_SMS);
	ck_assert_ptr_null(strstr(p.prompts[0], "b for"));
	check_has(p.prompts[1], "That was no code (6 digits). ");
	house_close(&h);
}
END_TEST

START_TEST(b5_who_must_wait_may_use_the_other_side)
{
	begin(BOTH, 10);
	RUN("gone");
	RUN("gone");
	struct person p = RUN(codes[0]);
	check_in(VERDICT_BY_RECOVERY);
	check_has(p.prompts[0], "Enter then to get a code, or type a recovery or app code: ");
	RUN("ok");
	check_in(VERDICT_BY_SMS);
	RUN("gone");
	RUN("gone");
	p = RUN("b", app_code(0));
	check_in(VERDICT_BY_APP);
	ck_assert_str_eq(p.prompts[1], "Recovery code: ");
	RUN("gone");
	RUN("gone");
	p = RUN(WRONG, WRONG, WRONG, "gone");
	check_end(VERDICT_DENY, TALK_REASON_WRONG);
	check_has(p.prompts[1], "Wrong code, 2 tries left. Recovery or app code: ");
	struct record r = record_now();
	for (int i = 0; i < RECORD_CHALLENGES; i++)
		ck_assert_int_eq(r.challenges[i].gone_boot_ms, 0);
	house_close(&h);
}
END_TEST

/* What refuses a login for good is not softened. */
START_TEST(b5_a_login_without_the_sms_gives_its_send_back)
{
	struct site s;

	begin(MESSAGE_RECOVERY | MESSAGE_APP, 3);
	facts_parse_address("192.0.2.7", &h.facts.address);
	for (int i = 0; i < 2; i++) {
		RUN(i == 0 ? codes[0] : app_code(0));
		check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
		house_site(&h, &s);
		ck_assert_uint_eq(meter_sum(&s.sends[0]), (uint32_t)i + 1);
		for (int row = 0; row < SKETCH_ROWS; row++)
			for (int at = 0; at < SKETCH_CELLS; at++) {
				ck_assert_uint_eq(tally_sum(&s.numbers.rows[row][at].tallies[0]), 0);
				ck_assert_uint_eq(tally_sum(&s.addresses.rows[row][at].tallies[0]), 0);
			}
		struct record r = record_now();
		ck_assert_uint_eq(tally_sum(&r.fatigue.unanswered), 0);
	}
	house_close(&h);
}
END_TEST

static uint32_t unanswered(void)
{
	struct record r = record_now();

	return tally_sum(&r.fatigue.unanswered);
}

/* A guess of either kind answers the codes of its own login, and those once. */
START_TEST(b5_a_guess_answers_its_own_code_once)
{
	begin(MESSAGE_RECOVERY, 3);
	RUN("gone");
	ck_assert_uint_eq(unanswered(), 1);
	house_shift_ms += 300 * 1000;
	RUN(WRONG, WRONG, "gone");
	ck_assert_uint_eq(unanswered(), 1);
	house_shift_ms += 300 * 1000;
	RUN("bad", WRONG, "gone");
	ck_assert_uint_eq(unanswered(), 1);
	house_shift_ms += 300 * 1000;
	RUN("bad", "bad", "gone");
	ck_assert_uint_eq(unanswered(), 1);
	/* what nobody took was taken back already */
	outage();
	house_shift_ms += 300 * 1000;
	RUN(WRONG, WRONG, "gone");
	ck_assert_uint_eq(unanswered(), 1);
	house_close(&h);
}
END_TEST

/* Who is paused is asked for what there is. */
START_TEST(b5_a_pause_leaves_the_other_codes)
{
	begin(MESSAGE_RECOVERY, 3);
	for (int i = 0; i < 3; i++) {
		house_shift_ms += 300 * 1000;
		RUN("gone");
	}
	struct person p = RUN(codes[0]);
	check_in(VERDICT_BY_RECOVERY);
	ck_assert(outcome.pause);
	check_has(p.prompts[0], "No more SMS until ");
	ck_assert_int_eq(house_provider->orders, 3);
	house_close(&h);
}
END_TEST

START_TEST(what_is_not_replaced)
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
	begin(BOTH, 10);
	h.facts.first_factor = false;
	p = RUN(codes[0]);
	check_end(VERDICT_DENY, TALK_REASON_NO_FIRST_FACTOR);
	ck_assert_uint_eq(p.nprompts, 0);
	house_close(&h);
}
END_TEST

/* Who has the password can keep four logins waiting for as long as he likes; these codes need no place among them. */
START_TEST(b7_who_is_crowded_out_may_use_this_side)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	begin(BOTH, 10);
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	for (int i = 0; i < RECORD_CHALLENGES; i++) {
		memset(ch.user.challenges[i].id, i + 1, RECORD_CHALLENGE_ID);
		memcpy(ch.user.challenges[i].boot_id, ch.now.boot_id, sizeof ch.now.boot_id);
		ch.user.challenges[i].gone_boot_ms = ch.now.boot_ms + 60000;
		ch.user.challenges[i].tries_left = 3;
	}
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	struct person p = RUN(codes[0]);
	check_in(VERDICT_BY_RECOVERY);
	ck_assert_str_eq(p.prompts[0], "Four logins are waiting for a code already. Finish one or wait a minute. Recovery or app code: ");
	struct record r = record_now();
	for (int i = 0; i < RECORD_CHALLENGES; i++)
		ck_assert_uint_eq(r.challenges[i].tries_left, 3);
	RUN(app_code(0));
	check_in(VERDICT_BY_APP);
	house_close(&h);
	begin(0, 0);
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	memcpy(ch.user.challenges, r.challenges, sizeof r.challenges);
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	RUN(codes[0]);
	check_end(VERDICT_DENY, TALK_REASON_CROWDED);
	house_close(&h);
}
END_TEST

static uint32_t asked_about;

static bool no_room(void *ctx, uint32_t uid)
{
	(void)ctx;
	asked_about = uid;
	return false;
}

/* A place bounds how many of one user's logins wait for an SMS's code; these have none. */
START_TEST(e1_who_waits_here_needs_room)
{
	begin(BOTH, 10);
	lock_sms();
	asked_about = UINT32_MAX;
	person_room = no_room;
	struct person p = RUN(codes[0]);
	person_room = NULL;
	check_end(VERDICT_DENY, TALK_REASON_CROWDED);
	ck_assert_uint_eq(p.nprompts, 0);
	ck_assert_uint_eq(asked_about, h.account.uid);
	RUN(codes[0]);
	check_in(VERDICT_BY_RECOVERY);
	house_close(&h);
}
END_TEST

/* Who asks for an SMS's code at the same prompt has a place. */
START_TEST(who_has_a_place_needs_no_room)
{
	begin(BOTH, 10);
	person_room = no_room;
	RUN(codes[0]);
	check_in(VERDICT_BY_RECOVERY);
	/* nobody has seen a password: strangers' logins are not held against the owner's */
	h.facts.forward = true;
	h.facts.first_factor = h.facts.password_taken = false;
	RUN(codes[1]);
	person_room = NULL;
	check_in(VERDICT_BY_RECOVERY);
	house_close(&h);
}
END_TEST

/* Where the host cannot ask twice no other code helps. */
START_TEST(what_is_not_replaced_either)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	begin(BOTH, 10);
	ck_assert_int_eq(state_begin(&h.state, STATE_SITE, NULL, &ch, &f), 0);
	for (uint32_t i = 0; i < 3; i++)
		site_note_one_field(&ch.site, "sshd", i);
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	struct person p = RUN(codes[0]);
	check_end(VERDICT_DENY, TALK_REASON_ONE_FIELD);
	ck_assert_uint_eq(p.nprompts, 0);
	house_close(&h);
}
END_TEST

/* The guess that locks this side while an SMS is on its way: that one's code counts still. */
START_TEST(b7_the_lock_of_this_side_in_the_middle)
{
	begin(MESSAGE_RECOVERY, 10);
	h.settings.lockout.failures = 3;
	h.settings.code.tries = 5;
	struct person p = RUN(WRONG, WRONG, WRONG, codes[0], "ok");
	check_in(VERDICT_BY_SMS);
	check_has(p.prompts[3], "Wrong code, 2 tries left. Code for ref ");
	check_has(p.prompts[4], "No recovery code until ");
	house_close(&h);
}
END_TEST

START_TEST(our_own_fault_and_a_refused_number_are_replaced)
{
	begin(MESSAGE_RECOVERY, 10);
	house_provider->answer = RECEIPT_LOCAL;
	struct person p = RUN(codes[0]);
	check_in(VERDICT_BY_RECOVERY);
	ck_assert_str_eq(p.prompts[0], "No SMS can be sent. Recovery code: ");
	house_provider->answer = RECEIPT_RECIPIENT;
	p = RUN(codes[1]);
	check_in(VERDICT_BY_RECOVERY);
	check_has(p.prompts[0], "No SMS sent: your number is refused. ");
	house_close(&h);
}
END_TEST

START_TEST(d3_a_host_that_cannot_ask_twice_stays_one)
{
	begin(BOTH, 10);
	outage();
	RUN("pw");
	check_end(VERDICT_DENY, TALK_REASON_ONE_FIELD);
	RUN("fail");
	check_end(VERDICT_DENY, TALK_REASON_CONVERSATION);
	RUN("control");
	check_end(VERDICT_DENY, TALK_REASON_CONVERSATION);
	house_close(&h);
}
END_TEST

START_TEST(c5_what_cannot_be_written_denies)
{
	for (int at = 1; at <= 2; at++) {
		begin(MESSAGE_RECOVERY, 10);
		lock_sms();
		house_write_fails_at = at;
		RUN(codes[0]);
		check_end(VERDICT_DENY, TALK_REASON_STATE);
		house_write_fails_at = 0;
		house_close(&h);
	}
}
END_TEST

/* Another login takes the step after this one's guess was charged. */
static void take_the_step(void)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ch.user.offline.app.last_step = ch.clock_wall_s / TOTP_PERIOD_S + 1;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
}

START_TEST(a3_an_app_code_that_another_login_used_meanwhile)
{
	begin(MESSAGE_APP, 0);
	house_at_compare = take_the_step;
	struct person p = RUN(app_code(0), "gone");
	ck_assert_int_eq(outcome.verdict, VERDICT_DENY);
	check_has(p.prompts[1], "Wrong code, 2 tries left. ");
	struct record r = record_now();
	ck_assert_uint_eq(meter_sum(&r.purse[0].failures), 1);
	house_close(&h);
}
END_TEST

static const char *stack_words[3];

static void log_in(void)
{
	struct person p = person_run(&h, &outcome, stack_words);

	secret_wipe_bytes(&p, sizeof p);
}

static const char *found_on_stack(const unsigned char *stack, size_t size, const void *what, size_t n, const char *name)
{
	return memmem(stack, size, what, n) ? name : NULL;
}

/* What a login leaves on its stack: neither the key nor what was typed. */
START_TEST(g1_a_login_leaves_nothing_on_the_stack)
{
	enum { STACK = 1 << 21 };
	unsigned char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char bare[RECORD_RECOVERY_CODES + 20];
	ucontext_t here, there;

	ck_assert_ptr_ne(stack, MAP_FAILED);
	for (int i = 0; i < 6; i++) {
		const char *typed = NULL;
		begin(BOTH, 10);
		if (i % 3 == 1)
			outage();
		if (i % 3 == 2)
			h.settings.code.digits = 8;
		typed = i < 3 ? app_code(0) : codes[0];
		size_t n = 0;
		for (const char *c = typed; *c; c++)
			if (*c != '-')
				bare[n++] = *c;
		stack_words[0] = typed;
		memset(stack, 0, STACK);
		ck_assert_int_eq(getcontext(&there), 0);
		there.uc_stack.ss_sp = stack;
		there.uc_stack.ss_size = STACK;
		there.uc_link = &here;
		makecontext(&there, log_in, 0);
		ck_assert_int_eq(swapcontext(&here, &there), 0);
		check_in(i < 3 ? VERDICT_BY_APP : VERDICT_BY_RECOVERY);
		const char *left = found_on_stack(stack, STACK, app.key, sizeof app.key, "key");
		if (!left)
			left = found_on_stack(stack, STACK, typed, strlen(typed), "typed");
		if (!left)
			left = found_on_stack(stack, STACK, bare, n, "code");
		ck_assert_msg(!left, "login %d: %s", i, left);
		house_close(&h);
	}
}
END_TEST

/* 100 whole logins with the same right code in an outage. */
START_TEST(a3_100_logins_with_one_code_one_success)
{
	void *shared = mmap(NULL, sizeof(_Atomic int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	_Atomic int *in = shared;

	ck_assert_ptr_ne(shared, MAP_FAILED);
	begin(MESSAGE_RECOVERY, 10);
	lock_sms();
	for (int i = 0; i < 100; i++) {
		pid_t pid = fork();
		ck_assert_int_ge(pid, 0);
		if (pid == 0) {
			RUN(codes[0]);
			*in += outcome.verdict == VERDICT_ACCEPT;
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	ck_assert_int_eq(*in, 1);
	house_close(&h);
}
END_TEST

START_TEST(a3_an_issued_code_lets_in_once)
{
	begin(0, 0);
	issue(900);
	outage();
	struct person p = RUN(not_issued(), issued);
	check_in(VERDICT_BY_ISSUED);
	ck_assert_str_eq(p.prompts[0], "No SMS sent: no provider answered. Issued code: ");
	ck_assert_uint_eq(outcome.tries, 2);
	/* and then there is none */
	RUN(issued);
	check_end(VERDICT_DENY, TALK_REASON_OUTAGE);
	house_close(&h);
}
END_TEST

START_TEST(f5_an_issued_code_that_is_over_is_none)
{
	begin(0, 0);
	issue(900);
	house_shift_ms += 901 * 1000;
	outage();
	RUN(issued);
	check_end(VERDICT_DENY, TALK_REASON_OUTAGE);
	house_close(&h);
}
END_TEST

/* At the SMS's prompt: with blanks, and while the SMS side is untouched. The SMS's code goes on. */
START_TEST(an_issued_code_at_the_sms_prompt)
{
	char spaced[16];

	begin(0, 0);
	issue(900);
	snprintf(spaced, sizeof spaced, "%.4s %s", issued, issued + 4);
	struct person p = RUN(not_issued(), spaced);
	check_in(VERDICT_BY_ISSUED);
	check_has(p.prompts[1], "Wrong code, 2 tries left. ");
	struct record r = record_now();
	ck_assert_uint_eq(meter_sum(&r.purse[0].failures), 0);
	ck_assert_uint_eq(meter_sum(&r.offline.purse[0].failures), 1);
	issue(900);
	RUN(not_issued(), "ok");
	check_in(VERDICT_BY_SMS);
	house_close(&h);
}
END_TEST

START_TEST(a_code_that_is_issued_while_somebody_waits_for_it)
{
	begin(0, 0);
	house_at_order = issue_meanwhile;
	/* the script is read when the code is there */
	RUN(issued);
	house_at_order = NULL;
	check_in(VERDICT_BY_ISSUED);
	/* without one eight digits are no guess */
	struct person p = RUN("12345678", "ok");
	check_in(VERDICT_BY_SMS);
	check_has(p.prompts[1], "That was no code (6 digits). ");
	house_close(&h);
}
END_TEST

START_TEST(a5_an_issued_code_beside_any_length_of_the_sms_code)
{
	for (uint32_t digits = 6; digits <= 10; digits++) {
		begin(0, 0);
		h.settings.code.digits = digits;
		issue(900);
		RUN(issued);
		check_in(VERDICT_BY_ISSUED);
		house_close(&h);
	}
}
END_TEST

START_TEST(b4_guesses_at_an_issued_code_lock_this_side)
{
	begin(0, 0);
	h.settings.budget.user.rates[0].count = h.settings.budget.user.rates[1].count = 100;
	issue(3600);
	for (int i = 0; i < 4; i++) {
		house_shift_ms += 300 * 1000;
		RUN(not_issued(), not_issued(), not_issued(), "gone");
	}
	house_shift_ms += 300 * 1000;
	struct person p = RUN(issued, "ok");
	check_has(p.prompts[1], "No issued code until ");
	check_in(VERDICT_BY_SMS);
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("offline");
	TCase *t = tcase_create("offline");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, d9_an_outage_asks_for_what_there_is);
	tcase_add_test(t, a3_a_recovery_code_lets_in_once);
	tcase_add_test(t, few_left_is_said);
	tcase_add_test(t, a3_an_app_code_lets_in_once);
	tcase_add_test(t, a8_wrong_until_the_last);
	tcase_add_test(t, a6_non_answers_are_no_guesses_and_end);
	tcase_add_test(t, b7_a_locked_sms_side_leaves_this_one);
	tcase_add_test(t, b7_the_lock_in_the_middle);
	tcase_add_test(t, d9_a_spent_budget_asks_for_what_there_is);
	tcase_add_test(t, d9_both_sides_locked);
	tcase_add_test(t, an_app_code_at_the_sms_prompt_is_the_same_guess);
	tcase_add_test(t, an_app_goes_with_any_length_of_the_sms_code);
	tcase_add_test(t, a_recovery_code_at_the_sms_prompt_is_no_guess_at_the_sms);
	tcase_add_test(t, b_asks_for_a_recovery_code);
	tcase_add_test(t, b5_who_must_wait_may_use_the_other_side);
	tcase_add_test(t, b5_a_login_without_the_sms_gives_its_send_back);
	tcase_add_test(t, b5_a_guess_answers_its_own_code_once);
	tcase_add_test(t, b5_a_pause_leaves_the_other_codes);
	tcase_add_test(t, what_is_not_replaced);
	tcase_add_test(t, e1_who_waits_here_needs_room);
	tcase_add_test(t, who_has_a_place_needs_no_room);
	tcase_add_test(t, b7_who_is_crowded_out_may_use_this_side);
	tcase_add_test(t, what_is_not_replaced_either);
	tcase_add_test(t, b7_the_lock_of_this_side_in_the_middle);
	tcase_add_test(t, our_own_fault_and_a_refused_number_are_replaced);
	tcase_add_test(t, d3_a_host_that_cannot_ask_twice_stays_one);
	tcase_add_test(t, c5_what_cannot_be_written_denies);
	tcase_add_test(t, a3_an_issued_code_lets_in_once);
	tcase_add_test(t, f5_an_issued_code_that_is_over_is_none);
	tcase_add_test(t, an_issued_code_at_the_sms_prompt);
	tcase_add_test(t, a_code_that_is_issued_while_somebody_waits_for_it);
	tcase_add_test(t, a5_an_issued_code_beside_any_length_of_the_sms_code);
	tcase_add_test(t, b4_guesses_at_an_issued_code_lock_this_side);
	tcase_add_test(t, a3_an_app_code_that_another_login_used_meanwhile);
	tcase_add_test(t, g1_a_login_leaves_nothing_on_the_stack);
	tcase_add_test(t, a3_100_logins_with_one_code_one_success);
	suite_add_tcase(s, t);
	return s;
}
