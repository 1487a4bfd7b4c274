/* The wall clock is set, in every way, at every moment that matters (F5): whole logins with all rooms real but the provider, the
 * person and the clocks. */
#include <stdio.h>
#include <string.h>

#include "core/ledger.h"
#include "core/totp.h"
#include "tests/unit/house.h"
#include "tests/unit/person.h"
#include "tests/unit/unit.h"

enum { DAY = 86400, YEARS = 20 * 365 * DAY, HOUR = 3600 };

static const struct jump {
	const char *name;
	int64_t by_s;
	int64_t to_s; /* or to this moment */
} jumps[] = {
	{ "a second back", -1, 0 },
	{ "a second ahead", 1, 0 },
	{ "a day back", -DAY, 0 },
	{ "a day ahead", DAY, 0 },
	{ "20 years back", -YEARS, 0 },
	{ "20 years ahead", YEARS, 0 },
	{ "to 1970", 0, 1 },
	{ "past 2038", 0, INT64_C(2208988800) },
};
enum { JUMPS = sizeof jumps / sizeof jumps[0] };

static struct house h;
static struct verdict_outcome outcome;
static const struct jump *jump;

#define RUN(...) person_run(&h, &outcome, (const char *const[]){ __VA_ARGS__, NULL })

static void set_clock(void)
{
	struct clock_now now;
	struct fault f = FAULT_INIT;

	house_at_order = NULL;
	ck_assert_int_eq(clock_read(&now, &f), 0);
	house_ahead_s += jump->to_s != 0 ? jump->to_s - now.wall_s : jump->by_s;
}

static bool far_ahead(void)
{
	return jump->by_s >= DAY || jump->to_s > 1;
}

/* A boot that has lasted a day. */
static void begin(int at)
{
	jump = &jumps[at];
	house_open(&h);
	house_reboot(0);
	house_shift_ms += INT64_C(1000) * DAY;
	facts_parse_address("192.0.2.7", &h.facts.address);
}

static void pass(int64_t seconds)
{
	house_shift_ms += seconds * 1000;
}

static void ends(enum verdict verdict, enum talk_reason reason)
{
	ck_assert_msg(outcome.verdict == verdict && outcome.reason == reason, "%s: %s (%s)",
		jump->name, verdict_reason_name(outcome.reason), outcome.fault.text);
}

