/* Measuring and waiting, in virtual time. */
#include "core/tempo.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/pause.h"
#include "house.h"
#include "unit.h"

static struct house h;
static int64_t now_us = 1000000, paused_us;

int64_t __wrap_clock_boot_us(void);
int64_t __wrap_clock_boot_us(void)
{
	return now_us;
}

void __wrap_pause_until(int64_t until_us);
void __wrap_pause_until(int64_t until_us)
{
	paused_us = until_us;
	if (until_us > now_us)
		now_us = until_us;
}

START_TEST(what_was_noted_is_kept_in_one_change)
{
	struct tempo t = { .patience_ms = NULL };
	struct fault f = FAULT_INIT;
	struct site before, site;

	house_open(&h);
	house_site(&h, &before);
	tempo_begin(&t);
	/* nothing to keep: nothing is written */
	house_write_fails_at = 1;
	ck_assert_int_eq(tempo_keep(&t, &h.state, &f), 0);
	now_us += 12345;
	tempo_note(&t, PACE_FIRST);
	now_us += 9000000; /* somebody thinks */
	tempo_step(&t);
	now_us += 77;
	tempo_note(&t, PACE_END);
	ck_assert_int_eq(tempo_keep(&t, &h.state, &f), -1);
	house_write_fails_at = 2;
	ck_assert_int_eq(tempo_keep(&t, &h.state, &f), 0);
	house_write_fails_at = 0;
	house_site(&h, &site);
	ck_assert_uint_eq(site.pace.us[0], 12345);
	ck_assert_uint_eq(site.pace.us[PACE_END * PACE_DEPTH], 77);
	site.pace = before.pace;
	site.high = before.high;
	ck_assert_mem_eq(&site, &before, sizeof site);
	house_close(&h);
}
END_TEST

START_TEST(no_more_notes_than_there_is_room_for)
{
	struct tempo t = { .patience_ms = NULL };

	tempo_begin(&t);
	for (int i = 0; i < 3 * TEMPO_NOTES; i++)
		tempo_note(&t, PACE_GUESS);
	ck_assert_uint_eq(t.n, TEMPO_NOTES);
	tempo_begin(&t);
	ck_assert_uint_eq(t.n, 0);
}
END_TEST

START_TEST(d15_the_wait_counts_from_the_beginning_of_the_step)
{
	struct tempo t = { .patience_ms = NULL };
	struct fault f = FAULT_INIT;

	house_open(&h);
	for (int i = 0; i < PACE_DEPTH; i++) {
		tempo_begin(&t);
		now_us += 400000 + i;
		tempo_note(&t, PACE_FIRST);
		ck_assert_int_eq(tempo_keep(&t, &h.state, &f), 0);
	}
	tempo_begin(&t);
	int64_t from = now_us;
	now_us += 300000;
	tempo_wait(&t, PACE_FIRST, &h.state, 10000);
	from += TEMPO_SLACK_US;
	ck_assert(paused_us >= from + 393000 && paused_us <= from + 407000);
	/* the deadline is kept whatever was drawn */
	tempo_step(&t);
	from = now_us + TEMPO_SLACK_US;
	tempo_wait(&t, PACE_FIRST, &h.state, 250);
	ck_assert_int_eq(paused_us, from + 250000);
	house_close(&h);
}
END_TEST

START_TEST(the_end_is_where_nothing_is_left_to_do)
{
	struct tempo t = { .patience_ms = NULL };

	house_open(&h);
	tempo_begin(&t);
	int64_t from = now_us;
	tempo_end(&t);
	ck_assert(t.n == 0 && now_us == from);
	tempo_last_note(&t);
	now_us += 300;
	tempo_end(&t);
	tempo_end(&t);
	ck_assert(t.n == 1 && t.notes[0].kind == PACE_END && t.notes[0].us == 300);
	ck_assert_int_eq(now_us, from + 300 + TEMPO_SLACK_US);
	tempo_step(&t);
	from = now_us;
	tempo_last_wait(&t, &h.state, 1);
	now_us += 300;
	tempo_end(&t);
	ck_assert_int_eq(now_us, from + 1000 + TEMPO_SLACK_US);
	house_close(&h);
}
END_TEST

START_TEST(without_the_record_it_waits_all_the_same)
{
	struct tempo t = { .patience_ms = NULL };

	house_open(&h);
	ck_assert_int_eq(unlinkat(h.state.folder, "site", 0), 0);
	tempo_begin(&t);
	int64_t from = now_us + TEMPO_SLACK_US;
	tempo_wait(&t, PACE_FIRST, &h.state, 10000);
	ck_assert(paused_us >= from + 300000 && paused_us <= from + 1500000);
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("tempo");
	TCase *t = tcase_create("tempo");

	tcase_add_test(t, what_was_noted_is_kept_in_one_change);
	tcase_add_test(t, no_more_notes_than_there_is_room_for);
	tcase_add_test(t, d15_the_wait_counts_from_the_beginning_of_the_step);
	tcase_add_test(t, the_end_is_where_nothing_is_left_to_do);
	tcase_add_test(t, without_the_record_it_waits_all_the_same);
	suite_add_tcase(s, t);
	return s;
}
