/* Enter before the SMS, in whole logins. */
#include "core/confirm.h"

#include <stdio.h>
#include <string.h>

#include "core/recovery.h"
#include "house.h"
#include "person.h"
#include "unit.h"

static struct house h;
static struct verdict_outcome outcome;
static char recovery[RECOVERY_SHOWN];

#define RUN(...) person_run(&h, &outcome, (const char *const[]){ __VA_ARGS__, NULL })

static const char ENTER[] = "Press Enter to get a code by SMS: ";

static void begin(void)
{
	house_open(&h);
	snprintf(h.settings.confirm[0], sizeof h.settings.confirm[0], "openvpn");
	snprintf(h.settings.confirm[1], sizeof h.settings.confirm[1], "%s", h.facts.service);
	h.settings.nconfirm = 2;
}

static void give_recovery_code(void)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;
	struct secret code;

	ck_assert_int_eq(recovery_make(&code, &f), 0);
	recovery_show(&code, recovery);
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ck_assert_int_eq(recovery_mac(h.state.key, 0, &code, ch.user.offline.recovery[0].mac, &f), 0);
	ch.user.offline.recovery[0].state = RECORD_RECOVERY_UNUSED;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
}

static void check_end(enum verdict verdict, enum talk_reason reason)
{
	ck_assert_msg(outcome.verdict == verdict && outcome.reason == reason, "%s (%s)",
		verdict_reason_name(outcome.reason), outcome.fault.text);
}

/* Nothing was sent, nothing is charged, and no place is held. */
static void check_untouched(void)
{
	struct record r;

	house_record(&h, &r);
	ck_assert_int_eq(house_provider->orders, 0);
	ck_assert_uint_eq(meter_sum(&r.purse[0].sends[0]), 0);
	ck_assert_uint_eq(meter_sum(&r.purse[0].failures), 0);
	for (int i = 0; i < RECORD_CHALLENGES; i++)
		ck_assert_int_eq(r.challenges[i].gone_boot_ms, 0);
}

START_TEST(only_the_listed_services)
{
	begin();
	ck_assert(confirm_wanted(&h.settings, "openvpn"));
	ck_assert(confirm_wanted(&h.settings, h.facts.service));
	ck_assert(!confirm_wanted(&h.settings, "openvp"));
	h.settings.nconfirm = 1;
	struct person p = RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_uint_eq(p.nprompts, 1);
	house_close(&h);
}
END_TEST