static void gets_in(void)
{
	RUN("ok");
	ends(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
}

static void is_refused(enum talk_reason reason)
{
	RUN("ok");
	ends(VERDICT_DENY, reason);
}

/* --- during a code's life (A2, A7) --- */

START_TEST(f5_a2_a_code_is_good_until_its_time)
{
	begin(_i);
	house_at_order = set_clock;
	RUN("wait:88", "ok");
	ends(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_close(&h);
}
END_TEST

START_TEST(f5_a2_and_no_longer)
{
	begin(_i);
	house_at_order = set_clock;
	struct person p = RUN("wait:91", "ok", "gone");
	ck_assert_int_eq(outcome.verdict, VERDICT_DENY);
	ck_assert_msg(strstr(p.prompts[1], "expired") != NULL, "%s: %s", jump->name, p.prompts[1]);
	house_close(&h);
}
END_TEST

START_TEST(f5_a7_a_resend_waits_for_its_time)
{
	begin(_i);
	house_at_order = set_clock;
	struct person p = RUN("r", "wait:31", "r", "ok");
	ends(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_msg(
		strstr(p.prompts[1], "Next SMS in") != NULL, "%s: %s", jump->name, p.prompts[1]);
	ck_assert_int_eq(house_provider->orders, 2);
	house_close(&h);
}
END_TEST

START_TEST(f5_no_code_outlives_its_boot)
{
	struct ledger_guess guess;
	struct ledger_grant g;
	struct challenge c;
	struct fault f = FAULT_INIT;

	begin(_i);
	struct ledger l = { .settings = &h.settings,
		.state = &h.state,
		.account = &h.account,
		.service = "sshd",
		.e164 = "+491701234512",
		.trusted = true,
		.began_boot_ms = clock_boot_ms() };
	for (int i = 0; i < RECORD_CHALLENGES; i++) {
		ck_assert_int_eq(challenge_make(6, h.state.key, &c, &f), 0);
		ck_assert_int_eq(ledger_open(&l, &c, &g, &f), 0);
	}
	house_reboot(1);
	set_clock();
	ck_assert_int_eq(ledger_charge(&l, &c, &guess, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_VOID);
	/* nor does a place */
	pass(200);
	gets_in();
	challenge_wipe(&c);
	house_close(&h);
}
END_TEST

/* --- locks (B3) --- */

static void lock(void)
{
	h.settings.lockout.failures = 3;
	RUN("bad", "bad", "bad");
	ends(VERDICT_DENY, TALK_REASON_LOCKED);
}

START_TEST(f5_b3_a_lock_keeps_its_length)
{
	begin(_i);
	lock();
	set_clock();
	is_refused(TALK_REASON_LOCKED);
	pass(1790);
	is_refused(TALK_REASON_LOCKED);
	pass(15);
	h.settings.lockout.failures = 10; /* the window is a day */
	gets_in();
	house_close(&h);
}
END_TEST

/* How long the machine was off only the clock can say; a lock that it does not end ends by the boot's time. */
START_TEST(f5_b3_a_lock_over_a_reboot_is_capped)
{
	begin(_i);
	lock();
	house_reboot(60);
	set_clock();
	pass(10);
	h.settings.lockout.failures = 10;
	if (!far_ahead())
		is_refused(TALK_REASON_LOCKED);
	else
		gets_in();
	pass(1800);
	gets_in();
	house_close(&h);
}
END_TEST

START_TEST(f5_b3_a_clock_that_was_wrong_for_a_boot_locks_no_longer)
{
	begin(_i);
	set_clock();
	house_reboot(60);
	lock();
	house_ahead_s = 0;
	house_reboot(60);
	h.settings.lockout.failures = 10;
	pass(1805);
	gets_in();
	house_close(&h);
}
END_TEST

/* --- budgets (B5) --- */

static void spend(void)
{
	h.settings.budget.user.rates[0] = (struct number_rate){ 2, HOUR };
	RUN("gone");
	RUN("gone");
}

START_TEST(f5_b5_a_budget_keeps_its_window)
{
	begin(_i);
	spend();
	set_clock();
	is_refused(TALK_REASON_BUDGET);
	pass(HOUR - 300);
	is_refused(TALK_REASON_BUDGET);
	pass(600);
	gets_in();
	house_close(&h);
}
END_TEST

START_TEST(f5_b5_a_budget_over_a_reboot)
{
	begin(_i);
	spend();
	house_reboot(60);
	set_clock();
	pass(60);
	if (!far_ahead())
		is_refused(TALK_REASON_BUDGET);
	pass(HOUR + 300);
	gets_in();
	house_close(&h);
}
END_TEST

START_TEST(f5_b5_a_clock_that_was_wrong_for_a_boot_spends_nothing_for_good)
{
	begin(_i);
	set_clock();
	house_reboot(60);
	spend();
	house_ahead_s = 0;
	house_reboot(60);
	pass(HOUR + 300);
	gets_in();
	house_close(&h);
}
END_TEST

/* --- what lets in without a code --- */

static void remember(void)
{
	h.settings.nremember = 1;
	strcpy(h.settings.remember[0].service, h.facts.service);
	h.settings.remember[0].seconds = HOUR;
	gets_in();
}

static bool is_asked(void)
{
	struct person p = RUN("ok");

	ck_assert_msg(outcome.verdict == (p.nprompts > 0 ? VERDICT_ACCEPT : VERDICT_EXEMPT),
		"%s: %s", jump->name, outcome.fault.text);
	return p.nprompts > 0;
}

START_TEST(f5_a_remembered_place_is_not_remembered_longer)
{
	begin(_i);
	remember();
	set_clock();
	pass(HOUR - 100);
	/* too early an end costs one SMS */
	ck_assert_msg(is_asked() == far_ahead(), "%s", jump->name);
	if (far_ahead())
		return;
	pass(200);
	ck_assert_msg(is_asked(), "%s", jump->name);
	house_close(&h);
}
END_TEST

START_TEST(f5_nor_over_a_reboot)
{
	begin(_i);
	remember();
	house_reboot(60);
	set_clock();
	pass(HOUR + 10);
	ck_assert_msg(is_asked(), "%s", jump->name);
	house_close(&h);
}
END_TEST

static void grant(void)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	span_begin(&ch.user.bypass.span, HOUR, &ch.now);
	ck_assert_int_eq(state_commit(&ch, &f), 0);
}

START_TEST(f5_a_bypass_keeps_its_length)
{
	begin(_i);
	grant();
	set_clock();
	pass(HOUR - 100);
	ck_assert_msg(!is_asked(), "%s", jump->name);
	pass(200);
	ck_assert_msg(is_asked(), "%s", jump->name);
	house_close(&h);
}
END_TEST

START_TEST(f5_a_bypass_over_a_reboot_is_no_longer)
{
	begin(_i);
	grant();
	house_reboot(60);
	set_clock();
	pass(10);
	ck_assert_msg(is_asked() == far_ahead(), "%s", jump->name);
	pass(HOUR);
	ck_assert_msg(is_asked(), "%s", jump->name);
	house_close(&h);
}
END_TEST

/* --- the app, which goes by the wall clock --- */

START_TEST(f5_a3_no_clock_makes_a_code_of_the_app_good_twice)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;
	struct clock_now now;
	struct secret code;
	char typed[TOTP_DIGITS + 1] = "";

	begin(_i);
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ch.user.offline.app.enrolled = 1;
	memset(ch.user.offline.app.key, 9, RECORD_APP_KEY);
	ck_assert_int_eq(
		totp_code(ch.user.offline.app.key, ch.clock_wall_s / TOTP_PERIOD_S, &code, &f), 0);
	memcpy(typed, code.bytes, TOTP_DIGITS);
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	RUN(typed);
	ends(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	int64_t was_ahead_s = house_ahead_s;
	set_clock();
	RUN(typed, "gone");
	ck_assert_msg(outcome.verdict == VERDICT_DENY, "%s", jump->name);
	/* there and back again, and over a reboot */
	house_ahead_s = was_ahead_s;
	RUN(typed, "gone");
	ck_assert_msg(outcome.verdict == VERDICT_DENY, "%s, back again", jump->name);
	house_reboot(0);
	RUN(typed, "gone");
	ck_assert_msg(outcome.verdict == VERDICT_DENY, "%s, another boot", jump->name);
	ck_assert_int_eq(clock_read(&now, &f), 0);
	secret_wipe(&code);
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("clocks");
	TCase *t = tcase_create("clocks");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, f5_a2_a_code_is_good_until_its_time, 0, JUMPS);
	tcase_add_loop_test(t, f5_a2_and_no_longer, 0, JUMPS);
	tcase_add_loop_test(t, f5_a7_a_resend_waits_for_its_time, 0, JUMPS);
	tcase_add_loop_test(t, f5_no_code_outlives_its_boot, 0, JUMPS);
	tcase_add_loop_test(t, f5_b3_a_lock_keeps_its_length, 0, JUMPS);
	tcase_add_loop_test(t, f5_b3_a_lock_over_a_reboot_is_capped, 0, JUMPS);
	tcase_add_loop_test(t, f5_b3_a_clock_that_was_wrong_for_a_boot_locks_no_longer, 0, JUMPS);
	tcase_add_loop_test(t, f5_b5_a_budget_keeps_its_window, 0, JUMPS);
	tcase_add_loop_test(t, f5_b5_a_budget_over_a_reboot, 0, JUMPS);
	tcase_add_loop_test(
		t, f5_b5_a_clock_that_was_wrong_for_a_boot_spends_nothing_for_good, 0, JUMPS);
	tcase_add_loop_test(t, f5_a_remembered_place_is_not_remembered_longer, 0, JUMPS);
	tcase_add_loop_test(t, f5_nor_over_a_reboot, 0, JUMPS);
	tcase_add_loop_test(t, f5_a_bypass_keeps_its_length, 0, JUMPS);
	tcase_add_loop_test(t, f5_a_bypass_over_a_reboot_is_no_longer, 0, JUMPS);
	tcase_add_loop_test(t, f5_a3_no_clock_makes_a_code_of_the_app_good_twice, 0, JUMPS);
	suite_add_tcase(s, t);
	return s;
}
