#include "core/route.h"

#include <stdio.h>
#include <string.h>

#include "core/detour.h"
#include "fuzz.h"
#include "unit.h"

static struct settings settings;

/* --- plans --- */

static const struct clock_now noon = { .boot_ms = 5000000, .wall_s = 1800000000, .boot_id = { 7 } };

/* Routes a, b, c ...; only: for each a word of prefixes with commas between, "" for all numbers. */
static void routes_with(const char *const *only, size_t n)
{
	memset(&settings, 0, sizeof settings);
	settings.nroutes = n;
	for (size_t i = 0; i < n; i++) {
		struct settings_route *r = &settings.routes[i];
		r->name[0] = (char)('a' + i);
		for (const char *at = only[i]; *at;
			at += strcspn(at, ",") + (strchr(at, ',') ? 1 : 0))
			snprintf(r->only[r->nonly++], sizeof r->only[0], "%.*s",
				(int)strcspn(at, ","), at);
	}
}

static const char *planned(const char *number, struct site *site)
{
	static char text[SETTINGS_ROUTES_MAX + 1];
	struct route_plan plan = route_plan(settings.routes, settings.nroutes, number, site, &noon);

	ck_assert_uint_le(plan.n, SETTINGS_ROUTES_MAX);
	memset(text, 0, sizeof text);
	for (size_t i = 0; i < plan.n; i++)
		text[i] = settings.routes[plan.at[i]].name[0];
	return text;
}

/* Bring a route into a state at noon. */
static void bring(struct site *s, char route, char state)
{
	const char name[2] = { route, 0 };
	struct clock_now then = noon;

	if (state == '-')
		return;
	then.boot_ms -= state == 'a' ? 10000 : 100000;
	ck_assert(detour_failed(s, name, &then));
	ck_assert_int_eq(detour_look(s, name, &noon), state == 'a' ? DETOUR_ACTIVE : DETOUR_DUE);
}

