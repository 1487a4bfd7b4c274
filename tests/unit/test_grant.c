#include "cli/grant.h"

#include <string.h>

#include "unit.h"

static struct invocation with(enum command_option option, const char *value)
{
	struct invocation a = { .given = 1u << option };

	a.values[option] = value;
	return a;
}

static const struct {
	const char *text;
	int64_t want_s; /* 0: refused */
} lengths[] = { { "1m", 60 }, { "60", 60 }, { "15m", 900 }, { "4h", 14400 }, { "7d", 604800 }, { "59s", 0 },
	{ "0", 0 }, { "-1h", 0 }, { "169h", 0 }, { "8d", 0 }, { "", 0 }, { "soon", 0 },
	{ "99999999999999999999d", 0 } };

START_TEST(a_length_has_its_bounds)
{
	struct invocation a = with(OPTION_FOR, lengths[_i].text);
	struct fault f = FAULT_INIT;
	int64_t out = -1;

	int rc = grant_length(&a, SPAN_MAX_S, &out, &f);
	ck_assert_msg((rc == 0) == (lengths[_i].want_s > 0), "%s", lengths[_i].text);
	ck_assert_int_eq(out, lengths[_i].want_s > 0 ? lengths[_i].want_s : -1);
	if (rc < 0)
		ck_assert_ptr_nonnull(strstr(f.text, "1m to 7 d"));
}
END_TEST

START_TEST(without_one_it_stays)
{
	struct invocation a = { .given = 0 };
	struct fault f = FAULT_INIT;
	int64_t out = 900;
	const char *reason = "";

	ck_assert_int_eq(grant_length(&a, SPAN_MAX_S, &out, &f), 0);
	ck_assert_int_eq(out, 900);
	ck_assert_int_eq(grant_reason(&a, &reason, &f), 0);
	ck_assert_ptr_null(reason);
}
END_TEST

START_TEST(a_reason_is_one_printable_line)
{
	char longest[GRANT_REASON_MAX + 2];
	struct fault f = FAULT_INIT;
	const char *out;

	memset(longest, 'x', sizeof longest);
	longest[GRANT_REASON_MAX] = '\0';
	struct invocation good = with(OPTION_REASON, longest);
	ck_assert_int_eq(grant_reason(&good, &out, &f), 0);
	ck_assert_str_eq(out, longest);
	longest[GRANT_REASON_MAX] = 'x';
	longest[GRANT_REASON_MAX + 1] = '\0';
	static const char *const bad[] = { "", "a\nb", "\x1b[2J" };
	for (size_t i = 0; i < 3; i++) {
		struct invocation a = with(OPTION_REASON, bad[i]);
		ck_assert_int_eq(grant_reason(&a, &out, &f), -1);
	}
	ck_assert_int_eq(grant_reason(&good, &out, &f), -1);
}
END_TEST

START_TEST(people_are_told_the_end_by_the_clock)
{
	struct state_change ch;
	struct span s;

	memset(&ch, 0, sizeof ch);
	ch.now = (struct clock_now){ .boot_ms = 50000, .wall_s = 1000000 };
	ch.clock_wall_s = 999000;
	span_begin(&s, 900, &ch.now);
	ck_assert_int_eq(grant_until(&s, &ch), 999900);
	ch.now.boot_ms += 900000;
	ck_assert_int_eq(grant_until(&s, &ch), 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("grant");
	TCase *t = tcase_create("grant");

	tcase_add_loop_test(t, a_length_has_its_bounds, 0, (int)(sizeof lengths / sizeof lengths[0]));
	tcase_add_test(t, without_one_it_stays);
	tcase_add_test(t, a_reason_is_one_printable_line);
	tcase_add_test(t, people_are_told_the_end_by_the_clock);
	suite_add_tcase(s, t);
	return s;
}
