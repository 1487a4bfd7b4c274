#include "unit.h"

#include <string.h>

#include "core/height.h"

static struct clock_now at(int64_t wall_s, int64_t boot_ms, int boot)
{
	struct clock_now now = { .boot_ms = boot_ms, .wall_s = wall_s };

	memset(now.boot_id, boot, sizeof now.boot_id);
	return now;
}

static const struct {
	const char *name;
	int64_t wall_s, boot_ms; /* what is stored, of boot 1 */
	int64_t now_wall_s, now_boot_ms;
	int boot;
	int64_t want_wall_s;
} cases[] = {
	{ "the clock goes on", 1000, 5000, 1010, 15000, 1, 1010 },
	{ "the clock stands still", 1000, 5000, 1000, 5000, 1, 1000 },
	{ "set back by a day: time goes on", 100000, 5000, 13610, 15000, 1, 100010 },
	{ "set back by a second", 1000, 5000, 999, 5100, 1, 1000 },
	{ "set ahead within the boot: not followed", 1000, 5000, 90000, 6000, 1, 1001 },
	{ "set ahead by a second", 1000, 5000, 1001, 5100, 1, 1000 },
	{ "before 1970", 1000, 5000, -50, 7000, 1, 1002 },
	{ "a reboot, clock behind: as old as the boot", 1000, 5000, 10, 300, 2, 1000 },
	{ "a reboot, clock behind, an hour ago", 1000, 5000, 3610, 3600999, 2, 4600 },
	{ "a reboot, clock ahead by less than the boot", 1000, 5000, 1100, 600000, 2, 1600 },
	{ "a reboot, clock ahead by more than the boot", 1000, 5000, 1601, 600000, 2, 1601 },
	{ "a reboot, never beyond the year 9999", 253402300798, 5000, 10, 60000, 2, 253402300799 },
	{ "a reboot, clock ahead", 1000, 5000, 1100, 300, 2, 1100 },
	{ "boot time runs backwards (a damaged record)", 1000, 5000, 900, 4000, 1, 1000 },
	{ "never beyond the year 9999", 253402300799, 0, 1000, 99000, 1, 253402300799 },
};

START_TEST(f5_never_backwards)
{
	struct height h = { .wall_s = cases[_i].wall_s, .boot_ms = cases[_i].boot_ms };
	struct clock_now now = at(cases[_i].now_wall_s, cases[_i].now_boot_ms, cases[_i].boot);

	memset(h.boot_id, 1, sizeof h.boot_id);
	height_rise(&h, &now);
	ck_assert_msg(
		h.wall_s == cases[_i].want_wall_s, "%s: %lld", cases[_i].name, (long long)h.wall_s);
	ck_assert_mem_eq(h.boot_id, now.boot_id, sizeof h.boot_id);
	/* again at the same moment changes nothing */
	struct height once = h;
	height_rise(&h, &now);
	ck_assert_mem_eq(&h, &once, sizeof h);
}
END_TEST

START_TEST(f5_a_clock_once_far_ahead_freezes_nothing)
{
	struct height h = { 0 };
	struct clock_now far = at(4000000000, 1000, 1);
	struct clock_now now;

	height_rise(&h, &far);
	/* asked many times a second, the fractions are not lost */
	for (int ms = 1000; ms <= 101000; ms += 300) {
		now = at(1700000000, ms, 1);
		height_rise(&h, &now);
	}
	ck_assert_int_eq(h.wall_s, 4000000099);
	/* after a reboot as well, however wrong the clock is */
	now = at(1700000000, 500, 2);
	height_rise(&h, &now);
	ck_assert_int_eq(h.wall_s, 4000000099);
	now = at(1700000000, 60500, 2);
	height_rise(&h, &now);
	ck_assert_int_eq(h.wall_s, 4000000159);
}
END_TEST

/* Without a clock of its own a machine comes up in 1970 each time. What was seen ages by the time
 * that each boot has lasted, and by no more. */
START_TEST(f5_boots_with_a_clock_behind_add_up)
{
	struct height h = { 0 };
	struct clock_now now = at(1700000000, 1000, 1);

	height_rise(&h, &now);
	for (int boot = 2; boot < 12; boot++) {
		for (int64_t ms = 60000; ms <= 600000; ms += 60000) {
			now = at(ms / 1000, ms, boot);
			/* who looks and does not write looks again */
			struct height unwritten = h;
			height_rise(&unwritten, &now);
			if (ms != 120000)
				h = unwritten;
		}
		ck_assert_int_eq(h.wall_s, 1700000000 + (boot - 1) * 600);
	}
}
END_TEST

START_TEST(c7_insane_times_are_refused)
{
	static const struct height bad[] = { { .wall_s = -1 }, { .wall_s = 253402300800 },
		{ .boot_ms = -1 }, { .boot_ms = (INT64_C(1) << 53) + 1 }, { .wall_s = INT64_MAX },
		{ .boot_ms = INT64_MIN } };
	unsigned char bytes[64] = { 0 };
	struct slot_cursor c = { bytes, sizeof bytes, 0, false };
	struct height back;

	height_put(&c, &bad[_i]);
	ck_assert(c.bad);
	c.at = 0;
	c.bad = false;
	slot_put_i64(&c, bad[_i].wall_s);
	slot_put_i64(&c, bad[_i].boot_ms);
	c.at = 0;
	height_get(&c, &back);
	ck_assert(c.bad);
	ck_assert_int_eq(back.wall_s, 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("height");
	TCase *t = tcase_create("height");

	tcase_add_loop_test(t, f5_never_backwards, 0, sizeof cases / sizeof cases[0]);
	tcase_add_test(t, f5_a_clock_once_far_ahead_freezes_nothing);
	tcase_add_test(t, f5_boots_with_a_clock_behind_add_up);
	tcase_add_loop_test(t, c7_insane_times_are_refused, 0, 6);
	suite_add_tcase(s, t);
	return s;
}
