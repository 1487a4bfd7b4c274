/* Logins from places that are known, remembered or neither, with all rooms real. */
#include "core/recognition.h"

#include <string.h>

#include "house.h"
#include "person.h"
#include "unit.h"

static struct house h;
static struct verdict_outcome outcome;

#define RUN(...) person_run(&h, &outcome, (const char *const[]){ __VA_ARGS__, NULL })

enum { REMEMBER_S = 3600 };

static void begin(bool remember)
{
	house_open(&h);
	facts_parse_address("192.0.2.7", &h.facts.address);
	if (!remember)
		return;
	h.settings.nremember = 1;
	strcpy(h.settings.remember[0].service, h.facts.service);
	h.settings.remember[0].seconds = REMEMBER_S;
}

static struct record_purse_state purse(enum record_purse which)
{
	struct record r;

	house_record(&h, &r);
	return r.purse[which];
}

static uint32_t failures(enum record_purse which)
{
	struct record_purse_state p = purse(which);

	return meter_sum(&p.failures);
}

static uint32_t sends(enum record_purse which)
{
	struct record_purse_state p = purse(which);

	return meter_sum(&p.sends[0]);
}

static int orders(void)
{
	return house_provider->orders;
}

/* ck_assert: asked for a code, and let in by it. */
static void asked(enum verdict_place place)
{
	struct person p = RUN("ok");
	ck_assert_msg(outcome.verdict == VERDICT_ACCEPT, "%s", outcome.fault.text);
	ck_assert_int_eq(outcome.place, place);
	ck_assert_uint_eq(p.nprompts, 1);
}

static void not_asked(void)
{
	int before = orders();
	struct person p = RUN("ok");
	ck_assert_int_eq(outcome.verdict, VERDICT_EXEMPT);
	ck_assert_int_eq(outcome.reason, TALK_REASON_EXEMPT);
	ck_assert_int_eq(outcome.place, VERDICT_PLACE_REMEMBERED);
	ck_assert_uint_eq(p.nprompts, 0);
	ck_assert_int_eq(orders(), before);
}

START_TEST(a_remembered_place_is_not_asked_for_the_time_set)
{
	begin(true);
	asked(VERDICT_PLACE_NEW);
	ck_assert(!outcome.new_device);
	not_asked();
	house_shift_ms += (REMEMBER_S - 10) * 1000;
	/* a login that is spared is no success: the time goes on from the code */
	not_asked();
	house_shift_ms += 20 * 1000;
	asked(VERDICT_PLACE_KNOWN);
	ck_assert(!outcome.new_device);
	not_asked();
	facts_parse_address("192.0.2.8", &h.facts.address);
	asked(VERDICT_PLACE_NEW);
	ck_assert(outcome.new_device);
	strcpy(h.facts.service, "vsftpd");
	asked(VERDICT_PLACE_KNOWN);
	house_close(&h);
}
END_TEST

/* A machine without a clock of its own: the boot in which the code was right is over, and the clock
 * of this one is a day behind what was seen then. */
START_TEST(f5_a_remembered_place_ages_by_the_time_of_a_boot_whose_clock_is_behind)
{
	const int64_t ahead_s = 86400;
	struct state_change ch;
	struct fault f = FAULT_INIT;

	begin(true);
	asked(VERDICT_PLACE_NEW);
	ck_assert_int_eq(state_begin(&h.state, STATE_BOTH, &h.account, &ch, &f), 0);
	ch.user.high.wall_s += ahead_s;
	ch.site.high.wall_s += ahead_s;
	memset(ch.user.high.boot_id, 9, sizeof ch.user.high.boot_id);
	memset(ch.site.high.boot_id, 9, sizeof ch.site.high.boot_id);
	ch.user.places[0].last_wall_s += ahead_s;
	ch.user.places[0].last_clock_s += ahead_s;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	house_shift_ms += (int64_t)REMEMBER_S * 1000;
	asked(VERDICT_PLACE_KNOWN);
	not_asked();
	house_close(&h);
}
END_TEST

START_TEST(off_by_default)
{
	begin(false);
	asked(VERDICT_PLACE_NEW);
	asked(VERDICT_PLACE_KNOWN);
	house_close(&h);
}
END_TEST

START_TEST(a_refusal_makes_no_place_known)
{
	begin(true);
	RUN("bad", "bad", "bad");
	ck_assert_int_eq(outcome.verdict, VERDICT_DENY);
	house_shift_ms += 600 * 1000;
	asked(VERDICT_PLACE_NEW);
	house_close(&h);
}
END_TEST

START_TEST(who_is_blocked_or_locked_is_not_spared)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	begin(true);
	asked(VERDICT_PLACE_NEW);
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	if (_i == 0) {
		ch.user.block = RECORD_BLOCK_ADMIN;
	} else {
		struct record_purse_state *p = &ch.user.purse[RECORD_PURSE_KNOWN];
		p->lock_start_wall_s = ch.now.wall_s;
		p->lock_until_wall_s = ch.now.wall_s + 600;
		p->lock_until_boot_ms = ch.now.boot_ms + 600000;
		memcpy(p->lock_boot_id, ch.now.boot_id, sizeof p->lock_boot_id);
	}
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	RUN("ok");
	ck_assert_int_eq(outcome.verdict, VERDICT_DENY);
	ck_assert_int_eq(outcome.reason, _i == 0 ? TALK_REASON_BLOCKED : TALK_REASON_LOCKED);
	house_close(&h);
}
END_TEST

