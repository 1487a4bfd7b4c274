#include "core/delivery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "house.h"
#include "senders.h"
#include "unit.h"

static struct settings_route routes[3];
static const struct dispatch dispatch;
static const struct dispatch_job job = { ORDER_ACTION_SEND, "+491701234512", "x", "", "" };
static struct delivery d;
static char noted[2048];
static uint32_t charges_left, charges, denials;

static bool charge(void *ctx)
{
	(void)ctx;
	if (charges_left == 0) {
		denials++;
		return false;
	}
	charges_left--;
	charges++;
	return true;
}

static void note(void *ctx, const char *text)
{
	(void)ctx;
	strncat(noted, text, sizeof noted - strlen(noted) - 2);
	strcat(noted, "\n");
}

static struct delivery_means means = { &dispatch, routes, 3, charge, note, NULL };

static void begin(uint32_t budget)
{
	senders_reset();
	house_shift_ms = 0;
	noted[0] = '\0';
	charges_left = budget;
	charges = denials = 0;
	strcpy(routes[0].name, "a");
	strcpy(routes[1].name, "b");
	strcpy(routes[2].name, "c");
}

static struct senders_route *plays(const char *name, enum receipt_outcome answer, int64_t after_ms)
{
	struct senders_route *r = senders_route(name);

	r->answer = answer;
	r->after_ms = after_ms;
	return r;
}

/* Its end, and how long it took. */
static enum delivery_end run(size_t n, int64_t *took_ms)
{
	struct route_plan plan = { n, { 0, 1, 2 } };
	int64_t start = clock_boot_ms();
	enum delivery_end end = delivery_run(&d, &means, &job, &plan, start + 10000);

	*took_ms = clock_boot_ms() - start;
	ck_assert_int_eq(senders_running(), 0);
	ck_assert_uint_le(d.used, d.charged);
	ck_assert_uint_eq(d.charged, 1 + charges);
	return end;
}

static void begin_and_step(size_t n)
{
	struct route_plan plan = { n, { 0, 1, 2 } };

	delivery_begin(&d, &means, &job, &plan, clock_boot_ms() + 10000);
	ck_assert(!delivery_step(&d));
}

