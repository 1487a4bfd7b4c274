#include "core/fatigue.h"

#include <string.h>

#include "unit.h"

enum { HOUR = 3600, DAY = 86400 };

static struct record user;
static struct clock_now now;

static void begin(void)
{
	memset(&user, 0, sizeof user);
	now.boot_ms = 1000000;
	now.wall_s = 1700000000;
	memset(now.boot_id, 7, sizeof now.boot_id);
}

static void pass(int64_t seconds)
{
	now.boot_ms += seconds * 1000;
	now.wall_s += seconds;
}

/* One more code, as ledger_open: 0 sent, 1 paused, 2 the pause begins. */
static int ask(void)
{
	bool begun;

	if (fatigue_pauses(&user, &now, &begun))
		return begun ? 2 : 1;
	fatigue_charge(&user, &now);
	return 0;
}

START_TEST(b5_three_unanswered_codes_pause_for_an_hour)
{
	begin();
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < FATIGUE_CODES; i++) {
			ck_assert_int_eq(ask(), 0);
			pass(200);
		}
		ck_assert_uint_eq(fatigue_count(&user, &now), 3);
		ck_assert_int_eq(ask(), 2);
		ck_assert_int_eq(fatigue_rest_s(&user, &now), FATIGUE_PAUSE_S);
		ck_assert_int_eq(ask(), 1);
		pass(HOUR - 1);
		ck_assert_int_eq(ask(), 1);
		ck_assert_int_eq(fatigue_rest_s(&user, &now), 1);
		pass(1);
		ck_assert_int_eq(fatigue_rest_s(&user, &now), 0);
	}
	/* and then three more */
	ck_assert_int_eq(ask(), 0);
}
END_TEST

START_TEST(b5_a_day_forgets_them)
{
	begin();
	ck_assert_int_eq(ask(), 0);
	pass(DAY - 10);
	ck_assert_int_eq(ask(), 0);
	ck_assert_int_eq(ask(), 0);
	pass(DAY / 15 + 20);
	ck_assert_uint_eq(fatigue_count(&user, &now), 2);
	ck_assert_int_eq(ask(), 0);
	ck_assert_int_eq(ask(), 2);
}
END_TEST

START_TEST(b5_who_answers_is_not_paused)
{
	begin();
	for (int i = 0; i < 50; i++) {
		ck_assert_int_eq(ask(), 0);
		pass(20);
		fatigue_answered(&user, 1, &now, now.wall_s - 20);
		pass(60);
	}
	ck_assert_uint_eq(fatigue_count(&user, &now), 0);
	/* a late answer ends the pause that it would have kept from beginning */
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(ask(), 0);
	ck_assert_int_eq(ask(), 2);
	fatigue_answered(&user, 1, &now, now.wall_s - 20);
	ck_assert_int_eq(fatigue_rest_s(&user, &now), 0);
	ck_assert_int_eq(ask(), 0);
	ck_assert_int_eq(ask(), 2);
}
END_TEST

START_TEST(f5_clocks_neither_end_nor_prolong_a_pause)
{
	begin();
	for (int i = 0; i < 3; i++)
		ask();
	ck_assert_int_eq(ask(), 2);
	now.wall_s += 300 * DAY; /* state never lets that happen within a boot */
	ck_assert_int_eq(ask(), 1);
	now.wall_s -= 300 * DAY;
	/* a reboot of ten minutes */
	now.wall_s += 600;
	now.boot_ms = 0;
	now.boot_id[0]++;
	ck_assert_int_eq(fatigue_rest_s(&user, &now), FATIGUE_PAUSE_S - 600);
	/* the clock is lost: at most the whole */
	now.wall_s -= 400 * DAY;
	ck_assert_int_eq(fatigue_rest_s(&user, &now), FATIGUE_PAUSE_S);
	now.boot_ms = (int64_t)FATIGUE_PAUSE_S * 1000;
	ck_assert_int_eq(fatigue_rest_s(&user, &now), 0);
}
END_TEST

START_TEST(what_is_cleared_is_gone)
{
	static const struct record_fatigue none;

	begin();
	for (int i = 0; i < 4; i++)
		ask();
	fatigue_clear(&user);
	ck_assert_mem_eq(&user.fatigue, &none, sizeof none);
	ck_assert_int_eq(ask(), 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("fatigue");
	TCase *t = tcase_create("fatigue");

	tcase_add_test(t, b5_three_unanswered_codes_pause_for_an_hour);
	tcase_add_test(t, b5_a_day_forgets_them);
	tcase_add_test(t, b5_who_answers_is_not_paused);
	tcase_add_test(t, f5_clocks_neither_end_nor_prolong_a_pause);
	tcase_add_test(t, what_is_cleared_is_gone);
	suite_add_tcase(s, t);
	return s;
}