START_TEST(a_plan_keeps_the_order_but_for_what_failed)
{
	static const struct {
		const char *name;
		const char *only[4];
		const char *states; /* - healthy, a passed over, d due */
		const char *number, *plan, *claimed;
	} cases[] = {
		{ "all well", { "", "", "" }, "---", "+4917012345678", "abc", "" },
		{ "the first failed", { "", "", "" }, "a--", "+4917012345678", "bca", "" },
		{ "two failed: in order", { "", "", "" }, "aa-", "+4917012345678", "cab", "" },
		{ "all failed: better than nothing", { "", "", "" }, "aaa", "+4917012345678", "abc",
			"" },
		{ "the only one failed", { "" }, "a", "+4917012345678", "a", "" },
		{ "due at its place: claimed", { "", "", "" }, "d--", "+4917012345678", "abc",
			"a" },
		{ "due, but not the first", { "", "", "" }, "-d-", "+4917012345678", "abc", "" },
		{ "due, and first for what is before it failed", { "", "", "" }, "ad-",
			"+4917012345678", "bca", "b" },
		{ "two due: one is claimed", { "", "", "" }, "dd-", "+4917012345678", "abc", "a" },
		{ "the only one, due", { "" }, "d", "+4917012345678", "a", "a" },
		{ "none", { NULL }, "", "+4917012345678", "", "" },
		{ "one for each country", { "+49", "+43,+41", "" }, "---", "+4366412345678", "bc",
			"" },
		{ "the last of its prefixes", { "+49", "+43,+41", "" }, "---", "+41791234567", "bc",
			"" },
		{ "served by none", { "+49", "+43" }, "--", "+15551234567", "", "" },
		{ "who does not serve is not claimed", { "+43", "" }, "d-", "+4917012345678", "b",
			"" },
		{ "who does not serve does not stand before the first", { "+43", "" }, "-d",
			"+4917012345678", "b", "b" },
		{ "who serves alone is taken, failed or not", { "+43", "+49" }, "-a",
			"+4917012345678", "b", "" },
		{ "a prefix as long as the number", { "+491701" }, "-", "+491701", "a", "" },
		{ "a prefix longer than the number", { "+4917012" }, "-", "+491701", "", "" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct site s, before;
		size_t n = strlen(cases[i].states);
		routes_with(cases[i].only, n);
		site_init(&s);
		for (size_t k = 0; k < n; k++)
			bring(&s, (char)('a' + k), cases[i].states[k]);
		before = s;
		const char *plan = planned(cases[i].number, &s);
		ck_assert_msg(strcmp(plan, cases[i].plan) == 0, "%s: %s", cases[i].name, plan);
		for (size_t k = 0; k < n; k++) {
			const char name[2] = { (char)('a' + k), 0 };
			bool claimed = detour_look(&before, name, &noon) == DETOUR_DUE &&
				       detour_look(&s, name, &noon) == DETOUR_ACTIVE;
			ck_assert_msg(claimed == (strchr(cases[i].claimed, name[0]) != NULL),
				"%s: %s", cases[i].name, name);
		}
		if (!cases[i].claimed[0])
			ck_assert_mem_eq(&s, &before, sizeof s);
	}
}
END_TEST

START_TEST(without_a_memory_the_order_is_the_configured_one)
{
	static const char *const only[] = { "", "+43", "+49", "" };

	routes_with(only, 4);
	ck_assert_str_eq(planned("+4917012345678", NULL), "acd");
	ck_assert_str_eq(planned("+4366412345678", NULL), "abd");
}
END_TEST

START_TEST(the_second_login_passes_a_trial_over)
{
	static const char *const only[] = { "", "" };
	struct site s;

	routes_with(only, 2);
	site_init(&s);
	bring(&s, 'a', 'd');
	ck_assert_str_eq(planned("+4917012345678", &s), "ab");
	for (int login = 0; login < 20; login++)
		ck_assert_str_eq(planned("+4917012345678", &s), "ba");
	ck_assert(detour_works(&s, "a"));
	ck_assert_str_eq(planned("+4917012345678", &s), "ab");
}
END_TEST

static void random_routes(struct fuzz *fz)
{
	static const char *const words[] = { "", "", "+1", "+49", "+491,+43", "+4917",
		"+43,+49,+1" };
	const char *only[SETTINGS_ROUTES_MAX];
	size_t n = fuzz_below(fz, SETTINGS_ROUTES_MAX + 1);

	for (size_t i = 0; i < n; i++)
		only[i] = words[fuzz_below(fz, sizeof words / sizeof words[0])];
	routes_with(only, n);
}

static void check_plan(const char *number, const char *plan)
{
	size_t serving = 0;

	for (size_t i = 0; i < settings.nroutes; i++) {
		bool serves = route_serves(&settings.routes[i], number);
		const char *at = strchr(plan, settings.routes[i].name[0]);
		ck_assert_int_eq(serves, at != NULL);
		ck_assert(!at || !strchr(at + 1, *at));
		serving += serves;
	}
	ck_assert_uint_eq(strlen(plan), serving);
}

START_TEST(a_plan_is_a_permutation_of_the_routes_that_serve)
{
	static const char *const numbers[] = { "+4917012345678", "+436641234567", "+15551234567",
		"+33612345678" };
	struct fuzz fz = { (uint64_t)_i + 1 };

	for (int round = 0; round < 5000; round++) {
		struct site s, before;
		random_routes(&fz);
		site_init(&s);
		for (char route = 'a'; route < 'a' + SETTINGS_ROUTES_MAX; route++)
			bring(&s, route, "-ad"[fuzz_below(&fz, 3)]);
		before = s;
		const char *number = numbers[fuzz_below(&fz, 4)], *plan = planned(number, &s);
		check_plan(number, plan);
		/* what is passed over stands behind all others, and each part is in order */
		for (size_t i = 1; plan[i]; i++) {
			const char one[2] = { plan[i - 1], 0 }, two[2] = { plan[i], 0 };
			bool over = detour_look(&before, one, &noon) == DETOUR_ACTIVE;
			bool next = detour_look(&before, two, &noon) == DETOUR_ACTIVE;
			ck_assert(!over || next);
			ck_assert(over != next || one[0] < two[0]);
		}
		/* a claim is of the first route or of none */
		const char first[2] = { plan[0], 0 };
		if (detour_look(&before, first, &noon) == DETOUR_DUE)
			detour_claim(&before, first, &noon);
		ck_assert_mem_eq(&s, &before, sizeof s);
	}
}
END_TEST

START_TEST(only_the_routes_own_fault_speaks_against_it)
{
	for (int o = -1; o <= RECEIPT_LOCAL + 1; o++) {
		struct receipt r;
		memset(&r, 0, sizeof r);
		r.outcome = (enum receipt_outcome)o;
		enum route_word word = ROUTE_SAYS_NOTHING;
		if (o == RECEIPT_TEMPORARY || o == RECEIPT_ACCOUNT || o == RECEIPT_UNKNOWN)
			word = ROUTE_FAILS;
		if (o == RECEIPT_ACCEPTED || o == RECEIPT_RECIPIENT)
			word = ROUTE_WORKS;
		ck_assert_msg(route_says(&r) == word, "%d", o);
	}
	/* too many messages may be too many to one number */
	struct receipt r = { .outcome = RECEIPT_TEMPORARY, .http_status = 429 };
	ck_assert_int_eq(route_says(&r), ROUTE_SAYS_NOTHING);
	r.http_status = 503;
	ck_assert_int_eq(route_says(&r), ROUTE_FAILS);
}
END_TEST

/* --- what no route serves --- */

START_TEST(a_gap_is_found)
{
	static const struct {
		const char *only[4];
		size_t n;
		const char *prefix, *gap;
	} cases[] = {
		{ { "" }, 1, "+49", "" },
		{ { "+49" }, 1, "+49", "" },
		{ { "+49" }, 1, "+4917", "" },
		{ { "+4" }, 1, "+49", "" },
		{ { "+43" }, 1, "+49", "+49" },
		{ { "+43", "" }, 2, "+49", "" },
		{ { "+43", "+49" }, 2, "+49", "" },
		{ { "+43,+49" }, 1, "+49", "" },
		{ { NULL }, 0, "+49", "+49" },
		{ { "+4917" }, 1, "+49", "+490" },
		{ { "+490,+492", "+4910,+4912" }, 2, "+49", "+4911" },
		{ { "+10,+11,+12,+13,+14", "+15,+16,+17,+18,+19" }, 2, "+1", "" },
		{ { "+10,+11,+12,+13,+14", "+15,+16,+17,+18" }, 2, "+1", "+19" },
		{ { "+10,+11,+12,+13,+14", "+15,+16,+17,+18,+19", "" }, 3, "+1", "" },
		{ { "+1900,+1901" }, 1, "+190", "+1902" },
		{ { "+1234567" }, 1, "+123456789012345", "" },
		{ { "+1234568" }, 1, "+123456789012345", "+123456789012345" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char gap[PHONE_MAX + 1];
		routes_with(cases[i].only, cases[i].n);
		bool found = route_gap(settings.routes, settings.nroutes, cases[i].prefix, gap);
		ck_assert_msg(
			strcmp(gap, cases[i].gap) == 0, "%zu: %s, not %s", i, gap, cases[i].gap);
		ck_assert_int_eq(found, gap[0] != 0);
	}
}
END_TEST

/* Against every number of four digits. */
START_TEST(a_gap_is_there_when_a_number_is_not_served)
{
	struct fuzz fz = { (uint64_t)_i + 1 };

	for (int round = 0; round < 200; round++) {
		char gap[PHONE_MAX + 1], first[8] = "", number[8];
		routes_with((const char *const[]){ "+99", "+99" }, 2);
		for (size_t i = 0; i < 2; i++) {
			struct settings_route *r = &settings.routes[i];
			r->nonly = 1 + fuzz_below(&fz, SETTINGS_ONLY_MAX);
			for (size_t k = 0; k < r->nonly; k++)
				snprintf(r->only[k], sizeof r->only[k], "+%u",
					fuzz_below(&fz, 3) ? 10 + fuzz_below(&fz, 10)
							   : 100 + fuzz_below(&fz, 100));
		}
		for (unsigned n = 1000; n < 2000 && !first[0]; n++) {
			snprintf(number, sizeof number, "+%u", n);
			if (!route_serves(&settings.routes[0], number) &&
				!route_serves(&settings.routes[1], number))
				memcpy(first, number, sizeof first);
		}
		ck_assert_int_eq(route_gap(settings.routes, 2, "+1", gap), first[0] != 0);
		ck_assert_msg(strncmp(gap, first, strlen(gap)) == 0, "%s %s", gap, first);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("route");
	TCase *t = tcase_create("route");
	tcase_add_test(t, a_plan_keeps_the_order_but_for_what_failed);
	tcase_add_test(t, without_a_memory_the_order_is_the_configured_one);
	tcase_add_test(t, the_second_login_passes_a_trial_over);
	tcase_add_loop_test(t, a_plan_is_a_permutation_of_the_routes_that_serve, 0, 4);
	tcase_add_test(t, only_the_routes_own_fault_speaks_against_it);
	tcase_add_test(t, a_gap_is_found);
	tcase_add_loop_test(t, a_gap_is_there_when_a_number_is_not_served, 0, 4);
	suite_add_tcase(s, t);
	return s;
}