START_TEST(b2_e9_ends)
{
	static const struct {
		const char *name;
		enum receipt_outcome script[3];
		enum delivery_end end;
		int tried;
		const char *route;
		uint32_t charged, used;
	} cases[] = {
		{ "first takes it", { RECEIPT_ACCEPTED }, DELIVERY_TAKEN, 1, "a", 1, 1 },
		{ "second takes it", { RECEIPT_TEMPORARY, RECEIPT_ACCEPTED }, DELIVERY_TAKEN, 2, "b", 1, 1 },
		{ "third takes it", { RECEIPT_ACCOUNT, RECEIPT_REQUEST, RECEIPT_ACCEPTED }, DELIVERY_TAKEN, 3, "c", 1, 1 },
		{ "nobody", { RECEIPT_TEMPORARY, RECEIPT_ACCOUNT, RECEIPT_REQUEST }, DELIVERY_NONE, 3, "c", 1, 0 },
		{ "our own side fails everywhere", { RECEIPT_LOCAL, RECEIPT_LOCAL, RECEIPT_LOCAL }, DELIVERY_BROKEN, 3, "c", 1, 0 },
		{ "our own side fails once", { RECEIPT_LOCAL, RECEIPT_TEMPORARY, RECEIPT_ACCOUNT }, DELIVERY_BROKEN, 3, "c", 1, 0 },
		{ "and another takes it", { RECEIPT_LOCAL, RECEIPT_ACCEPTED }, DELIVERY_TAKEN, 2, "b", 1, 1 },
		/* what may have been taken stays charged, and the next one is charged anew */
		{ "unknown, then taken", { RECEIPT_UNKNOWN, RECEIPT_ACCEPTED }, DELIVERY_TAKEN, 2, "b", 2, 2 },
		{ "unknown, then nobody", { RECEIPT_UNKNOWN, RECEIPT_TEMPORARY, RECEIPT_ACCOUNT }, DELIVERY_MAYBE, 3, "c", 2, 1 },
		{ "unknown after failure", { RECEIPT_TEMPORARY, RECEIPT_UNKNOWN, RECEIPT_UNKNOWN }, DELIVERY_MAYBE, 3, "c", 2, 2 },
		{ "recipient stops", { RECEIPT_RECIPIENT, RECEIPT_ACCEPTED }, DELIVERY_NUMBER, 1, "a", 1, 0 },
		{ "recipient after unknown", { RECEIPT_UNKNOWN, RECEIPT_RECIPIENT, RECEIPT_ACCEPTED }, DELIVERY_MAYBE, 2, "b", 2, 1 },
		{ "a lying sender", { RECEIPT_PENDING, RECEIPT_PENDING, RECEIPT_PENDING }, DELIVERY_MAYBE, 3, "c", 3, 3 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int64_t took;
		begin(5);
		for (int r = 0; r < 3; r++)
			plays(routes[r].name, cases[i].script[r], 10);
		enum delivery_end end = run(3, &took);
		ck_assert_msg(end == cases[i].end, "%s: %d", cases[i].name, (int)end);
		ck_assert_msg(senders_started() == cases[i].tried, "%s", cases[i].name);
		ck_assert_str_eq(delivery_route(&d)->name, cases[i].route);
		ck_assert_msg(d.charged == cases[i].charged && d.used == cases[i].used, "%s: %u %u", cases[i].name, d.charged, d.used);
		ck_assert_msg((noted[0] != '\0') == (end != DELIVERY_TAKEN || cases[i].tried > 1), "%s", cases[i].name);
		ck_assert_msg(took < 1000, "%s: %lld ms", cases[i].name, (long long)took);
	}
}
END_TEST

START_TEST(a_silent_route_is_joined_by_the_next_after_hedge_after)
{
	int64_t took;

	begin(5);
	plays("a", RECEIPT_ACCEPTED, SENDERS_NEVER);
	plays("b", RECEIPT_ACCEPTED, 400);
	ck_assert_int_eq(run(3, &took), DELIVERY_TAKEN);
	ck_assert_str_eq(delivery_route(&d)->name, "b");
	ck_assert_int_ge(took, 3400);
	ck_assert_int_lt(took, 3900);
	ck_assert_int_eq(senders_route("a")->dropped, 1);
	ck_assert_int_eq(senders_route("c")->started, 0);
	/* the first one may have it as well: both are charged, and the first is said to have failed */
	ck_assert_uint_eq(d.charged, 2);
	ck_assert_uint_eq(d.used, 2);
	ck_assert_int_eq(d.tries[0].state, DELIVERY_TRY_FAILED);
	ck_assert_int_eq(d.tries[1].state, DELIVERY_TRY_WORKED);
	ck_assert_ptr_nonnull(strstr(noted, "route a: no answer yet"));
}
END_TEST

START_TEST(who_answers_late_but_first_has_it)
{
	int64_t took;

	begin(5);
	plays("a", RECEIPT_ACCEPTED, 3500);
	plays("b", RECEIPT_ACCEPTED, 5000);
	ck_assert_int_eq(run(2, &took), DELIVERY_TAKEN);
	ck_assert_str_eq(delivery_route(&d)->name, "a");
	ck_assert_int_eq(d.tries[0].state, DELIVERY_TRY_WORKED);
	/* b had no time to show anything */
	ck_assert_int_eq(d.tries[1].state, DELIVERY_TRY_DROPPED);
	ck_assert_uint_eq(d.used, 2);
	/* of two at once the one that was tried first */
	begin(5);
	plays("a", RECEIPT_ACCEPTED, 3500);
	plays("b", RECEIPT_ACCEPTED, 400);
	begin_and_step(2);
	house_shift_ms += 3050;
	ck_assert(!delivery_step(&d));
	house_shift_ms += 1000;
	ck_assert(delivery_step(&d));
	ck_assert_int_eq(delivery_close(&d), DELIVERY_TAKEN);
	ck_assert_str_eq(delivery_route(&d)->name, "a");
	ck_assert_int_eq(senders_running(), 0);
}
END_TEST

START_TEST(a_failure_beside_a_silent_route_brings_the_next_at_once)
{
	int64_t took;

	begin(5);
	plays("a", RECEIPT_ACCEPTED, SENDERS_NEVER);
	plays("b", RECEIPT_TEMPORARY, 100);
	plays("c", RECEIPT_ACCEPTED, 100);
	ck_assert_int_eq(run(3, &took), DELIVERY_TAKEN);
	ck_assert_str_eq(delivery_route(&d)->name, "c");
	ck_assert_int_lt(took, 3900);
	/* b's charge serves c */
	ck_assert_uint_eq(d.charged, 2);
}
END_TEST

START_TEST(b1_without_a_charge_no_further_route)
{
	int64_t took;

	begin(0);
	plays("a", RECEIPT_ACCEPTED, SENDERS_NEVER);
	ck_assert_int_eq(run(3, &took), DELIVERY_MAYBE);
	ck_assert_int_eq(senders_started(), 1);
	ck_assert_int_ge(took, 10000);
	begin(0);
	plays("a", RECEIPT_UNKNOWN, 10);
	ck_assert_int_eq(run(3, &took), DELIVERY_MAYBE);
	ck_assert_int_eq(senders_started(), 1);
	ck_assert_int_lt(took, 1000);
	/* who has no more is asked once, however often we wake up */
	begin(1);
	plays("a", RECEIPT_ACCEPTED, SENDERS_NEVER);
	plays("b", RECEIPT_UNKNOWN, 10);
	begin_and_step(3);
	for (int i = 0; i < 50; i++) {
		house_shift_ms += 100;
		ck_assert(!delivery_step(&d));
	}
	ck_assert_uint_eq(denials, 1);
	ck_assert_int_eq(delivery_close(&d), DELIVERY_MAYBE);
	/* and what fails afterwards leaves its charge to the next route (B2) */
	begin(0);
	plays("a", RECEIPT_TEMPORARY, 5000);
	plays("b", RECEIPT_ACCEPTED, 10);
	ck_assert_int_eq(run(3, &took), DELIVERY_TAKEN);
	ck_assert_str_eq(delivery_route(&d)->name, "b");
	ck_assert_uint_eq(denials, 1);
	/* a certain failure costs nothing: the next is tried without a charge */
	begin(0);
	plays("a", RECEIPT_TEMPORARY, 10);
	plays("b", RECEIPT_ACCEPTED, 10);
	ck_assert_int_eq(run(3, &took), DELIVERY_TAKEN);
}
END_TEST

START_TEST(d11_the_deadline_holds)
{
	int64_t took;

	begin(5);
	for (int r = 0; r < 3; r++)
		plays(routes[r].name, RECEIPT_ACCEPTED, SENDERS_NEVER);
	ck_assert_int_eq(run(3, &took), DELIVERY_MAYBE);
	ck_assert_int_ge(took, 10000);
	ck_assert_int_lt(took, 10500);
	ck_assert_int_eq(senders_started(), 3);
	for (int r = 0; r < 3; r++) {
		ck_assert_int_eq(d.tries[r].state, DELIVERY_TRY_FAILED);
		ck_assert_int_eq(d.tries[r].sender.until_ms, d.deadline_ms);
	}
	/* each silence is said once */
	ck_assert_ptr_null(strstr(strstr(noted, "route a") + 1, "route a"));
	/* the time of the next step may lie behind the deadline */
	begin(5);
	means.hedge_after_s = 10;
	plays("a", RECEIPT_TEMPORARY, 5000);
	plays("b", RECEIPT_ACCEPTED, SENDERS_NEVER);
	ck_assert_int_eq(run(2, &took), DELIVERY_MAYBE);
	ck_assert_int_lt(took, 10100);
	ck_assert_int_eq(d.tries[1].state, DELIVERY_TRY_FAILED);
	/* one that had no time to speak of has not failed */
	begin(5);
	plays("a", RECEIPT_TEMPORARY, 9000);
	plays("b", RECEIPT_ACCEPTED, SENDERS_NEVER);
	ck_assert_int_eq(run(2, &took), DELIVERY_MAYBE);
	ck_assert_int_eq(d.tries[0].state, DELIVERY_TRY_FAILED);
	ck_assert_int_eq(d.tries[1].state, DELIVERY_TRY_DROPPED);
	means.hedge_after_s = 3;
}
END_TEST

START_TEST(d11_nothing_is_tried_without_time)
{
	struct route_plan plan = { 3, { 0, 1, 2 } };

	begin(5);
	ck_assert_int_eq(delivery_run(&d, &means, &job, &plan, clock_boot_ms() + 100), DELIVERY_BROKEN);
	ck_assert_int_eq(senders_started(), 0);
	ck_assert_ptr_null(delivery_route(&d));
}
END_TEST

/* An engine that was held up until there was no time left proves no outage: who may pass over outages must not get in by it. */
START_TEST(c4_our_own_lateness_is_no_outage)
{
	static const struct {
		int64_t left_ms;
		enum receipt_outcome answer;
		enum delivery_end end;
	} cases[] = {
		{ 0, RECEIPT_TEMPORARY, DELIVERY_BROKEN },
		{ -5, RECEIPT_TEMPORARY, DELIVERY_BROKEN },
		{ 1900, RECEIPT_TEMPORARY, DELIVERY_BROKEN },
		{ 2100, RECEIPT_TEMPORARY, DELIVERY_NONE },
		{ 1900, RECEIPT_RECIPIENT, DELIVERY_NUMBER },
		{ 1900, RECEIPT_UNKNOWN, DELIVERY_MAYBE },
		{ 1900, RECEIPT_ACCEPTED, DELIVERY_TAKEN },
	};
	struct route_plan plan = { 1, { 0 } };

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		begin(5);
		plays("a", cases[i].answer, 10);
		enum delivery_end end = delivery_run(&d, &means, &job, &plan, clock_boot_ms() + cases[i].left_ms);
		ck_assert_msg(end == cases[i].end, "case %zu: %d", i, (int)end);
	}
	/* a route that failed in good time is no less an outage for what came after it */
	begin(5);
	plays("a", RECEIPT_TEMPORARY, 9000);
	plays("b", RECEIPT_TEMPORARY, 10);
	plan = (struct route_plan){ 2, { 0, 1 } };
	means.hedge_after_s = 10;
	ck_assert_int_eq(delivery_run(&d, &means, &job, &plan, clock_boot_ms() + 10000), DELIVERY_NONE);
	means.hedge_after_s = 3;
	ck_assert_int_eq(senders_started(), 2);
}
END_TEST

