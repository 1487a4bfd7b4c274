/* An administrator's bypass, alone and in whole logins. */
#include "core/bypass.h"

#include <stdio.h>
#include <string.h>

#include "house.h"
#include "person.h"
#include "unit.h"

static struct house h;
static struct verdict_outcome outcome;

#define RUN(...) person_run(&h, &outcome, (const char *const[]){ __VA_ARGS__, NULL })

static void grant(int64_t length_s, const char *service, enum record_block block)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	span_begin(&ch.user.bypass.span, length_s, &ch.now);
	snprintf(ch.user.bypass.service, sizeof ch.user.bypass.service, "%s", service);
	ch.user.block = block;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
}

static void check_exempt(bool is)
{
	ck_assert_msg(is == (outcome.verdict == VERDICT_EXEMPT), "%s (%s)",
		verdict_reason_name(outcome.reason), outcome.fault.text);
	ck_assert_str_eq(verdict_by_name(outcome.by), is ? "bypass" : "");
	if (is)
		ck_assert_int_eq(outcome.reason, TALK_REASON_EXEMPT);
}

START_TEST(for_its_time_nobody_is_asked)
{
	house_open(&h);
	RUN("gone");
	check_exempt(false);
	grant(14400, "", RECORD_BLOCK_NONE);
	int orders = house_provider->orders;
	struct person p = RUN("gone");
	check_exempt(true);
	ck_assert_uint_eq(p.nprompts, 0);
	ck_assert_int_eq(house_provider->orders, orders);
	house_shift_ms += 14390 * 1000;
	RUN("gone");
	check_exempt(true);
	house_shift_ms += 20 * 1000;
	p = RUN("ok");
	ck_assert_uint_eq(p.nprompts, 1);
	ck_assert_int_eq(outcome.verdict, VERDICT_ACCEPT);
	ck_assert_str_eq(verdict_by_name(outcome.by), "sms");
	house_close(&h);
}
END_TEST

START_TEST(e1_the_rule_by_itself)
{
	struct clock_now now = { .boot_ms = 5000, .wall_s = 1800000000 };
	struct facts facts = { .trusted = true, .first_factor = true };
	struct record r;

	record_init(&r, 1000, "alice");
	snprintf(facts.service, sizeof facts.service, "sshd");
	ck_assert(!bypass_covers(&r, &facts, &now));
	span_begin(&r.bypass.span, 60, &now);
	ck_assert(bypass_covers(&r, &facts, &now));
	facts.trusted = false;
	ck_assert(!bypass_covers(&r, &facts, &now));
	facts.trusted = true;
	facts.first_factor = false;
	ck_assert(!bypass_covers(&r, &facts, &now));
	facts.forward = true;
	ck_assert(bypass_covers(&r, &facts, &now));
	facts.first_factor = true;
	snprintf(r.bypass.service, sizeof r.bypass.service, "ssh");
	ck_assert(!bypass_covers(&r, &facts, &now));
}
END_TEST

START_TEST(only_by_the_service_it_names)
{
	house_open(&h);
	grant(14400, "sudo", RECORD_BLOCK_NONE);
	RUN("gone");
	check_exempt(false);
	grant(14400, h.facts.service, RECORD_BLOCK_NONE);
	RUN("gone");
	check_exempt(true);
	house_close(&h);
}
END_TEST

START_TEST(e1_not_through_a_host_of_the_users_own)
{
	house_open(&h);
	grant(14400, "", RECORD_BLOCK_NONE);
	h.facts.trusted = false;
	h.facts.peer = h.account.uid;
	RUN("gone");
	check_exempt(false);
	ck_assert_int_eq(outcome.verdict, VERDICT_DENY);
	house_close(&h);
}
END_TEST

START_TEST(the_blocked_are_not_let_by)
{
	house_open(&h);
	for (int block = RECORD_BLOCK_ADMIN; block <= RECORD_BLOCK_FAILURES; block++) {
		grant(14400, "", (enum record_block)block);
		RUN("gone");
		check_exempt(false);
		ck_assert_int_eq(outcome.reason, TALK_REASON_BLOCKED);
	}
	house_close(&h);
}
END_TEST

START_TEST(d4_a_first_factor_is_needed_all_the_same)
{
	house_open(&h);
	grant(14400, "", RECORD_BLOCK_NONE);
	h.facts.first_factor = false;
	RUN("gone");
	check_exempt(false);
	ck_assert_int_eq(outcome.reason, TALK_REASON_NO_FIRST_FACTOR);
	/* a service that asks for none before us leaves nothing but the code */
	h.settings.nwithout_password = 1;
	strcpy(h.settings.without_password[0], h.facts.service);
	RUN("ok");
	ck_assert_int_eq(outcome.verdict, VERDICT_ACCEPT);
	house_close(&h);
}
END_TEST

/* A number that gets no SMS is a day for the helpdesk. */
START_TEST(a_refused_number_does_not_matter)
{
	house_open(&h);
	snprintf(h.settings.prefixes[0], sizeof h.settings.prefixes[0], "+1");
	h.settings.nprefixes = 1;
	RUN("gone");
	ck_assert_int_eq(outcome.reason, TALK_REASON_NUMBER);
	grant(14400, "", RECORD_BLOCK_NONE);
	RUN("gone");
	check_exempt(true);
	house_close(&h);
}
END_TEST

START_TEST(c5_a_record_that_cannot_be_read_lets_nobody_by)
{
	house_open(&h);
	grant(14400, "", RECORD_BLOCK_NONE);
	state_close(&h.state);
	RUN("gone");
	check_exempt(false);
	ck_assert_int_eq(outcome.reason, TALK_REASON_STATE);
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("bypass");
	TCase *t = tcase_create("bypass");

	tcase_add_test(t, for_its_time_nobody_is_asked);
	tcase_add_test(t, e1_the_rule_by_itself);
	tcase_add_test(t, only_by_the_service_it_names);
	tcase_add_test(t, e1_not_through_a_host_of_the_users_own);
	tcase_add_test(t, the_blocked_are_not_let_by);
	tcase_add_test(t, d4_a_first_factor_is_needed_all_the_same);
	tcase_add_test(t, a_refused_number_does_not_matter);
	tcase_add_test(t, c5_a_record_that_cannot_be_read_lets_nobody_by);
	suite_add_tcase(s, t);
	return s;
}
