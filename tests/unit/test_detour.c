#include "core/detour.h"

#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "unit.h"

static unsigned char slot[SITE_SLOT_SIZE];

static struct clock_now at_s(int64_t boot_s)
{
	struct clock_now now = { .boot_ms = boot_s * 1000, .wall_s = 1800000000 };

	memset(now.boot_id, 0x22, sizeof now.boot_id);
	return now;
}

static bool can_be_written(const struct site *s)
{
	struct fault f = FAULT_INIT;

	return site_encode(s, 1, slot, &f) == 0;
}

static char claimed(struct site *s, const struct clock_now *now)
{
	detour_claim(s, "one", now);
	return 'c';
}

/* One route's story. Each step is a moment in seconds and what happens then: f it failed and that
 * changed the record, i it failed and that changed nothing, c a claim, w it works, W it works and
 * that is no news; and what a look gives: n none, a active, d due. */
START_TEST(a_failed_route_is_passed_over)
{
	static const struct {
		const char *name;
		struct {
			int at_s;
			char what;
		} steps[20];
	} cases[] = {
		{ "healthy", { { 5, 'n' }, { 5, 'W' }, { 5, 'c' }, { 5, 'n' } } },
		{ "a minute", { { 5, 'f' }, { 5, 'a' }, { 64, 'a' }, { 65, 'd' }, { 999, 'd' } } },
		{ "failing at once counts once",
			{ { 5, 'f' }, { 5, 'i' }, { 5, 'i' }, { 64, 'i' }, { 65, 'd' } } },
		{ "a last resort does not prolong",
			{ { 5, 'f' }, { 30, 'i' }, { 60, 'i' }, { 65, 'd' } } },
		{ "one trial", { { 5, 'f' }, { 65, 'c' }, { 65, 'a' }, { 85, 'a' }, { 86, 'd' } } },
		{ "nobody claims what is passed over",
			{ { 5, 'f' }, { 60, 'c' }, { 64, 'a' }, { 65, 'd' } } },
		{ "a claimed trial is not claimed again",
			{ { 5, 'f' }, { 65, 'c' }, { 75, 'c' }, { 86, 'd' } } },
		{ "a trial that fails doubles", { { 5, 'f' }, { 65, 'c' }, { 66, 'f' }, { 66, 'i' },
							{ 185, 'a' }, { 186, 'd' } } },
		{ "a trial that fails late",
			{ { 5, 'f' }, { 65, 'c' }, { 85, 'f' }, { 204, 'a' }, { 205, 'd' } } },
		{ "a failure without a claim, when due",
			{ { 5, 'f' }, { 65, 'f' }, { 65, 'i' }, { 184, 'a' }, { 185, 'd' } } },
		{ "a trial that is never reported",
			{ { 5, 'f' }, { 65, 'c' }, { 86, 'c' }, { 106, 'a' }, { 107, 'd' } } },
		{ "ten minutes at most", { { 0, 'f' }, { 60, 'f' }, { 180, 'f' }, { 420, 'f' },
						 { 899, 'a' }, { 900, 'f' }, { 1499, 'a' },
						 { 1500, 'f' }, { 2099, 'a' }, { 2100, 'd' } } },
		{ "it works again",
			{ { 5, 'f' }, { 65, 'c' }, { 66, 'w' }, { 66, 'n' }, { 66, 'W' },
				{ 70, 'f' }, { 129, 'a' }, { 130, 'd' } } },
		{ "it works as a last resort", { { 5, 'f' }, { 6, 'w' }, { 6, 'n' } } },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct site s;
		site_init(&s);
		for (int k = 0; cases[i].steps[k].what; k++) {
			struct clock_now now = at_s(cases[i].steps[k].at_s);
			char what = cases[i].steps[k].what;
			char saw = "nad"[detour_look(&s, "one", &now)];
			if (what == 'f' || what == 'i')
				saw = detour_failed(&s, "one", &now) ? 'f' : 'i';
			else if (what == 'w' || what == 'W')
				saw = detour_works(&s, "one") ? 'w' : 'W';
			else if (what == 'c')
				saw = claimed(&s, &now);
			ck_assert_msg(saw == what, "%s: step %d: %c", cases[i].name, k, saw);
			ck_assert_msg(can_be_written(&s), "%s", cases[i].name);
			ck_assert_int_eq(detour_look(&s, "other", &now), DETOUR_NONE);
		}
	}
}
END_TEST

START_TEST(how_long_yet)
{
	struct clock_now then = at_s(100), now = at_s(101);
	struct site s;

	site_init(&s);
	ck_assert_int_eq(detour_left_ms(&s, "one", &then), 0);
	ck_assert(detour_failed(&s, "one", &then));
	ck_assert_int_eq(detour_left_ms(&s, "one", &then), DETOUR_FIRST_MS);
	ck_assert_int_eq(detour_left_ms(&s, "one", &now), DETOUR_FIRST_MS - 1000);
	now = at_s(160);
	ck_assert_int_eq(detour_left_ms(&s, "one", &now), 0);
	now = at_s(500);
	ck_assert_int_eq(detour_left_ms(&s, "one", &now), 0);
	detour_claim(&s, "one", &now);
	ck_assert_int_eq(detour_left_ms(&s, "one", &now), DETOUR_TRIAL_MS);
}
END_TEST

