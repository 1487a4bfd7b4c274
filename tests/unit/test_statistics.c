#include "cli/statistics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "unit.h"

enum { NOW = 1795694400, DAY = NOW / 86400 };

static struct statistics s;

static void setup(void)
{
	setenv("TZ", "UTC", 1);
	tzset();
	statistics_begin(&s, DAY - 2);
}

static void add(int64_t wall_s, const char *words)
{
	struct trail_event e;
	char line[500];

	snprintf(line, sizeof line, "%lld.0 h sms-otpd[1]: login %s", (long long)wall_s, words);
	ck_assert(trail_read(line, NOW, &e));
	statistics_add(&s, &e);
}

static const struct {
	const char *words;
	struct statistics_counts counts;
} cases[] = {
	{ "verdict=accept reason=accepted sends=2 tries=1", { .challenges = 1, .accepted = 1, .sends = 2 } },
	{ "verdict=accept reason=accepted by=app sends=0 tries=1", { .challenges = 1, .accepted = 1 } },
	{ "verdict=exempt reason=exempt sends=0 tries=0", { .exempt = 1 } },
	{ "verdict=deny reason=wrong sends=1 tries=3", { .challenges = 1, .failed = 1, .sends = 1 } },
	{ "verdict=deny reason=no-answer sends=1 tries=0", { .challenges = 1, .failed = 1, .sends = 1 } },
	{ "verdict=deny reason=refused sends=0 tries=0", { .refused = 1 } },
	{ "verdict=deny reason=locked sends=0 tries=0", { .refused = 1, .locked = 1 } },
	{ "verdict=deny reason=locked sends=1 tries=2", { .challenges = 1, .failed = 1, .locked = 1, .sends = 1 } },
	{ "verdict=deny reason=sent sends=1 tries=0", { .challenges = 1, .sends = 1 } },
	{ "verdict=deny reason=no-step sends=0 tries=0", { .challenges = 0 } },
	{ "verdict=deny", { .refused = 1 } },
};

START_TEST(what_is_counted_as_what)
{
	add(NOW, cases[_i].words);
	ck_assert_msg(memcmp(&s.all, &cases[_i].counts, sizeof s.all) == 0, "%s", cases[_i].words);
	ck_assert_msg(memcmp(&s.days[2], &cases[_i].counts, sizeof s.all) == 0, "%s", cases[_i].words);
	ck_assert_int_eq(s.last_day, DAY);
}
END_TEST

START_TEST(days_are_apart)
{
	add(NOW, "verdict=accept");
	add(NOW - 86400, "verdict=accept");
	add(NOW - 86400, "verdict=accept");
	add(NOW - 3 * 86400, "verdict=accept");              /* before the first */
	add(NOW + (int64_t)STATISTICS_DAYS * 86400, "verdict=accept"); /* beyond the last */
	ck_assert_uint_eq(s.days[0].accepted, 0);
	ck_assert_uint_eq(s.days[1].accepted, 2);
	ck_assert_uint_eq(s.days[2].accepted, 1);
	ck_assert_uint_eq(s.all.accepted, 3);
	ck_assert_int_eq(s.last_day, DAY);
}
END_TEST

START_TEST(routes_are_apart)
{
	add(NOW, "verdict=accept route=two sends=2 sent_ms=300 failed=one,three delivered=-");
	add(NOW, "verdict=accept route=two sends=1 sent_ms=100 failed=- delivered=yes");
	add(NOW, "verdict=deny route=one sends=0 sent_ms=- failed=one delivered=-");
	add(NOW, "verdict=deny route=two sends=1 sent_ms=200 failed=- delivered=no");
	add(NOW, "verdict=deny route=- sends=0 sent_ms=- failed=- delivered=-");
	add(NOW, "verdict=deny route=old sends=1"); /* of a version without the fields */
	ck_assert_uint_eq(s.nroutes, 3);
	ck_assert_str_eq(s.routes[0].name, "one");
	ck_assert_uint_eq(s.routes[0].failed, 2);
	ck_assert_uint_eq(s.routes[0].accepted, 0);
	ck_assert_str_eq(s.routes[1].name, "three");
	ck_assert_str_eq(s.routes[2].name, "two");
	ck_assert_uint_eq(s.routes[2].accepted, 3);
	ck_assert_uint_eq(s.routes[2].failed, 0);
	ck_assert_uint_eq(s.routes[2].delivered, 1);
	ck_assert_uint_eq(s.routes[2].undelivered, 1);
	ck_assert_int_eq(statistics_percentile_ms(&s.routes[2], 50), 200);
	ck_assert_int_eq(statistics_percentile_ms(&s.routes[2], 95), 300);
	ck_assert_int_eq(statistics_percentile_ms(&s.routes[0], 50), -1);
}
END_TEST

START_TEST(percentiles)
{
	static struct statistics_route r;

	for (uint32_t i = 1; i <= 100; i++)
		r.times_ms[r.ntimes++] = 101 - i;
	ck_assert_int_eq(statistics_percentile_ms(&r, 50), 50);
	ck_assert_int_eq(statistics_percentile_ms(&r, 95), 95);
	ck_assert_int_eq(statistics_percentile_ms(&r, 100), 100);
	ck_assert_int_eq(statistics_percentile_ms(&r, 0), 1);
}
END_TEST

START_TEST(size_is_bounded)
{
	char words[100];

	for (int i = 0; i < STATISTICS_TIMES + 10; i++)
		add(NOW, i < 10 ? "route=r sends=1 sent_ms=9000" : "route=r sends=1 sent_ms=5");
	ck_assert_uint_eq(s.routes[0].accepted, STATISTICS_TIMES + 10);
	/* the first ten are gone */
	ck_assert_int_eq(statistics_percentile_ms(&s.routes[0], 100), 5);
	for (int i = 0; i < STATISTICS_ROUTES + 5; i++) {
		snprintf(words, sizeof words, "route=r%d sends=1 sent_ms=99999999999 failed=f%d", i, i);
		add(NOW, words);
	}
	ck_assert_uint_eq(s.nroutes, STATISTICS_ROUTES);
	add(NOW, "route=a-name-that-is-longer-than-any-route-has-it-here sent_ms=1 failed=,,");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("statistics");
	TCase *t = tcase_create("statistics");
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, what_is_counted_as_what, 0, sizeof cases / sizeof cases[0]);
	tcase_add_test(t, days_are_apart);
	tcase_add_test(t, routes_are_apart);
	tcase_add_test(t, percentiles);
	tcase_add_test(t, size_is_bounded);
	suite_add_tcase(suite, t);
	return suite;
}
