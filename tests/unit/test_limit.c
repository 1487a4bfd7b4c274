#include "core/limit.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };

/* One user, and the clock that the test turns. */
struct world {
	struct settings *settings;
	struct clock_now now;
	struct limit_terms terms;
	struct record user;
};

static struct settings settings;

static void begin(struct world *w)
{
	memset(&settings, 0, sizeof settings);
	settings.lockout.failures = 10;
	settings.lockout.window_s = DAY;
	settings.lockout.lock_s = 30 * MINUTE;
	memset(w, 0, sizeof *w);
	w->settings = &settings;
	w->now.boot_ms = 1000000;
	w->now.wall_s = 1700000000;
	memset(w->now.boot_id, 7, sizeof w->now.boot_id);
	w->terms.settings = &settings;
	w->terms.now = &w->now;
	w->terms.purse = RECORD_PURSE_STRANGER;
	w->user.uid = 1000;
}

static void pass(struct world *w, int64_t seconds)
{
	w->now.boot_ms += seconds * 1000;
	w->now.wall_s += seconds;
}

static void reboot(struct world *w, int64_t down_s)
{
	w->now.wall_s += down_s;
	w->now.boot_ms = 0;
	w->now.boot_id[0]++;
}

static struct limit_result guess(struct world *w)
{
	struct limit_guess unused;

	return limit_charge_guess(&w->terms, &w->user, &unused);
}

static int64_t lock_s(const struct world *w)
{
	struct limit_result result = limit_standing(&w->terms, &w->user);

	return result.answer == LIMIT_LOCKED ? result.until_wall_s - w->now.wall_s : 0;
}

static void succeed(struct world *w)
{
	struct limit_guess g;

	ck_assert_int_eq(limit_charge_guess(&w->terms, &w->user, &g).answer, LIMIT_GRANTED);
	limit_success(&w->terms, &w->user, &g);
}

START_TEST(b3_ten_failures_lock_for_half_an_hour)
{
	struct world w;

	begin(&w);
	for (int i = 0; i < 9; i++) {
		ck_assert_int_eq(guess(&w).answer, LIMIT_GRANTED);
		ck_assert_int_eq(limit_standing(&w.terms, &w.user).answer, LIMIT_GRANTED);
	}
	struct limit_guess tenth;
	ck_assert_int_eq(limit_charge_guess(&w.terms, &w.user, &tenth).answer, LIMIT_GRANTED);
	ck_assert(tenth.locked);
	ck_assert_int_eq(lock_s(&w), 30 * MINUTE);
	ck_assert_int_eq(guess(&w).answer, LIMIT_LOCKED);
	pass(&w, 30 * MINUTE - 1);
	ck_assert_int_eq(guess(&w).answer, LIMIT_LOCKED);
	pass(&w, 1);
	ck_assert_int_eq(limit_standing(&w.terms, &w.user).answer, LIMIT_GRANTED);
}
END_TEST

START_TEST(b3_the_lock_doubles_up_to_a_day)
{
	static const int64_t locks_min[] = { 30, 60, 120, 240, 480, 960, 1440, 1440 };
	struct world w;

	begin(&w);
	settings.lockout.window_s = 7 * DAY;
	for (int i = 0; i < 9; i++)
		guess(&w);
	for (size_t i = 0; i < sizeof locks_min / sizeof locks_min[0]; i++) {
		ck_assert_int_eq(guess(&w).answer, LIMIT_GRANTED);
		ck_assert_int_eq(lock_s(&w), locks_min[i] * MINUTE);
		pass(&w, locks_min[i] * MINUTE);
	}
}
END_TEST

START_TEST(b3_success_clears_the_row_not_the_window)
{
	struct world w;

	begin(&w);
	for (int i = 0; i < 9; i++)
		guess(&w);
	succeed(&w);
	struct record_purse_state *p = &w.user.purse[0];
	ck_assert_uint_eq(p->consecutive, 0);
	ck_assert_uint_eq(meter_sum(&p->failures), 9);
	ck_assert_int_eq(lock_s(&w), 0); /* its own charge had locked, and was undone */
	guess(&w);
	ck_assert_int_eq(lock_s(&w), 30 * MINUTE);
	pass(&w, 30 * MINUTE);
	guess(&w);
	ck_assert_int_eq(lock_s(&w), 60 * MINUTE);
	pass(&w, 60 * MINUTE);
	succeed(&w); /* resets the doubling */
	guess(&w);
	ck_assert_int_eq(lock_s(&w), 30 * MINUTE);
}
END_TEST