/* Who ends a delivery early, by answering at the prompt, says nothing of the routes: else anybody could turn everybody's messages away
 * from one of them. */
START_TEST(a_route_that_was_still_in_time_has_not_failed)
{
	begin(5);
	plays("a", RECEIPT_ACCEPTED, SENDERS_NEVER);
	begin_and_step(1);
	house_shift_ms += 500;
	ck_assert_int_eq(delivery_close(&d), DELIVERY_MAYBE);
	ck_assert_int_eq(d.tries[0].state, DELIVERY_TRY_DROPPED);
	ck_assert_int_eq(senders_running(), 0);
	/* but who was silent for hedge_after has, and who was until the end */
	for (int overdue = 0; overdue <= 1; overdue++) {
		begin(5);
		plays("a", RECEIPT_ACCEPTED, SENDERS_NEVER);
		begin_and_step(1);
		house_shift_ms += overdue ? 3100 : 10000;
		if (overdue)
			ck_assert(!delivery_step(&d));
		ck_assert_int_eq(delivery_close(&d), DELIVERY_MAYBE);
		ck_assert_int_eq(d.tries[0].state, DELIVERY_TRY_FAILED);
	}
}
END_TEST

START_TEST(b2_receipts_that_are_there_count_at_the_close)
{
	begin(5);
	plays("a", RECEIPT_ACCEPTED, 400);
	begin_and_step(1);
	house_shift_ms += 60000;
	ck_assert_int_eq(delivery_close(&d), DELIVERY_TAKEN);
	ck_assert_str_eq(delivery_route(&d)->name, "a");
	ck_assert_int_eq(d.tries[0].state, DELIVERY_TRY_WORKED);
	ck_assert_int_eq(senders_route("a")->dropped, 0);
	begin(5);
	plays("a", RECEIPT_TEMPORARY, 400);
	begin_and_step(2);
	house_shift_ms += 500;
	ck_assert_int_eq(delivery_close(&d), DELIVERY_NONE);
	ck_assert_uint_eq(d.used, 0);
	/* nothing is begun by a close */
	ck_assert_int_eq(senders_started(), 1);
}
END_TEST

