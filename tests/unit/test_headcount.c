#include "cli/headcount.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/budgets.h"
#include "core/limit.h"
#include "core/meter.h"
#include "house.h"
#include "unit.h"

static struct house h;
static struct headcount count;
static struct budgets budgets;
static struct fault f;

static void take(void)
{
	ck_assert_int_eq(headcount_take(&h.settings, &h.state, &h.directory, &count, &f), 0);
	ck_assert_int_eq(budgets_read(&h.settings, &h.state, &budgets, &f), 0);
}

static void change(void (*how)(struct state_change *ch))
{
	struct state_change ch;

	ck_assert_int_eq(state_begin(&h.state, STATE_BOTH, &h.account, &ch, &f), 0);
	how(&ch);
	ck_assert_int_eq(state_commit(&ch, &f), 0);
}

static void block(struct state_change *ch)
{
	ch->user.block = RECORD_BLOCK_ADMIN;
}

static void bypass(struct state_change *ch)
{
	ch->user.block = RECORD_BLOCK_NONE;
	span_begin(&ch->user.bypass.span, 3600, &ch->now);
}

static void pause_sends(struct state_change *ch)
{
	memset(&ch->user.bypass, 0, sizeof ch->user.bypass);
	span_begin(&ch->user.fatigue.pause, 3600, &ch->now);
}

static void lock(struct state_change *ch)
{
	struct limit_terms t = { &h.settings, &ch->now, RECORD_PURSE_KNOWN };
	struct limit_guess guess;

	for (uint32_t i = 0; i < h.settings.lockout.failures; i++)
		limit_charge_guess(&t, &ch->user, &guess);
}

static void send_three(struct state_change *ch)
{
	for (int i = 0; i < 3; i++) {
		meter_turn(&ch->site.sends[0], h.settings.budget.all.rates[0].window_s, ch->now.wall_s);
		meter_add(&ch->site.sends[0]);
	}
}

START_TEST(each_standing_is_counted)
{
	house_open(&h);
	take();
	ck_assert_uint_eq(count.enrolled, 1);
	ck_assert_uint_eq(count.locked + count.blocked + count.paused + count.bypassed + count.damaged, 0);
	change(block);
	take();
	ck_assert_uint_eq(count.blocked, 1);
	change(bypass);
	take();
	ck_assert_uint_eq(count.blocked, 0);
	ck_assert_uint_eq(count.bypassed, 1);
	change(pause_sends);
	take();
	ck_assert_uint_eq(count.bypassed, 0);
	ck_assert_uint_eq(count.paused, 1);
	change(lock);
	take();
	ck_assert_uint_eq(count.locked, 1);
	house_shift_ms += 3 * 86400 * 1000LL;
	take();
	ck_assert_uint_eq(count.locked + count.paused, 0);
	house_close(&h);
}
END_TEST

START_TEST(damage_is_counted)
{
	house_open(&h);
	house_enroll(&h, "daemon");
	take();
	ck_assert_uint_eq(count.enrolled, 2);
	ck_assert_uint_eq(count.damaged, 0);
	ck_assert_int_eq(unlinkat(h.state.folder, "1", 0), 0); /* daemon's record */
	take();
	ck_assert_uint_eq(count.enrolled, 2);
	ck_assert_uint_eq(count.damaged, 1);
	int fd = openat(h.directory.folder, "1.conf", O_WRONLY | O_TRUNC | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	close(fd);
	take();
	ck_assert_uint_eq(count.enrolled, 1);
	ck_assert_uint_eq(count.damaged, 1);
	house_close(&h);
}
END_TEST

START_TEST(b5_what_is_left_is_told)
{
	house_open(&h);
	h.settings.budget.all.automatic = false;
	h.settings.budget.all.rates[0] = (struct number_rate){ 5, 3600 };
	h.settings.budget.all.rates[1] = (struct number_rate){ 9, 86400 };
	h.settings.nprefixes = 1;
	change(send_three);
	take();
	ck_assert_uint_eq(budgets.n, 2);
	ck_assert_uint_eq(budgets.lines[0].used, 3);
	ck_assert_uint_eq(budgets_left(&budgets.lines[0]), 2);
	ck_assert_uint_eq(budgets_left(&budgets.lines[1]), 9);
	change(send_three);
	take();
	ck_assert_uint_eq(budgets_left(&budgets.lines[0]), 0);
	house_shift_ms += 2 * 3600 * 1000LL;
	take();
	ck_assert_uint_eq(budgets_left(&budgets.lines[0]), 5);
	strcpy(h.settings.prefixes[0], "+49");
	strcpy(h.settings.prefixes[1], "+43");
	h.settings.nprefixes = 2;
	h.settings.budget.prefix.automatic = true;
	take();
	ck_assert_uint_eq(budgets.n, 6);
	ck_assert_str_eq(budgets.lines[4].prefix, "+43");
	ck_assert_uint_eq(budgets.lines[4].limit, 30);
	ck_assert_uint_eq(budgets.lines[5].limit, 150);
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("headcount");
	TCase *t = tcase_create("headcount");
	tcase_add_test(t, each_standing_is_counted);
	tcase_add_test(t, damage_is_counted);
	tcase_add_test(t, b5_what_is_left_is_told);
	suite_add_tcase(s, t);
	return s;
}