START_TEST(another_boot_remembers_nothing)
{
	struct clock_now now = at_s(100), later = at_s(101);
	struct site s, before;

	site_init(&s);
	ck_assert(detour_failed(&s, "zero", &now));
	ck_assert(detour_failed(&s, "one", &now));
	ck_assert(detour_works(&s, "zero"));
	later.boot_id[15] ^= 1;
	ck_assert_int_eq(detour_look(&s, "one", &later), DETOUR_NONE);
	before = s;
	detour_claim(&s, "one", &later);
	ck_assert_mem_eq(&s, &before, sizeof s);
	/* what it does not mean any more it does not count either, and it makes no second place */
	later.boot_ms += 1000000;
	ck_assert(detour_failed(&s, "one", &later));
	ck_assert_int_eq(detour_left_ms(&s, "one", &later), DETOUR_FIRST_MS);
	ck_assert_int_eq(detour_look(&s, "one", &now), DETOUR_NONE);
	ck_assert_str_eq(s.routes[0].name, "");
	ck_assert_str_eq(s.routes[1].name, "one");
}
END_TEST

START_TEST(no_record_shuts_a_route_out_for_ever)
{
	struct clock_now now = at_s(100);
	struct site s;

	site_init(&s);
	ck_assert(detour_failed(&s, "one", &now));
	s.routes[0].until_boot_ms = now.boot_ms + DETOUR_MAX_MS + 1;
	ck_assert_int_eq(detour_look(&s, "one", &now), DETOUR_NONE);
	s.routes[0].until_boot_ms = INT64_MAX;
	ck_assert_int_eq(detour_look(&s, "one", &now), DETOUR_NONE);
	ck_assert(detour_failed(&s, "one", &now));
	ck_assert_int_eq(detour_left_ms(&s, "one", &now), DETOUR_FIRST_MS);
	/* nor does a count at its end begin anew */
	now = at_s(1000);
	s.routes[0].failures = UINT32_MAX;
	ck_assert(detour_failed(&s, "one", &now));
	ck_assert_int_eq(detour_left_ms(&s, "one", &now), DETOUR_MAX_MS);
	ck_assert(can_be_written(&s));
}
END_TEST

static const char *name_of(size_t i)
{
	static char name[ORDER_NAME_MAX + 1];

	snprintf(name, sizeof name, "route-%zu", i);
	return name;
}

START_TEST(the_one_that_ends_first_gives_way)
{
	struct clock_now now = at_s(100), other;
	struct site s;

	site_init(&s);
	for (size_t i = 0; i < SITE_ROUTES; i++) {
		now = at_s(i == 5 ? 50 : 100 + (int64_t)i);
		ck_assert(detour_failed(&s, name_of(i), &now));
	}
	now = at_s(105);
	ck_assert(detour_failed(&s, "late", &now));
	ck_assert_str_eq(s.routes[5].name, "late");
	ck_assert_int_eq(detour_look(&s, "route-5", &now), DETOUR_NONE);
	ck_assert_int_eq(detour_look(&s, "route-0", &now), DETOUR_ACTIVE);
	/* one of another boot goes before those that mean something, and a free one as well */
	s.routes[9].boot_id[0] ^= 1;
	s.routes[9].until_boot_ms = INT64_MAX;
	ck_assert(detour_failed(&s, "later", &now));
	ck_assert_str_eq(s.routes[9].name, "later");
	ck_assert(detour_works(&s, "route-12"));
	ck_assert(detour_failed(&s, "latest", &now));
	ck_assert_str_eq(s.routes[12].name, "latest");
	other = at_s(1);
	other.boot_id[0] ^= 1;
	ck_assert(detour_failed(&s, "new", &other));
	ck_assert_str_eq(s.routes[0].name, "new");
	ck_assert(can_be_written(&s));
}
END_TEST

START_TEST(odd_names_are_not_taken)
{
	struct clock_now now = at_s(100);
	struct site s, fresh;
	char name[ORDER_NAME_MAX + 2];

	memset(name, 'a', sizeof name);
	name[ORDER_NAME_MAX + 1] = '\0';
	site_init(&s);
	site_init(&fresh);
	ck_assert(!detour_failed(&s, "", &now));
	ck_assert(!detour_failed(&s, "a\nb", &now));
	ck_assert(!detour_failed(&s, name, &now));
	ck_assert(!detour_works(&s, ""));
	detour_claim(&s, "", &now);
	ck_assert_mem_eq(&s, &fresh, sizeof s);
	name[ORDER_NAME_MAX] = '\0';
	ck_assert(detour_failed(&s, name, &now));
	ck_assert_int_eq(detour_look(&s, name, &now), DETOUR_ACTIVE);
}
END_TEST

