#include "core/sighting.h"

#include "core/detour.h"
#include "house.h"
#include "unit.h"

static struct house h;
static struct fault f;

static enum detour_state standing(const char *route)
{
	struct clock_now now;
	struct site s;

	house_site(&h, &s);
	ck_assert_int_eq(clock_read(&now, &f), 0);
	return detour_look(&s, route, &now);
}

START_TEST(what_was_seen_is_kept)
{
	const struct sighting both[] = { { "first", false }, { "second", true } };
	const struct sighting works = { "first", true };

	house_open(&h);
	ck_assert_int_eq(sighting_note(&h.state, both, 2, &f), 0);
	ck_assert_int_eq(standing("first"), DETOUR_ACTIVE);
	ck_assert_int_eq(standing("second"), DETOUR_NONE);
	ck_assert_int_eq(sighting_note(&h.state, &works, 1, &f), 0);
	ck_assert_int_eq(standing("first"), DETOUR_NONE);
	house_close(&h);
}
END_TEST

START_TEST(no_news_is_not_written_and_a_write_that_fails_is_told)
{
	const struct sighting works = { "first", true }, failed = { "first", false };

	house_open(&h);
	house_write_fails_at = 1;
	ck_assert_int_eq(sighting_note(&h.state, &works, 1, &f), 0);
	ck_assert_int_eq(sighting_note(&h.state, &failed, 1, &f), -1);
	ck_assert_int_ne(f.class, FAULT_NONE);
	house_write_fails_at = 0;
	ck_assert_int_eq(standing("first"), DETOUR_NONE);
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("sighting");
	TCase *t = tcase_create("sighting");

	tcase_add_test(t, what_was_seen_is_kept);
	tcase_add_test(t, no_news_is_not_written_and_a_write_that_fails_is_told);
	suite_add_tcase(s, t);
	return s;
}