START_TEST(our_own_slowness_is_no_routes_silence)
{
	int64_t took;

	begin(5);
	plays("a", RECEIPT_ACCEPTED, 100)->start_ms = 4000;
	plays("b", RECEIPT_ACCEPTED, 100);
	ck_assert_int_eq(run(2, &took), DELIVERY_TAKEN);
	ck_assert_str_eq(delivery_route(&d)->name, "a");
	ck_assert_int_eq(senders_started(), 1);
	ck_assert_str_eq(noted, "");
	/* what was answered while another one was started is seen before anything else is */
	begin(5);
	plays("a", RECEIPT_ACCEPTED, 3500);
	plays("b", RECEIPT_ACCEPTED, SENDERS_NEVER)->start_ms = 1000;
	plays("c", RECEIPT_ACCEPTED, 10);
	ck_assert_int_eq(run(3, &took), DELIVERY_TAKEN);
	ck_assert_str_eq(delivery_route(&d)->name, "a");
	ck_assert_int_eq(senders_started(), 2);
}
END_TEST

START_TEST(no_route_is_no_delivery)
{
	struct route_plan plan = { 0, { 0 } };

	begin(5);
	/* a number that no route serves is not our own side's fault either */
	ck_assert_int_eq(delivery_run(&d, &means, &job, &plan, clock_boot_ms() + 10000), DELIVERY_NONE);
	ck_assert_uint_eq(d.used, 0);
	ck_assert_uint_eq(d.charged, 1);
}
END_TEST