/* A6: a digit is a command only where it is offered. */
START_TEST(a6_no_digit_where_a_recovery_code_is_asked_for)
{
	begin();
	house_add_number(&h, "+491701234534");
	give_recovery_code();
	struct person p = RUN("b", "2", "2", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_str_eq(p.prompts[0],
		"Press Enter to get a code by SMS, 2 for ...34, or type a recovery code: ");
	ck_assert_str_eq(p.prompts[1], "Recovery code: ");
	ck_assert_ptr_nonnull(strstr(p.prompts[2], "That was no such code. "));
	ck_assert_ptr_nonnull(strstr(p.prompts[3], "Code sent to ...34"));
	house_close(&h);
}
END_TEST

START_TEST(enter_sends)
{
	begin();
	struct person p = RUN("", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_str_eq(p.prompts[0], ENTER);
	ck_assert_ptr_nonnull(strstr(p.prompts[1], "Code sent to ...12"));
	ck_assert_int_eq(house_provider->orders, 1);
	house_close(&h);
}
END_TEST

START_TEST(e4_who_answers_by_himself_causes_no_sms)
{
	static const char *const answers[] = { "pw", "hunter2", "123456", "r", "v", "gone", "big", "fail" };

	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		begin();
		RUN(answers[i], "gone");
		ck_assert_int_eq(outcome.verdict, VERDICT_DENY);
		check_untouched();
		house_close(&h);
	}
}
END_TEST

START_TEST(a6_three_non_answers_are_borne)
{
	begin();
	struct person p = RUN("123456", "x", "r", "y", "");
	check_end(VERDICT_DENY, TALK_REASON_NO_ANSWER);
	ck_assert_uint_eq(p.nprompts, 4);
	ck_assert_str_eq(p.prompts[3], "That was no such code. Press Enter to get a code by SMS: ");
	check_untouched();
	p = RUN("123456", "x", "r", "", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_close(&h);
}
END_TEST

START_TEST(a_recovery_code_in_place_of_enter)
{
	begin();
	give_recovery_code();
	struct person p = RUN("0000-0000-0000-0000", recovery);
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_str_eq(verdict_by_name(outcome.by), "recovery");
	ck_assert_str_eq(p.prompts[0], "Press Enter to get a code by SMS, or type a recovery code: ");
	ck_assert_str_eq(p.prompts[1],
		"Wrong code, 2 tries left. Press Enter to get a code by SMS, or type a recovery code: ");
	check_untouched();
	/* a slip leaves the SMS */
	RUN("0000-0000-0000-0000", "", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_close(&h);
}
END_TEST

START_TEST(v_calls)
{
	begin();
	h.settings.nvoice = 1;
	h.settings.voice[0] = h.settings.routes[0];
	struct person p = RUN("v", "gone");
	ck_assert_str_eq(p.prompts[0], "Press Enter to get a code by SMS, or v for a call: ");
	ck_assert_ptr_nonnull(strstr(p.prompts[1], "Calling ...12"));
	ck_assert_int_eq(house_provider->orders, 1);
	ck_assert_ptr_nonnull(strstr(house_provider->text, "Your login code is"));
	house_close(&h);
}
END_TEST

START_TEST(a_prompt_of_the_sites_own_does_not_hide_it)
{
	begin();
	snprintf(h.facts.prompt, sizeof h.facts.prompt, "%s", "Token: ");
	struct person p = RUN("", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_str_eq(p.prompts[0], ENTER);
	ck_assert_str_eq(p.prompts[1], "Token: ");
	house_close(&h);
}
END_TEST

/* Free prompts are not for everybody: who waits for Enter holds one of the user's places. */
START_TEST(e1_four_logins_wait_at_most)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	begin();
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	for (int i = 0; i < RECORD_CHALLENGES; i++) {
		ch.user.challenges[i].gone_boot_ms = ch.now.boot_ms + 60000;
		memcpy(ch.user.challenges[i].boot_id, ch.now.boot_id, sizeof ch.now.boot_id);
	}
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	struct person p = RUN("", "ok");
	check_end(VERDICT_DENY, TALK_REASON_CROWDED);
	ck_assert_uint_eq(p.nprompts, 0);
	house_close(&h);
}
END_TEST

START_TEST(the_blocked_are_not_asked)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	begin();
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ch.user.block = RECORD_BLOCK_ADMIN;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	struct person p = RUN("", "ok");
	check_end(VERDICT_DENY, TALK_REASON_BLOCKED);
	ck_assert_uint_eq(p.nprompts, 0);
	house_close(&h);
}
END_TEST

START_TEST(c5_what_cannot_be_written_denies)
{
	begin();
	house_write_fails_at = 1;
	RUN("", "ok");
	check_end(VERDICT_DENY, TALK_REASON_STATE);
	house_write_fails_at = 0;
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("confirm");
	TCase *t = tcase_create("confirm");

	tcase_add_test(t, only_the_listed_services);
	tcase_add_test(t, enter_sends);
	tcase_add_test(t, a6_no_digit_where_a_recovery_code_is_asked_for);
	tcase_add_test(t, e4_who_answers_by_himself_causes_no_sms);
	tcase_add_test(t, a6_three_non_answers_are_borne);
	tcase_add_test(t, a_recovery_code_in_place_of_enter);
	tcase_add_test(t, v_calls);
	tcase_add_test(t, a_prompt_of_the_sites_own_does_not_hide_it);
	tcase_add_test(t, e1_four_logins_wait_at_most);
	tcase_add_test(t, the_blocked_are_not_asked);
	tcase_add_test(t, c5_what_cannot_be_written_denies);
	suite_add_tcase(s, t);
	return s;
}