START_TEST(b3_a_hundred_in_a_row_block)
{
	struct world w;

	begin(&w);
	for (int i = 0; i < 99; i++) {
		pass(&w, 2 * DAY);
		ck_assert_int_eq(guess(&w).answer, LIMIT_GRANTED);
		ck_assert_uint_eq(w.user.block, RECORD_BLOCK_NONE);
	}
	struct world other = w;
	other.terms.now = &other.now;
	pass(&w, 2 * DAY);
	ck_assert_int_eq(guess(&w).answer, LIMIT_GRANTED);
	ck_assert_uint_eq(w.user.block, RECORD_BLOCK_FAILURES);
	for (uint32_t purse = 0; purse < RECORD_PURSES; purse++) {
		w.terms.purse = (enum record_purse)purse;
		ck_assert_int_eq(guess(&w).answer, LIMIT_BLOCKED);
	}
	limit_unlock(&w.user);
	ck_assert_int_eq(guess(&w).answer, LIMIT_GRANTED);

	/* the hundredth was right: no block; and a late one likewise */
	pass(&other, 2 * DAY);
	struct world late = other;
	late.terms.now = &late.now;
	succeed(&other);
	ck_assert_uint_eq(other.user.block, RECORD_BLOCK_NONE);
	struct limit_guess g;
	ck_assert_int_eq(limit_charge_guess(&late.terms, &late.user, &g).answer, LIMIT_GRANTED);
	limit_refund_guess(&late.terms, &late.user, &g);
	ck_assert_uint_eq(late.user.block, RECORD_BLOCK_NONE);
	ck_assert_uint_eq(late.user.purse[0].consecutive, 99);
}
END_TEST

START_TEST(b3_an_administrators_block_stays)
{
	struct world w;

	begin(&w);
	w.user.block = RECORD_BLOCK_ADMIN;
	ck_assert_int_eq(guess(&w).answer, LIMIT_BLOCKED);
	limit_unlock(&w.user);
	ck_assert_int_eq(guess(&w).answer, LIMIT_BLOCKED);
}
END_TEST

START_TEST(e1_purses_do_not_touch_each_other)
{
	struct world w;

	begin(&w);
	for (int i = 0; i < 10; i++)
		guess(&w);
	w.terms.purse = RECORD_PURSE_OWN;
	struct record before = w.user;
	ck_assert_int_eq(limit_standing(&w.terms, &w.user).answer, LIMIT_GRANTED);
	ck_assert_int_eq(guess(&w).answer, LIMIT_GRANTED);
	succeed(&w);
	ck_assert(memcmp(&before.purse[0], &w.user.purse[0], 2 * sizeof w.user.purse[0]) == 0);
	w.terms.purse = (enum record_purse)(RECORD_PURSES + RECORD_OFFLINE_PURSES);
	ck_assert_int_eq(limit_standing(&w.terms, &w.user).answer, LIMIT_REFUSED);
	ck_assert_int_eq(guess(&w).answer, LIMIT_REFUSED);
}
END_TEST

START_TEST(b7_a_lock_of_one_side_leaves_the_other)
{
	static const enum record_purse all[] = { RECORD_PURSE_STRANGER, RECORD_PURSE_OWN, RECORD_PURSE_OFFLINE,
		RECORD_PURSE_OFFLINE_OWN };
	const size_t n = sizeof all / sizeof all[0];

	for (size_t locked = 0; locked < n; locked++) {
		struct world w;
		begin(&w);
		w.terms.purse = all[locked];
		for (int i = 0; i < 10; i++)
			guess(&w);
		for (size_t i = 0; i < n; i++) {
			w.terms.purse = all[i];
			ck_assert_int_eq(limit_standing(&w.terms, &w.user).answer,
				i == locked ? LIMIT_LOCKED : LIMIT_GRANTED);
		}
		limit_unlock(&w.user);
		w.terms.purse = all[locked];
		ck_assert_int_eq(limit_standing(&w.terms, &w.user).answer, LIMIT_GRANTED);
	}
}
END_TEST