/* Whatever the providers do: each route once at most, each start covered by a charge, the books right, the deadline kept. */
START_TEST(b1_b2_any_providers)
{
	static const enum receipt_outcome outcomes[] = { RECEIPT_ACCEPTED, RECEIPT_UNKNOWN, RECEIPT_RECIPIENT,
		RECEIPT_ACCOUNT, RECEIPT_REQUEST, RECEIPT_TEMPORARY, RECEIPT_LOCAL };
	static const int64_t times[] = { 1, 500, 2900, 3100, 5000, 9900, SENDERS_NEVER };

	srandom(20261126);
	for (int i = 0; i < 3000; i++) {
		int64_t took;
		uint32_t maybe = 0;
		bool accepted = false;
		begin((uint32_t)random() % 3);
		for (int r = 0; r < 3; r++)
			plays(routes[r].name, outcomes[(size_t)random() % 7], times[(size_t)random() % 7]);
		enum delivery_end end = run(3, &took);
		ck_assert_int_lt(took, 10300);
		for (size_t t = 0; t < d.ntries; t++) {
			struct senders_route *r = senders_route(routes[d.tries[t].at].name);
			ck_assert_int_eq(r->started, 1);
			bool answered = d.tries[t].state != DELIVERY_TRY_DROPPED && r->dropped == 0;
			bool certain = answered && (r->answer == RECEIPT_RECIPIENT || r->answer == RECEIPT_ACCOUNT ||
							r->answer == RECEIPT_REQUEST || r->answer == RECEIPT_TEMPORARY ||
							r->answer == RECEIPT_LOCAL);
			maybe += !certain;
			accepted = accepted || (answered && r->answer == RECEIPT_ACCEPTED);
		}
		ck_assert_uint_eq(d.used, maybe);
		ck_assert_int_eq(end == DELIVERY_TAKEN, accepted);
		ck_assert_int_eq(delivery_was_taken(end), maybe > 0);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("delivery");
	TCase *t = tcase_create("delivery");
	tcase_add_test(t, b2_e9_ends);
	tcase_add_test(t, a_silent_route_is_joined_by_the_next_after_hedge_after);
	tcase_add_test(t, who_answers_late_but_first_has_it);
	tcase_add_test(t, a_failure_beside_a_silent_route_brings_the_next_at_once);
	tcase_add_test(t, b1_without_a_charge_no_further_route);
	tcase_add_test(t, d11_the_deadline_holds);
	tcase_add_test(t, d11_nothing_is_tried_without_time);
	tcase_add_test(t, c4_our_own_lateness_is_no_outage);
	tcase_add_test(t, a_route_that_was_still_in_time_has_not_failed);
	tcase_add_test(t, b2_receipts_that_are_there_count_at_the_close);
	tcase_add_test(t, our_own_slowness_is_no_routes_silence);
	tcase_add_test(t, no_route_is_no_delivery);
	tcase_add_test(t, b1_b2_any_providers);
	suite_add_tcase(s, t);
	return s;
}