/* Else anybody behind the same router would be let in for nothing at all. */
START_TEST(a_place_does_not_stand_for_the_first_factor)
{
	begin(true);
	asked(VERDICT_PLACE_NEW);
	h.settings.nwithout_password = 1;
	strcpy(h.settings.without_password[0], h.facts.service);
	h.facts.first_factor = false;
	asked(VERDICT_PLACE_KNOWN);
	h.facts.first_factor = true;
	not_asked();
	/* within one session it is the same person */
	memset(&h.facts.address, 0, sizeof h.facts.address);
	h.facts.rhost[0] = '\0';
	h.facts.terminal = (struct facts_terminal){ .device = 34816, .session = 100, .start = 5 };
	h.facts.first_factor = false;
	asked(VERDICT_PLACE_NEW);
	not_asked();
	h.facts.terminal.console = true;
	asked(VERDICT_PLACE_NEW);
	asked(VERDICT_PLACE_KNOWN);
	house_close(&h);
}
END_TEST

START_TEST(e1_a_host_of_the_users_makes_no_place_known_and_is_spared_nothing)
{
	begin(true);
	h.facts.trusted = false;
	asked(VERDICT_PLACE_NONE);
	asked(VERDICT_PLACE_NONE);
	h.facts.trusted = true;
	asked(VERDICT_PLACE_NEW);
	h.facts.trusted = false;
	asked(VERDICT_PLACE_NONE);
	house_close(&h);
}
END_TEST

/* Ten wrong codes from elsewhere lock elsewhere out, and not the owner. */
START_TEST(b6_a_stranger_does_not_lock_the_owner_out)
{
	begin(false);
	h.settings.lockout.failures = 3;
	asked(VERDICT_PLACE_NEW);
	facts_parse_address("198.51.100.66", &h.facts.address);
	RUN("bad", "bad", "bad");
	ck_assert_uint_eq(failures(RECORD_PURSE_STRANGER), 3);
	house_shift_ms += 600 * 1000;
	RUN("ok");
	ck_assert_int_eq(outcome.reason, TALK_REASON_LOCKED);
	facts_parse_address("192.0.2.7", &h.facts.address);
	asked(VERDICT_PLACE_KNOWN);
	ck_assert_int_ne(purse(RECORD_PURSE_STRANGER).lock_until_wall_s, 0);
	house_close(&h);
}
END_TEST

START_TEST(b6_the_second_budget_is_of_the_same_size_and_charged)
{
	begin(false);
	h.settings.lockout.failures = 3;
	asked(VERDICT_PLACE_NEW);
	RUN("bad", "bad", "bad");
	ck_assert_uint_eq(failures(RECORD_PURSE_KNOWN), 3);
	ck_assert_uint_eq(sends(RECORD_PURSE_KNOWN), 1);
	ck_assert_uint_eq(failures(RECORD_PURSE_STRANGER), 0);
	house_shift_ms += 600 * 1000;
	RUN("ok");
	ck_assert_int_eq(outcome.reason, TALK_REASON_LOCKED);
	/* the lock of known places is not the others' */
	facts_parse_address("198.51.100.66", &h.facts.address);
	asked(VERDICT_PLACE_NEW);
	house_close(&h);
}
END_TEST

START_TEST(b6_30_days)
{
	begin(false);
	asked(VERDICT_PLACE_NEW);
	house_shift_ms += (int64_t)(PLACE_KNOWN_S - 5) * 1000;
	asked(VERDICT_PLACE_KNOWN);
	house_shift_ms += (int64_t)(PLACE_KNOWN_S + 5) * 1000;
	asked(VERDICT_PLACE_NEW);
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("recognition");
	TCase *t = tcase_create("recognition");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_remembered_place_is_not_asked_for_the_time_set);
	tcase_add_test(t, off_by_default);
	tcase_add_test(t, f5_a_remembered_place_ages_by_the_time_of_a_boot_whose_clock_is_behind);
	tcase_add_test(t, a_refusal_makes_no_place_known);
	tcase_add_loop_test(t, who_is_blocked_or_locked_is_not_spared, 0, 2);
	tcase_add_test(t, a_place_does_not_stand_for_the_first_factor);
	tcase_add_test(t, e1_a_host_of_the_users_makes_no_place_known_and_is_spared_nothing);
	tcase_add_test(t, b6_a_stranger_does_not_lock_the_owner_out);
	tcase_add_test(t, b6_the_second_budget_is_of_the_same_size_and_charged);
	tcase_add_test(t, b6_30_days);
	suite_add_tcase(s, t);
	return s;
}