START_TEST(b7_an_offline_purse_is_by_itself)
{
	struct world w;

	begin(&w);
	w.terms.purse = RECORD_PURSE_OFFLINE;
	struct record before = w.user;
	ck_assert_int_eq(guess(&w).answer, LIMIT_GRANTED);
	ck_assert_uint_eq(meter_sum(&w.user.offline.purse[0].failures), 1);
	ck_assert(memcmp(before.purse, w.user.purse, sizeof before.purse) == 0);
	succeed(&w);
	ck_assert_uint_eq(meter_sum(&w.user.offline.purse[0].failures), 1);
	ck_assert_uint_eq(w.user.offline.purse[0].consecutive, 0);
	ck_assert(memcmp(before.purse, w.user.purse, sizeof before.purse) == 0);
}
END_TEST

START_TEST(b3_a_hundred_wrong_offline_codes_block_all)
{
	struct world w;

	begin(&w);
	w.terms.purse = RECORD_PURSE_OFFLINE;
	for (int i = 0; i < 100; i++) {
		ck_assert_uint_eq(w.user.block, RECORD_BLOCK_NONE);
		pass(&w, 2 * DAY);
		guess(&w);
	}
	ck_assert_uint_eq(w.user.block, RECORD_BLOCK_FAILURES);
	w.terms.purse = RECORD_PURSE_STRANGER;
	ck_assert_int_eq(guess(&w).answer, LIMIT_BLOCKED);
	begin(&w);
	w.terms.purse = RECORD_PURSE_OFFLINE_OWN;
	for (int i = 0; i < 120; i++) {
		pass(&w, 2 * DAY);
		guess(&w);
	}
	ck_assert_uint_eq(w.user.block, RECORD_BLOCK_NONE);
}
END_TEST

/* Ten failures, then the clock does something; how long is the user still locked? */
static const struct {
	const char *name;
	bool rebooted;
	int64_t passed_s, wall_jump_s, up_s;
	int64_t rest_s;
} clocks[] = {
	{ "nothing", false, 0, 0, 0, 1800 },
	{ "ten minutes", false, 600, 0, 0, 1200 },
	{ "wall clock a year ahead", false, 600, 365 * DAY, 0, 1200 },
	{ "wall clock stands still", false, 600, -600, 0, 1200 },
	{ "a reboot of five minutes", true, 300, 300, 0, 1200 },
	{ "a reboot, the wall clock lost: at most the whole", true, 0, 0, 0, 1800 },
	{ "the same, twenty minutes up", true, 0, 0, 1200, 600 },
	{ "the same, and wall time has gone on with the boot", true, 0, 1200, 1200, 600 },
	{ "the same after ten minutes in the boot before", true, 600, 1200, 1200, 0 },
	{ "a reboot longer than the lock", true, 0, 1801, 0, 0 },
	{ "the wall clock stood in 2099 and stands still now", true, 0, 0, 1800, 0 },
};

START_TEST(f5_clocks_neither_free_nor_immortalise)
{
	struct world w;

	begin(&w);
	for (int i = 0; i < 10; i++)
		guess(&w);
	pass(&w, clocks[_i].passed_s);
	if (clocks[_i].rebooted)
		reboot(&w, 0);
	w.now.wall_s += clocks[_i].wall_jump_s;
	w.now.boot_ms += clocks[_i].up_s * 1000;
	ck_assert_msg(lock_s(&w) == clocks[_i].rest_s, "%s: %lld", clocks[_i].name,
		(long long)lock_s(&w));
}
END_TEST

START_TEST(f5_a_rest_is_never_longer_than_the_lock)
{
	struct world w;

	begin(&w);
	for (int i = 0; i < 10; i++)
		guess(&w);
	/* a wall clock that ran backwards cannot reach us (state), but if it did: */
	reboot(&w, -3 * DAY);
	ck_assert_int_eq(lock_s(&w), 30 * MINUTE);
	w.user.purse[0].lock_until_wall_s += 400 * DAY;
	ck_assert_int_eq(lock_s(&w), LIMIT_LOCK_MAX_S);
}
END_TEST

