/* Real time, 20 ms of it in all. */
#include "base/pause.h"

#include "base/clock.h"
#include "unit.h"

START_TEST(never_too_early)
{
	static const int64_t lengths_us[] = { -1000000, 0, 1, 150, 1000, 5000, 12345 };

	for (size_t i = 0; i < sizeof lengths_us / sizeof lengths_us[0]; i++) {
		int64_t from = clock_boot_us();
		pause_until(from + lengths_us[i]);
		int64_t took = clock_boot_us() - from;
		/* how late depends on the machine: no promise within a test */
		ck_assert(took >= lengths_us[i] && took < lengths_us[i] + 5000000);
	}
}
END_TEST

START_TEST(both_clocks_are_one)
{
	int64_t ms = clock_boot_ms(), us = clock_boot_us();

	ck_assert(us / 1000 >= ms && us / 1000 < ms + 5000);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("pause");
	TCase *t = tcase_create("pause");

	tcase_add_test(t, never_too_early);
	tcase_add_test(t, both_clocks_are_one);
	suite_add_tcase(s, t);
	return s;
}
