#include "core/span.h"

#include <string.h>

#include "unit.h"

static struct clock_now at(int64_t wall_s, int64_t boot_ms, int boot)
{
	struct clock_now now = { .boot_ms = boot_ms, .wall_s = wall_s };

	memset(now.boot_id, boot, sizeof now.boot_id);
	return now;
}

/* Granted for 4 h at wall 1000000, 50 s after the start of boot 1. */
static const struct {
	const char *name;
	int64_t wall_s, boot_ms;
	int boot;
	int64_t rest_s;
} cases[] = {
	{ "at once", 1000000, 50000, 1, 14400 },
	{ "an hour later", 1003600, 3650000, 1, 10800 },
	{ "a second before the end", 1014399, 14449000, 1, 1 },
	{ "a part of a second before it", 1014399, 14449999, 1, 1 },
	{ "at its end", 1014400, 14450000, 1, 0 },
	{ "long after", 2000000, 990000000, 1, 0 },
	{ "the clock set ahead ends nothing", 9000000, 60000, 1, 14390 },
	{ "the clock set back stretches nothing", 10, 14450000, 1, 0 },
	{ "boot time before the start: never longer", 1000000, 1000, 1, 14400 },
	{ "a reboot at once", 1000000, 1000, 2, 14399 },
	{ "a reboot an hour later", 1003600, 1000, 2, 10800 },
	{ "a reboot, and the clock stands still", 1000000, 14400000, 2, 0 },
	{ "a reboot, the clock far back: not longer", 10, 1000, 2, 14399 },
	{ "a reboot after the end", 1014400, 1000, 2, 0 },
};

START_TEST(f5_it_ends_by_itself)
{
	struct clock_now then = at(1000000, 50000, 1);
	struct clock_now now = at(cases[_i].wall_s, cases[_i].boot_ms, cases[_i].boot);
	struct span s;

	span_begin(&s, 14400, &then);
	ck_assert(span_sane(&s));
	int64_t rest_s = span_rest_s(&s, &now);
	ck_assert_msg(rest_s == cases[_i].rest_s, "%s: %lld", cases[_i].name, (long long)rest_s);
}
END_TEST

START_TEST(none_is_over)
{
	struct clock_now now = at(0, 0, 0);
	struct span none = { 0 };

	ck_assert(span_sane(&none));
	ck_assert_int_eq(span_rest_s(&none, &now), 0);
}
END_TEST

START_TEST(f5_never_longer_than_a_week)
{
	struct clock_now then = at(1000000, 50000, 1);
	struct span s;

	span_begin(&s, INT64_C(100) * 86400, &then);
	ck_assert_int_eq(span_rest_s(&s, &then), SPAN_MAX_S);
	ck_assert(span_sane(&s));
	/* also where the record says more */
	s.until_wall_s += 86400;
	s.until_boot_ms += 86400000;
	ck_assert(!span_sane(&s));
	ck_assert_int_eq(span_rest_s(&s, &then), SPAN_MAX_S);
}
END_TEST

START_TEST(c7_insane_spans)
{
	static const struct span bad[] = { { .start_wall_s = 1 }, { .until_boot_ms = 1 },
		{ .boot_id = { [15] = 1 } }, { 5, 5, 0, { 0 } }, { 6, 5, 0, { 0 } }, { -1, 5, 0, { 0 } },
		{ 5, 9, -1, { 0 } }, { 5, INT64_MAX, 0, { 0 } }, { 5, 6 + SPAN_MAX_S, 0, { 0 } } };

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ck_assert_msg(!span_sane(&bad[i]), "%zu", i);
}
END_TEST

START_TEST(what_was_put_comes_back)
{
	struct clock_now then = at(1000000, 50000, 7);
	unsigned char bytes[40] = { 0 };
	struct slot_cursor put = { bytes, sizeof bytes, 0, false }, get = put;
	struct span s, back;

	span_begin(&s, 900, &then);
	span_put(&put, &s);
	span_get(&get, &back);
	ck_assert(!put.bad && !get.bad);
	ck_assert_uint_eq(put.at, sizeof bytes);
	ck_assert_mem_eq(&s, &back, sizeof s);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("span");
	TCase *t = tcase_create("span");

	tcase_add_loop_test(t, f5_it_ends_by_itself, 0, (int)(sizeof cases / sizeof cases[0]));
	tcase_add_test(t, none_is_over);
	tcase_add_test(t, f5_never_longer_than_a_week);
	tcase_add_test(t, c7_insane_spans);
	tcase_add_test(t, what_was_put_comes_back);
	suite_add_tcase(s, t);
	return s;
}