/* What a random story is held against: one route, told again in other words. */
struct model {
	int64_t period_end_ms; /* of the last counted failure */
	int64_t claim_end_ms;
	bool known, claimed;
	int64_t length_ms;
};

static void model_failed(struct model *m, int64_t now_ms, bool changed)
{
	bool over = now_ms >= m->period_end_ms;
	bool want = !m->known || over;

	ck_assert_int_eq(changed, want);
	if (!want)
		return;
	m->length_ms = m->known ? m->length_ms * 2 : 60000;
	if (m->length_ms > 600000)
		m->length_ms = 600000;
	m->known = true;
	m->claimed = false;
	m->period_end_ms = now_ms + m->length_ms;
}

static void model_look(const struct model *m, int64_t now_ms, enum detour_state state)
{
	bool tried = m->claimed && now_ms < m->claim_end_ms;

	if (!m->known)
		ck_assert_int_eq(state, DETOUR_NONE);
	else
		ck_assert_int_eq(
			state, now_ms < m->period_end_ms || tried ? DETOUR_ACTIVE : DETOUR_DUE);
}

static void model_step(struct model *m, struct site *s, const struct clock_now *now, uint32_t what)
{
	enum detour_state before = detour_look(s, "one", now);

	model_look(m, now->boot_ms, before);
	switch (what) {
	case 0:
		model_failed(m, now->boot_ms, detour_failed(s, "one", now));
		break;
	case 1:
		detour_claim(s, "one", now);
		if (before != DETOUR_DUE)
			break;
		/* never two trials at a time */
		ck_assert(!m->claimed || now->boot_ms >= m->claim_end_ms);
		m->claimed = true;
		m->claim_end_ms = now->boot_ms + DETOUR_TRIAL_MS;
		break;
	default:
		ck_assert_int_eq(detour_works(s, "one"), m->known);
		memset(m, 0, sizeof *m);
		break;
	}
	model_look(m, now->boot_ms, detour_look(s, "one", now));
	ck_assert_int_le(detour_left_ms(s, "one", now), DETOUR_MAX_MS);
}

START_TEST(random_stories_keep_the_rules)
{
	struct fuzz fz = { (uint64_t)_i + 1 };

	for (int story = 0; story < 200; story++) {
		struct site s;
		struct model m = { 0 };
		struct clock_now now = at_s(10);
		site_init(&s);
		for (int step = 0; step < 200; step++) {
			uint32_t what = fuzz_below(&fz, 40);
			now.boot_ms += fuzz_below(&fz, 3) ? fuzz_below(&fz, 2000)
							  : fuzz_below(&fz, 200000);
			model_step(&m, &s, &now, what < 25 ? 0 : what < 39 ? 1 : 2);
			/* the neighbours in the record come and go, but never take its place */
			if (fuzz_below(&fz, 2))
				detour_failed(&s, name_of(fuzz_below(&fz, SITE_ROUTES - 1)), &now);
		}
		ck_assert(can_be_written(&s));
	}
}
END_TEST

/* Crowds of logins at a route that never works: each look, claim and report is one of many. */
START_TEST(a_crowd_makes_one_trial_a_period)
{
	struct fuzz fz = { (uint64_t)_i + 77 };
	struct clock_now now = at_s(10);
	struct site s;
	int64_t last_ms = 0;
	int trials = 0;

	site_init(&s);
	ck_assert(detour_failed(&s, "one", &now));
	for (int login = 0; login < 100000; login++) {
		now.boot_ms += fuzz_below(&fz, 100);
		if (detour_look(&s, "one", &now) == DETOUR_DUE) {
			detour_claim(&s, "one", &now);
			ck_assert(trials == 0 || now.boot_ms - last_ms >= DETOUR_TRIAL_MS);
			last_ms = now.boot_ms;
			trials++;
		} else if (fuzz_below(&fz, 100) == 0) {
			detour_failed(&s, "one", &now); /* a last resort, or the trial's end */
		}
	}
	/* 5000 s: 60, 120, 240, 480 and then 600 s each, and up to 21 s for each trial */
	ck_assert_int_ge(trials, 9);
	ck_assert_int_le(trials, 12);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("detour");
	TCase *t = tcase_create("detour");

	tcase_add_test(t, a_failed_route_is_passed_over);
	tcase_add_test(t, how_long_yet);
	tcase_add_test(t, another_boot_remembers_nothing);
	tcase_add_test(t, no_record_shuts_a_route_out_for_ever);
	tcase_add_test(t, the_one_that_ends_first_gives_way);
	tcase_add_test(t, odd_names_are_not_taken);
	tcase_add_loop_test(t, random_stories_keep_the_rules, 0, 4);
	tcase_add_loop_test(t, a_crowd_makes_one_trial_a_period, 0, 4);
	suite_add_tcase(s, t);
	return s;
}
