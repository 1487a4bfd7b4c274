#include "base/clock.h"

#include <limits.h>
#include <string.h>
#include <time.h>

#include "unit.h"

START_TEST(read_gives_boot_wall_and_boot_id)
{
	struct fault f = FAULT_INIT;
	struct clock_now now;
	unsigned char zero[CLOCK_BOOT_ID_SIZE] = { 0 };
	int64_t wall = (int64_t)time(NULL);

	ck_assert_int_eq(clock_read(&now, &f), 0);
	ck_assert_int_ge(now.wall_s, wall);
	ck_assert_int_le(now.wall_s, wall + 5);
	ck_assert_int_gt(now.boot_ms, 0);
	ck_assert_mem_ne(now.boot_id, zero, sizeof zero);
	struct clock_now again;
	ck_assert_int_eq(clock_read(&again, &f), 0);
	ck_assert_mem_eq(now.boot_id, again.boot_id, sizeof now.boot_id);
	ck_assert_int_ge(again.boot_ms, now.boot_ms);
}
END_TEST

START_TEST(left_is_never_negative_nor_overflows_poll)
{
	ck_assert_int_eq(clock_left_ms(0), 0);
	ck_assert_int_eq(clock_left_ms(INT64_MIN), 0);
	ck_assert_int_eq(clock_left_ms(INT64_MAX), INT_MAX);
	int left = clock_left_ms(clock_boot_ms() + 5000);
	ck_assert(left > 4000 && left <= 5000);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("clock");
	TCase *t = tcase_create("clock");
	tcase_add_test(t, read_gives_boot_wall_and_boot_id);
	tcase_add_test(t, left_is_never_negative_nor_overflows_poll);
	suite_add_tcase(s, t);
	return s;
}