START_TEST(b2_a_refund_undoes_only_its_own_lock)
{
	struct world w;
	struct limit_guess ninth, tenth;

	begin(&w);
	for (int i = 0; i < 8; i++)
		guess(&w);
	struct record before = w.user;
	(void)limit_charge_guess(&w.terms, &w.user, &ninth);
	limit_refund_guess(&w.terms, &w.user, &ninth);
	ck_assert(memcmp(&before, &w.user, sizeof before) == 0);

	(void)limit_charge_guess(&w.terms, &w.user, &ninth);
	(void)limit_charge_guess(&w.terms, &w.user, &tenth);
	ck_assert(!ninth.locked && tenth.locked);
	limit_refund_guess(&w.terms, &w.user, &ninth);
	ck_assert_int_eq(lock_s(&w), 30 * MINUTE);
	/* the tenth's process hung until its lock had ended and another one was set */
	pass(&w, 30 * MINUTE);
	guess(&w);
	ck_assert_int_gt(lock_s(&w), 0);
	limit_refund_guess(&w.terms, &w.user, &tenth);
	ck_assert_int_gt(lock_s(&w), 0);
}
END_TEST

START_TEST(b2_a_refund_lifts_no_block_of_another_guess)
{
	struct world w;
	struct limit_guess late, last;

	begin(&w);
	w.user.purse[0].consecutive = LIMIT_BLOCK_FAILURES - 2;
	(void)limit_charge_guess(&w.terms, &w.user, &late);
	(void)limit_charge_guess(&w.terms, &w.user, &last);
	ck_assert(!late.blocked && last.blocked);
	limit_refund_guess(&w.terms, &w.user, &late);
	ck_assert_uint_eq(w.user.block, RECORD_BLOCK_FAILURES);
	/* nor the administrator's, set while the guess was being judged */
	w.user.block = RECORD_BLOCK_ADMIN;
	limit_refund_guess(&w.terms, &w.user, &last);
	ck_assert_uint_eq(w.user.block, RECORD_BLOCK_ADMIN);
}
END_TEST

/* A success of the owner while another guess is judged: what that gives back later takes nothing from the fresh start. */
START_TEST(b2_a_refund_after_a_success_leaves_the_row_at_nothing)
{
	struct world w;
	struct limit_guess late, right;

	begin(&w);
	(void)limit_charge_guess(&w.terms, &w.user, &late);
	(void)limit_charge_guess(&w.terms, &w.user, &right);
	limit_success(&w.terms, &w.user, &right);
	ck_assert_uint_eq(w.user.purse[0].consecutive, 0);
	limit_refund_guess(&w.terms, &w.user, &late);
	ck_assert_uint_eq(w.user.purse[0].consecutive, 0);
	ck_assert_uint_eq(w.user.block, RECORD_BLOCK_NONE);

	/* and the doubling stays undone when the lock of the late one goes */
	settings.lockout.failures = 2;
	w.user.purse[0].lock_level = 2;
	(void)limit_charge_guess(&w.terms, &w.user, &right);
	(void)limit_charge_guess(&w.terms, &w.user, &late);
	ck_assert(!right.locked && late.locked && late.level_before == 2);
	limit_success(&w.terms, &w.user, &right);
	ck_assert_uint_eq(w.user.purse[0].lock_level, 0);
	ck_assert_int_gt(lock_s(&w), 0);
	limit_refund_guess(&w.terms, &w.user, &late);
	ck_assert_int_eq(lock_s(&w), 0);
	ck_assert_uint_eq(w.user.purse[0].lock_level, 0);
}
END_TEST

/* What comes from the disk may be as high as it goes: one more is not none. */
START_TEST(b3_counts_stay_at_their_height)
{
	struct world w;

	begin(&w);
	settings.lockout.failures = 1;
	w.terms.purse = RECORD_PURSE_OWN;
	struct record_purse_state *p = &w.user.purse[RECORD_PURSE_OWN];
	p->consecutive = p->lock_level = UINT32_MAX;
	ck_assert_int_eq(guess(&w).answer, LIMIT_GRANTED);
	ck_assert_uint_eq(p->consecutive, UINT32_MAX);
	ck_assert_uint_eq(p->lock_level, UINT32_MAX);
	ck_assert_int_eq(lock_s(&w), LIMIT_LOCK_MAX_S);
}
END_TEST

