#include "core/ledger_notice.h"

#include <string.h>

#include "house.h"
#include "unit.h"

static struct house h;
static struct ledger ledger;
static struct fault f;

static void begin(void)
{
	house_open(&h);
	ledger = (struct ledger){ .settings = &h.settings, .state = &h.state, .account = &h.account,
		.service = "sshd", .e164 = "+491701234512", .trusted = true };
}

static uint32_t sends(enum record_purse which)
{
	struct record r;

	house_record(&h, &r);
	return meter_sum(&r.purse[which].sends[0]);
}

static uint32_t site_sends(void)
{
	static struct site s;

	house_site(&h, &s);
	return meter_sum(&s.sends[0]);
}

static struct ledger_grant charge(bool further)
{
	struct ledger_grant g;

	ck_assert_msg(ledger_notice_charge(&ledger, further, &g, &f) == 0, "%s", f.text);
	return g;
}

START_TEST(b5_charged_to_user_and_site_until_one_is_spent)
{
	begin();
	for (uint32_t i = 1; i <= 5; i++) {
		struct ledger_grant g = charge(false);
		ck_assert_int_eq(g.answer, LEDGER_GRANTED);
		ck_assert_uint_eq(g.plan.n, 2);
		ck_assert_uint_eq(sends(RECORD_PURSE_STRANGER), i);
		ck_assert_uint_eq(site_sends(), i);
	}
	ck_assert_int_eq(charge(false).answer, LEDGER_SPENT);
	/* a refusal writes nothing */
	house_write_fails_at = 1;
	ck_assert_int_eq(charge(true).answer, LEDGER_SPENT);
	house_write_fails_at = 0;
	ck_assert_uint_eq(sends(RECORD_PURSE_STRANGER), 5);
	ck_assert_uint_eq(site_sends(), 5);
	ck_assert_int_eq(ledger_notice_refund(&ledger, 2, &f), 0);
	ck_assert_uint_eq(sends(RECORD_PURSE_STRANGER), 3);
	ck_assert_uint_eq(site_sends(), 3);
	ck_assert_uint_eq(charge(true).plan.n, 0);
	house_close(&h);
}
END_TEST

START_TEST(b5_the_site_s_budget_counts_as_well)
{
	begin();
	h.settings.budget.all.automatic = false;
	h.settings.budget.all.rates[0] = (struct number_rate){ 1, 3600 };
	ck_assert_int_eq(charge(false).answer, LEDGER_GRANTED);
	ck_assert_int_eq(charge(false).answer, LEDGER_SPENT);
	ck_assert_uint_eq(sends(RECORD_PURSE_STRANGER), 1);
	house_close(&h);
}
END_TEST

START_TEST(b6_the_login_s_purse_pays)
{
	begin();
	ledger.known = true;
	charge(false);
	ck_assert_uint_eq(sends(RECORD_PURSE_KNOWN), 1);
	ledger.trusted = false;
	charge(false);
	ck_assert_uint_eq(sends(RECORD_PURSE_OWN), 1);
	ck_assert_uint_eq(sends(RECORD_PURSE_STRANGER), 0);
	house_close(&h);
}
END_TEST

/* It makes nobody wait for the next code. */
START_TEST(b5_no_waits)
{
	struct record r;

	begin();
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(charge(false).answer, LEDGER_GRANTED);
	house_record(&h, &r);
	ck_assert_uint_eq(r.purse[RECORD_PURSE_STRANGER].sends_since_success, 0);
	ck_assert_int_eq(r.purse[RECORD_PURSE_STRANGER].last_send_wall_s, 0);
	house_close(&h);
}
END_TEST

START_TEST(a_lock_stops_no_notice_and_stays)
{
	struct state_change ch;
	struct record r;

	begin();
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	struct record_purse_state *p = &ch.user.purse[RECORD_PURSE_STRANGER];
	p->lock_start_wall_s = ch.now.wall_s;
	p->lock_until_wall_s = ch.now.wall_s + 600;
	p->lock_until_boot_ms = ch.now.boot_ms + 600000;
	p->consecutive = 7;
	memcpy(p->lock_boot_id, ch.now.boot_id, sizeof p->lock_boot_id);
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	struct record before;
	house_record(&h, &before);
	ck_assert_int_eq(charge(false).answer, LEDGER_GRANTED);
	ck_assert_uint_eq(sends(RECORD_PURSE_STRANGER), 1);
	house_record(&h, &r);
	memcpy(r.purse[0].sends, before.purse[0].sends, sizeof r.purse[0].sends);
	r.high = before.high;
	ck_assert_mem_eq(&r, &before, sizeof r);
	house_close(&h);
}
END_TEST

START_TEST(nothing_for_the_blocked)
{
	struct state_change ch;

	begin();
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ch.user.block = RECORD_BLOCK_ADMIN;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	ck_assert_int_eq(charge(false).answer, LEDGER_BLOCKED);
	ck_assert_uint_eq(sends(RECORD_PURSE_STRANGER), 0);
	ck_assert_uint_eq(site_sends(), 0);
	house_close(&h);
}
END_TEST

START_TEST(b1_not_granted_unless_it_is_on_disk)
{
	struct ledger_grant g;

	begin();
	house_write_fails_at = _i + 1;
	ck_assert_int_eq(ledger_notice_charge(&ledger, false, &g, &f), -1);
	ck_assert_int_eq(g.answer, LEDGER_REFUSED);
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("ledger_notice");
	TCase *t = tcase_create("ledger_notice");

	tcase_add_test(t, b5_charged_to_user_and_site_until_one_is_spent);
	tcase_add_test(t, b5_the_site_s_budget_counts_as_well);
	tcase_add_test(t, b6_the_login_s_purse_pays);
	tcase_add_test(t, b5_no_waits);
	tcase_add_test(t, a_lock_stops_no_notice_and_stays);
	tcase_add_test(t, nothing_for_the_blocked);
	tcase_add_loop_test(t, b1_not_granted_unless_it_is_on_disk, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