/* Neither granted nor counted anywhere: the purses behind the last, and between the two kinds there is none. */
START_TEST(c1_a_purse_that_does_not_exist_is_refused)
{
	static const uint32_t none[] = { RECORD_PURSE_OFFLINE + RECORD_OFFLINE_PURSES, UINT32_MAX };
	struct limit_guess g;
	struct world w;

	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
		begin(&w);
		memset(&w.user, 0x11, sizeof w.user);
		w.user.block = RECORD_BLOCK_NONE;
		struct record before = w.user;
		w.terms.purse = (enum record_purse)none[i];
		ck_assert_int_eq(limit_standing(&w.terms, &w.user).answer, LIMIT_REFUSED);
		memset(&g, 0xff, sizeof g);
		ck_assert_int_eq(limit_charge_guess(&w.terms, &w.user, &g).answer, LIMIT_REFUSED);
		ck_assert(!g.locked && !g.blocked);
		limit_refund_guess(&w.terms, &w.user, &g);
		limit_success(&w.terms, &w.user, &g);
		ck_assert_mem_eq(&w.user, &before, sizeof before);
	}
}
END_TEST

/* An attacker who guesses whenever he may, over months of random pauses, reboots, and logins of
 * the owner. Every window holds at most `failures` granted wrong guesses plus one for each lock
 * that ended in it; and without a success in between, locks double. */
START_TEST(b3_no_sequence_guesses_more)
{
	static int64_t granted[20000], locked[20000];
	int ngranted = 0, nlocked = 0;
	struct world w;

	begin(&w);
	srandom((unsigned)_i + 1);
	settings.lockout.failures = 3 + (uint32_t)random() % 18;
	settings.lockout.window_s = HOUR * (1 + (uint32_t)random() % 168);
	settings.lockout.lock_s = MINUTE * (1 + (uint32_t)random() % 120);
	bool owner_logs_in = _i % 2;
	for (int step = 0; step < 4000; step++) {
		static const int pauses[] = { 0, 0, 0, 1, 60, 600, 1800, 7200, 90000 };
		pass(&w, pauses[(size_t)random() % 9] * (1 + random() % 3));
		if (random() % 50 == 0)
			reboot(&w, random() % 600);
		if (owner_logs_in && random() % 20 == 0 &&
			limit_standing(&w.terms, &w.user).answer == LIMIT_GRANTED)
			succeed(&w);
		struct record before = w.user;
		struct limit_guess g;
		struct limit_result result = limit_charge_guess(&w.terms, &w.user, &g);
		if (result.answer == LIMIT_BLOCKED)
			break;
		if (result.answer != LIMIT_GRANTED) {
			ck_assert(memcmp(&before, &w.user, sizeof before) == 0);
			continue;
		}
		granted[ngranted++] = w.now.wall_s;
		if (g.locked)
			locked[nlocked++] = w.now.wall_s;
	}
	for (int i = 0; i < ngranted; i++) {
		uint32_t guesses = 0, locks = 0;
		for (int k = i; k < ngranted; k++)
			guesses += granted[k] - granted[i] < settings.lockout.window_s;
		for (int k = 0; k < nlocked; k++) {
			int64_t after = locked[k] - granted[i];
			locks += after >= 0 && after < settings.lockout.window_s;
		}
		ck_assert_uint_le(guesses, settings.lockout.failures + locks);
		if (!owner_logs_in) /* 60 s doubled to a day: 11 steps, then at most 7 a week */
			ck_assert_uint_le(locks, 19);
	}
	if (!owner_logs_in)
		ck_assert_int_le(ngranted, LIMIT_BLOCK_FAILURES);
}
END_TEST

/* Whatever is charged and refunded in whatever order: at rest the record says what truly
 * happened. */
START_TEST(b2_refunds_restore_exactly)
{
	struct world w;
	struct limit_guess open[3];
	int nopen = 0;
	uint32_t wrong = 0;

	begin(&w);
	srandom((unsigned)_i + 77);
	for (int step = 0; step < 200 && wrong < 6; step++) {
		long dice = random() % 4;
		if (dice == 0 && nopen < 3 && wrong + (uint32_t)nopen < 9) {
			ck_assert_int_eq(
				limit_charge_guess(&w.terms, &w.user, &open[nopen++]).answer,
				LIMIT_GRANTED);
		} else if (dice == 1 && nopen > 0) {
			limit_refund_guess(&w.terms, &w.user, &open[--nopen]);
		} else if (dice == 2 && nopen > 0) {
			nopen--;
			wrong++;
		}
		ck_assert_uint_eq(meter_sum(&w.user.purse[0].failures), wrong + (uint32_t)nopen);
		ck_assert_uint_eq(w.user.purse[0].consecutive, wrong + (uint32_t)nopen);
		pass(&w, random() % 60);
	}
}
END_TEST

START_TEST(b3_unlock_clears_what_keeps_out)
{
	struct world w;

	begin(&w);
	for (uint32_t purse = 0; purse < RECORD_PURSES; purse++) {
		w.terms.purse = (enum record_purse)purse;
		for (int i = 0; i < 11; i++)
			guess(&w);
	}
	limit_unlock(&w.user);
	for (uint32_t purse = 0; purse < RECORD_PURSES; purse++) {
		w.terms.purse = (enum record_purse)purse;
		for (int i = 0; i < 9; i++)
			ck_assert_int_eq(guess(&w).answer, LIMIT_GRANTED);
	}
}
END_TEST

/* What else the record holds is no lock: codes that are out, recovery codes, the app, places. */
START_TEST(b3_unlock_touches_nothing_else)
{
	struct world w;

	begin(&w);
	memset(&w.user, 0x11, sizeof w.user);
	w.user.block = RECORD_BLOCK_ADMIN;
	struct record want = w.user;
	limit_unlock(&w.user);
	for (int i = 0; i < RECORD_PURSES + RECORD_OFFLINE_PURSES; i++) {
		struct record_purse_state *from = i < RECORD_PURSES ? &w.user.purse[i] : &w.user.offline.purse[i - RECORD_PURSES];
		struct record_purse_state *to = i < RECORD_PURSES ? &want.purse[i] : &want.offline.purse[i - RECORD_PURSES];
		ck_assert_uint_eq(from->consecutive + from->lock_level + meter_sum(&from->failures), 0);
		ck_assert_int_eq(from->lock_start_wall_s + from->lock_until_wall_s + from->lock_until_boot_ms, 0);
		ck_assert_mem_eq(from->sends, to->sends, sizeof to->sends);
		*to = *from;
	}
	ck_assert_mem_eq(&w.user, &want, sizeof want);
}
END_TEST

START_TEST(e1_who_runs_as_the_user_blocks_nobody)
{
	struct world w;

	begin(&w);
	w.terms.purse = RECORD_PURSE_OWN;
	for (int i = 0; i < 2 * LIMIT_BLOCK_FAILURES; i++) {
		pass(&w, LIMIT_LOCK_MAX_S + 1);
		ck_assert_int_eq(guess(&w).answer, LIMIT_GRANTED);
	}
	ck_assert_uint_eq(w.user.block, RECORD_BLOCK_NONE);
	w.terms.purse = RECORD_PURSE_STRANGER;
	ck_assert_int_eq(limit_standing(&w.terms, &w.user).answer, LIMIT_GRANTED);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("limit");
	TCase *tc = tcase_create("limit");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, b3_ten_failures_lock_for_half_an_hour);
	tcase_add_test(tc, b3_the_lock_doubles_up_to_a_day);
	tcase_add_test(tc, b3_success_clears_the_row_not_the_window);
	tcase_add_test(tc, b3_a_hundred_in_a_row_block);
	tcase_add_test(tc, b3_an_administrators_block_stays);
	tcase_add_test(tc, e1_purses_do_not_touch_each_other);
	tcase_add_test(tc, b7_a_lock_of_one_side_leaves_the_other);
	tcase_add_test(tc, b7_an_offline_purse_is_by_itself);
	tcase_add_test(tc, b3_a_hundred_wrong_offline_codes_block_all);
	tcase_add_loop_test(tc, f5_clocks_neither_free_nor_immortalise, 0,
		(int)(sizeof clocks / sizeof clocks[0]));
	tcase_add_test(tc, f5_a_rest_is_never_longer_than_the_lock);
	tcase_add_test(tc, b2_a_refund_undoes_only_its_own_lock);
	tcase_add_test(tc, b2_a_refund_lifts_no_block_of_another_guess);
	tcase_add_test(tc, b2_a_refund_after_a_success_leaves_the_row_at_nothing);
	tcase_add_test(tc, b3_counts_stay_at_their_height);
	tcase_add_test(tc, c1_a_purse_that_does_not_exist_is_refused);
	tcase_add_loop_test(tc, b3_no_sequence_guesses_more, 0, 20);
	tcase_add_loop_test(tc, b2_refunds_restore_exactly, 0, 20);
	tcase_add_test(tc, e1_who_runs_as_the_user_blocks_nobody);
	tcase_add_test(tc, b3_unlock_clears_what_keeps_out);
	tcase_add_test(tc, b3_unlock_touches_nothing_else);
	suite_add_tcase(suite, tc);
	return suite;
}
