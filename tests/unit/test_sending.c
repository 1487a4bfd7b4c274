/* The code's way to the phone, seen from whole logins: all rooms are real but the providers and the person, who are played. */
#include "core/sending.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "core/detour.h"
#include "person.h"
#include "senders.h"
#include "unit.h"

static struct house h;
static struct verdict_outcome outcome;

#define RUN(...) person_run(&h, &outcome, (const char *const[]){ __VA_ARGS__, NULL })

static void open_house(void)
{
	house_open(&h);
	strcpy(h.settings.voice[0].name, "caller");
}

static void check_end(enum verdict verdict, enum talk_reason reason)
{
	ck_assert_msg(outcome.verdict == verdict && outcome.reason == reason, "%s (%s)",
		verdict_reason_name(outcome.reason), outcome.fault.text);
}

static uint32_t sends(void)
{
	struct record r;

	house_record(&h, &r);
	return meter_sum(&r.purse[0].sends[0]);
}

static enum detour_state detour(const char *route)
{
	struct fault f = FAULT_INIT;
	struct clock_now now;
	struct site s;

	house_site(&h, &s);
	ck_assert_int_eq(clock_read(&now, &f), 0);
	return detour_look(&s, route, &now);
}

static bool says(const struct person *p, size_t prompt, const char *words)
{
	return prompt < p->nprompts && strstr(p->prompts[prompt], words) != NULL;
}

START_TEST(the_second_login_of_an_outage_waits_for_nothing)
{
	struct senders_route *first, *second;

	open_house();
	first = senders_route("first");
	second = senders_route("second");
	first->after_ms = SENDERS_NEVER;
	int64_t start = clock_boot_ms();
	RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_str_eq(outcome.route, "second");
	ck_assert_int_ge(second->started_ms - start, 3000);
	ck_assert_int_lt(second->started_ms - start, 4000);
	ck_assert_uint_eq(outcome.sends, 2);
	ck_assert_str_eq(outcome.failed, "first");
	ck_assert_int_gt(outcome.sent_ms, 0);
	ck_assert_int_lt(outcome.sent_ms, 1000); /* of the second alone */
	ck_assert_int_eq(outcome.delivered, VERDICT_DELIVERED_NONE);
	/* a success gives both back */
	ck_assert_uint_eq(sends(), 0);
	ck_assert_int_eq(detour("first"), DETOUR_ACTIVE);

	start = clock_boot_ms();
	RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_int_lt(second->started_ms - start, 100);
	ck_assert_int_eq(first->started, 1);

	/* a minute later one login tries it, and finds it well */
	house_shift_ms += 61000;
	first->after_ms = 0;
	RUN("ok");
	ck_assert_str_eq(outcome.route, "first");
	ck_assert_int_eq(detour("first"), DETOUR_NONE);
	house_close(&h);
}
END_TEST

START_TEST(what_is_a_routes_own_failure_is_remembered)
{
	static const struct {
		enum receipt_outcome answer;
		enum detour_state after;
	} cases[] = {
		{ RECEIPT_TEMPORARY, DETOUR_ACTIVE }, { RECEIPT_ACCOUNT, DETOUR_ACTIVE },
		{ RECEIPT_REQUEST, DETOUR_NONE }, { RECEIPT_UNKNOWN, DETOUR_ACTIVE },
		{ RECEIPT_RECIPIENT, DETOUR_NONE }, { RECEIPT_LOCAL, DETOUR_NONE },
		{ RECEIPT_ACCEPTED, DETOUR_NONE },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		open_house();
		senders_route("first")->answer = cases[i].answer;
		RUN("ok");
		ck_assert_msg(detour("first") == cases[i].after, "case %zu", i);
		ck_assert_int_eq(detour("second"), DETOUR_NONE);
		house_close(&h);
	}
}
END_TEST

START_TEST(all_routes_passed_over_are_still_tried)
{
	open_house();
	house_provider->answer = RECEIPT_TEMPORARY;
	RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_OUTAGE);
	ck_assert_uint_eq(sends(), 0);
	ck_assert_int_eq(detour("first"), DETOUR_ACTIVE);
	ck_assert_int_eq(detour("second"), DETOUR_ACTIVE);
	house_provider->answer = RECEIPT_ACCEPTED;
	RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_str_eq(outcome.route, "first");
	/* it works: it is not passed over any longer */
	ck_assert_int_eq(detour("first"), DETOUR_NONE);
	house_close(&h);
}
END_TEST

START_TEST(a_message_reported_as_failed_goes_by_the_next_route)
{
	open_house();
	senders_route("first")->reports = true;
	senders_route("first")->polls[0] = RECEIPT_PENDING;
	senders_route("first")->polls[1] = RECEIPT_RECIPIENT;
	struct person p = RUN("think:20", "bad", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_int_eq(senders_started(), 2);
	ck_assert_str_eq(outcome.route, "second");
	/* the same code (A7), charged (B1), and the next prompt says so */
	ck_assert_uint_eq(outcome.sends, 2);
	ck_assert(says(&p, 0, "Code sent to ...12"));
	ck_assert(says(&p, 1, "The SMS could not be delivered and was sent again. Wrong code, 2 tries left."));
	ck_assert_ptr_nonnull(strstr(p.notes, "route first: reported as not delivered"));
	/* a phone that is off speaks for nobody else: the route is not passed over */
	ck_assert_int_eq(detour("first"), DETOUR_NONE);
	house_close(&h);
}
END_TEST

START_TEST(a7_what_we_send_again_extends_the_validity)
{
	open_house();
	senders_route("first")->reports = true;
	for (int i = 0; i < 6; i++)
		senders_route("first")->polls[i] = i < 5 ? RECEIPT_PENDING : RECEIPT_RECIPIENT;
	/* asked at 2, 5, 9.5, 16.3, 26.3, 36.3 s: valid until 126 s */
	RUN("think:120", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_int_eq(senders_started(), 2);
	house_close(&h);
}
END_TEST

START_TEST(each_route_has_a_code_once_by_ourselves)
{
	open_house();
	senders_route("first")->reports = senders_route("second")->reports = true;
	senders_route("first")->polls[0] = senders_route("second")->polls[0] = RECEIPT_RECIPIENT;
	struct person p = RUN("think:60", "", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_int_eq(senders_started(), 2);
	ck_assert(says(&p, 1, "The SMS could not be delivered. That was no code"));
	house_close(&h);
}
END_TEST

START_TEST(b1_nothing_is_sent_again_when_the_budget_is_spent)
{
	open_house();
	h.settings.budget.user.rates[0] = (struct number_rate){ 1, 3600 };
	senders_route("first")->reports = true;
	senders_route("first")->polls[0] = RECEIPT_RECIPIENT;
	struct person p = RUN("think:20", "", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_int_eq(senders_started(), 1);
	ck_assert(says(&p, 1, "The SMS could not be delivered. "));
	ck_assert_int_eq(outcome.delivered, VERDICT_DELIVERED_NO);
	house_close(&h);
}
END_TEST

START_TEST(b2_what_nobody_took_again_is_given_back)
{
	open_house();
	senders_route("first")->reports = true;
	senders_route("first")->polls[0] = RECEIPT_RECIPIENT;
	senders_route("second")->answer = RECEIPT_TEMPORARY;
	RUN("think:20", "gone");
	ck_assert_uint_eq(sends(), 1);
	ck_assert_uint_eq(outcome.sends, 1);
	ck_assert_int_eq(detour("second"), DETOUR_ACTIVE);
	house_close(&h);
}
END_TEST

/* The answer comes while a send of our own is under way: it ends with the login, charged. */
START_TEST(an_answer_ends_what_is_under_way)
{
	open_house();
	senders_route("first")->reports = true;
	senders_route("first")->polls[0] = RECEIPT_RECIPIENT;
	senders_route("second")->after_ms = SENDERS_NEVER;
	RUN("think:4", "gone");
	ck_assert_int_eq(senders_route("second")->dropped, 1);
	ck_assert_uint_eq(sends(), 2);
	ck_assert_uint_eq(outcome.sends, 2);
	house_close(&h);
	open_house();
	senders_route("first")->reports = true;
	senders_route("first")->polls[0] = RECEIPT_RECIPIENT;
	senders_route("second")->after_ms = SENDERS_NEVER;
	RUN("think:4", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_uint_eq(outcome.sends, 2);
	ck_assert_uint_eq(sends(), 0);
	/* the route had two seconds: who answers early must not turn others away from it */
	ck_assert_int_eq(detour("second"), DETOUR_NONE);
	house_close(&h);
}
END_TEST

/* The peer begins an answer and lets us wait for the rest: what the providers said meanwhile is still heard. */
START_TEST(a_peer_that_stalls_makes_no_route_fail)
{
	open_house();
	senders_route("first")->reports = true;
	senders_route("first")->polls[0] = RECEIPT_RECIPIENT;
	senders_route("second")->after_ms = 1500;
	RUN("think:3", "wait:30", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_int_eq(senders_route("second")->started, 1);
	ck_assert_int_eq(senders_route("second")->dropped, 0);
	ck_assert_str_eq(outcome.route, "second");
	ck_assert_int_eq(detour("second"), DETOUR_NONE);
	house_close(&h);
	/* what was certainly not taken is given back (B2) */
	open_house();
	senders_route("first")->reports = true;
	senders_route("first")->polls[0] = RECEIPT_RECIPIENT;
	senders_route("second")->answer = RECEIPT_TEMPORARY;
	senders_route("second")->after_ms = 1500;
	RUN("think:3", "wait:30", "gone");
	ck_assert_int_eq(senders_route("second")->started, 1);
	ck_assert_uint_eq(outcome.sends, 1);
	ck_assert_uint_eq(sends(), 1);
	house_close(&h);
}
END_TEST

/* A route is not begun with a code that is dead; what was begun before may still be taken, and then extends it (A7). */
START_TEST(no_route_is_begun_with_an_expired_code)
{
	open_house();
	h.settings.code.lifetime_s = 30;
	h.settings.hedge_after_s = 5;
	h.settings.nroutes = 3;
	strcpy(h.settings.routes[2].name, "third");
	senders_route("first")->reports = true;
	/* asked at 2, 5, 9.5, 16.3, 26.3 s */
	for (int i = 0; i < 5; i++)
		senders_route("first")->polls[i] = i < 4 ? RECEIPT_PENDING : RECEIPT_RECIPIENT;
	senders_route("second")->answer = RECEIPT_TEMPORARY;
	senders_route("second")->after_ms = 4500;
	RUN("think:50", "ok", "gone");
	ck_assert_int_eq(senders_route("second")->started, 1);
	ck_assert_int_eq(senders_route("third")->started, 0);
	ck_assert_int_ne(outcome.verdict, VERDICT_ACCEPT);
	ck_assert_uint_eq(sends(), 1);
	house_close(&h);
}
END_TEST

START_TEST(b5_a_route_of_our_own_warns_at_80_percent)
{
	open_house();
	h.settings.budget.user.rates[0] = (struct number_rate){ 2, 3600 };
	senders_route("first")->after_ms = SENDERS_NEVER;
	struct person p = RUN("gone");
	ck_assert_uint_eq(sends(), 2);
	ck_assert_ptr_nonnull(strstr(p.notes, "a send budget is used to 80 % or more"));
	house_close(&h);
}
END_TEST

/* What became of the old code is not said of the new one. */
START_TEST(a_new_code_has_no_old_news)
{
	open_house();
	h.settings.nroutes = 1;
	h.settings.code.lifetime_s = 30;
	senders_route("first")->reports = true;
	for (int i = 0; i < 4; i++)
		senders_route("first")->polls[i] = i < 3 ? RECEIPT_PENDING : RECEIPT_RECIPIENT;
	/* the report of failure comes at 16.3 s, the answer after the code's end */
	struct person p = RUN("think:40", "r", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_int_eq(senders_route("first")->started, 2);
	ck_assert_msg(strncmp(p.prompts[1], "Code sent to ...12", 18) == 0, "%s", p.prompts[1]);
	house_close(&h);
}
END_TEST

/* Who can hold the engine up (the caller of su, on a machine that he loads) must not make an outage of it, which a site may pass over. */
START_TEST(c4_a_starved_engine_is_no_outage)
{
	open_house();
	house_write_ms = 4850;
	RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_SYSTEM);
	ck_assert_int_eq(senders_started(), 0);
	ck_assert_uint_eq(sends(), 0);
	house_close(&h);
}
END_TEST

/* The user's waits are for who asks too often: what we did by ourselves neither sets nor clears them (B5), and an outage clears them. */
START_TEST(b5_refunds_touch_the_right_waits)
{
	struct record r;

	open_house();
	senders_route("first")->reports = true;
	senders_route("first")->polls[0] = RECEIPT_RECIPIENT;
	senders_route("second")->answer = RECEIPT_TEMPORARY;
	RUN("think:20", "gone");
	house_record(&h, &r);
	ck_assert_uint_eq(r.purse[0].sends_since_success, 1);
	ck_assert_int_ne(r.purse[0].last_send_wall_s, 0);
	house_close(&h);
	open_house();
	house_provider->answer = RECEIPT_TEMPORARY;
	RUN("gone");
	house_record(&h, &r);
	ck_assert_uint_eq(r.purse[0].sends_since_success, 0);
	ck_assert_int_eq(r.purse[0].last_send_wall_s, 0);
	house_close(&h);
}
END_TEST

/* r while a send of our own is under way: that one is ended and counted first. */
START_TEST(r_ends_what_is_under_way)
{
	open_house();
	senders_route("first")->reports = true;
	/* asked at 2, 5, 9.5, 16.3, 26.3 s */
	for (int i = 0; i < 5; i++)
		senders_route("first")->polls[i] = i < 4 ? RECEIPT_PENDING : RECEIPT_RECIPIENT;
	senders_route("second")->after_ms = SENDERS_NEVER;
	struct person p = RUN("think:31", "r", "gone");
	ck_assert(says(&p, 1, "Code sent to ...12"));
	ck_assert_int_eq(senders_route("second")->dropped, 1);
	ck_assert_int_eq(senders_route("first")->started, 2);
	ck_assert_uint_eq(outcome.sends, 3);
	ck_assert_uint_eq(sends(), 3);
	house_close(&h);
}
END_TEST

static void nothing_more_is_taken(void)
{
	if (senders_started() > 0)
		house_provider->answer = RECEIPT_TEMPORARY;
}

START_TEST(a_resend_that_fails_leaves_the_code_valid)
{
	open_house();
	house_at_order = nothing_more_is_taken;
	struct person p = RUN("wait:31", "r", "ok");
	ck_assert(says(&p, 1, "No SMS sent: no provider answered."));
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_close(&h);
}
END_TEST

START_TEST(a_question_under_way_ends_with_the_login)
{
	open_house();
	senders_route("first")->reports = true;
	senders_route("first")->poll_after_ms = SENDERS_NEVER;
	RUN("think:3", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_int_eq(senders_route("first")->polled, 1);
	ck_assert_int_eq(senders_route("first")->dropped, 1);
	house_close(&h);
}
END_TEST

static void nothing_more_is_known(void)
{
	if (senders_started() > 0)
		senders_route("first")->answer = RECEIPT_UNKNOWN;
}

/* Only the last message is asked about. */
START_TEST(an_older_message_is_not_asked_about)
{
	open_house();
	h.settings.nroutes = 1;
	senders_route("first")->reports = true;
	house_at_order = nothing_more_is_known;
	/* asked at 2, 5, 9.5, 16.3, 26.3 s; then it has another, of which nothing is known */
	RUN("think:31", "r", "think:60", "gone");
	ck_assert_int_eq(senders_route("first")->started, 2);
	ck_assert_int_eq(senders_route("first")->polled, 5);
	house_close(&h);
	open_house();
	senders_route("first")->reports = senders_route("caller")->reports = true;
	h.settings.nvoice = 1;
	RUN("think:31", "v", "think:60", "gone");
	ck_assert_int_eq(senders_route("first")->polled, 5);
	ck_assert_int_eq(senders_route("caller")->polled, 0);
	house_close(&h);
}
END_TEST

/* Who never answers holds his place until the end of the waiting, not longer, and nobody is asked about a dead code. */
START_TEST(a_silent_person_is_waited_for_once)
{
	open_house();
	senders_route("first")->reports = true;
	int64_t start = clock_boot_ms();
	struct person p = RUN("silent");
	check_end(VERDICT_DENY, TALK_REASON_NO_ANSWER);
	ck_assert_uint_eq(p.nprompts, 1);
	ck_assert_int_ge(clock_boot_ms() - start, TALK_ANSWER_MS);
	ck_assert_int_lt(clock_boot_ms() - start, TALK_ANSWER_MS + 5000);
	ck_assert_int_le(senders_route("first")->polled, 12);
	house_close(&h);
}
END_TEST

START_TEST(nothing_of_the_text_stays)
{
	static const struct dialogue_people people;
	struct dialogue dialogue;
	struct sending s = { .dialogue = &dialogue };

	dialogue_begin(&dialogue, &people, 3, 2);
	sending_begin(&s);
	memset(s.text, '7', sizeof s.text - 1);
	sending_close(&s);
	for (size_t i = 0; i < sizeof s.text; i++)
		ck_assert_int_eq(s.text[i], 0);
	sending_close(&s);
}
END_TEST

START_TEST(a_late_report_sends_nothing)
{
	open_house();
	h.settings.code.lifetime_s = 30;
	senders_route("first")->reports = true;
	for (int i = 0; i < 6; i++)
		senders_route("first")->polls[i] = i < 5 ? RECEIPT_PENDING : RECEIPT_RECIPIENT;
	RUN("think:80", "gone");
	ck_assert_int_eq(senders_started(), 1);
	ck_assert_int_le(senders_route("first")->polled, 5);
	house_close(&h);
}
END_TEST

START_TEST(r_goes_by_the_next_route_unless_the_first_delivered)
{
	open_house();
	RUN("wait:31", "r", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_str_eq(outcome.route, "second");
	house_close(&h);
	open_house();
	senders_route("first")->reports = true;
	senders_route("first")->polls[0] = RECEIPT_ACCEPTED;
	RUN("think:31", "r", "ok");
	ck_assert_str_eq(outcome.route, "first");
	ck_assert_int_eq(senders_route("second")->started, 0);
	house_close(&h);
	/* "delivered" is true of one message only */
	open_house();
	senders_route("first")->reports = true;
	senders_route("first")->polls[0] = RECEIPT_ACCEPTED;
	RUN("think:31", "r", "think:61", "r", "ok");
	ck_assert_str_eq(outcome.route, "second");
	house_close(&h);
	/* a call between them changes nothing */
	open_house();
	h.settings.nvoice = 1;
	RUN("wait:31", "v", "wait:61", "r", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_str_eq(outcome.route, "second");
	house_close(&h);
	/* each of three in its turn */
	open_house();
	h.settings.nroutes = 3;
	strcpy(h.settings.routes[2].name, "third");
	RUN("wait:31", "r", "wait:61", "r", "ok");
	ck_assert_str_eq(outcome.route, "third");
	house_close(&h);
	/* and a route that is alone has it again */
	open_house();
	h.settings.nroutes = 1;
	RUN("wait:31", "r", "ok");
	ck_assert_int_eq(senders_route("first")->started, 2);
	house_close(&h);
}
END_TEST

START_TEST(v_is_offered_where_there_is_a_call_and_calls)
{

	open_house();
	struct person p = RUN("v", "ok");
	ck_assert(!says(&p, 0, "v for a call"));
	ck_assert(says(&p, 1, "That was no code"));
	ck_assert_int_eq(senders_route("caller")->started, 0);
	house_close(&h);

	/* a call that would not reach this number */
	open_house();
	h.settings.nvoice = 1;
	h.settings.voice[0].nonly = 1;
	strcpy(h.settings.voice[0].only[0], "+1");
	p = RUN("v", "ok");
	ck_assert(!says(&p, 0, "v for a call"));
	ck_assert(says(&p, 1, "That was no code"));
	house_close(&h);

	open_house();
	h.settings.nvoice = 1;
	p = RUN("v", "wait:31", "v", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert(says(&p, 0, "Code, r to resend, or v for a call: "));
	/* the cool-down holds for calls as for messages (A7) */
	ck_assert(says(&p, 1, "Next SMS in "));
	ck_assert(says(&p, 2, "Calling ...12 (ref "));
	ck_assert_int_eq(senders_route("caller")->calls, 1);
	ck_assert_str_eq(outcome.route, "caller");
	ck_assert_uint_eq(outcome.sends, 2);
	house_close(&h);
}
END_TEST

START_TEST(a_call_counts_as_a_resend)
{
	open_house();
	h.settings.nvoice = 1;
	h.settings.code.resends = 1;
	struct person p = RUN("wait:31", "v", "wait:61", "v", "r", "gone");
	ck_assert_int_eq(senders_route("caller")->calls, 1);
	ck_assert(says(&p, 1, "Code: "));
	ck_assert(!says(&p, 1, "for a call"));
	ck_assert(says(&p, 2, "No more resends."));
	house_close(&h);
}
END_TEST

START_TEST(a_call_that_nobody_makes_is_given_back)
{
	open_house();
	h.settings.nvoice = 1;
	senders_route("caller")->answer = RECEIPT_REQUEST;
	struct person p = RUN("wait:31", "v", "gone");
	ck_assert(says(&p, 1, "No call made: no provider answered."));
	ck_assert_uint_eq(sends(), 1);
	/* a provider that cannot call can still send */
	ck_assert_int_eq(detour("caller"), DETOUR_NONE);
	house_close(&h);
	/* and the message that is sent again after it is a message */
	open_house();
	h.settings.nvoice = 1;
	senders_route("caller")->answer = RECEIPT_REQUEST;
	senders_route("first")->reports = true;
	for (int i = 0; i < 6; i++)
		senders_route("first")->polls[i] = i < 5 ? RECEIPT_PENDING : RECEIPT_RECIPIENT;
	RUN("think:31", "v", "think:20", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_str_eq(outcome.route, "second");
	ck_assert_int_eq(senders_route("second")->calls, 0);
	ck_assert_ptr_nonnull(strstr(senders_text, "is your code for"));
	house_close(&h);
}
END_TEST

START_TEST(only_sends_a_route_its_own_countries)
{
	open_house();
	h.settings.routes[0].nonly = 1;
	strcpy(h.settings.routes[0].only[0], "+1");
	RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_str_eq(outcome.route, "second");
	ck_assert_int_eq(senders_route("first")->started, 0);
	/* a number that no route serves is no outage: who may pass over outages must not get in by it (C4) */
	h.settings.routes[1].nonly = 1;
	strcpy(h.settings.routes[1].only[0], "+44");
	RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_NUMBER);
	ck_assert_uint_eq(sends(), 0);
	house_close(&h);
}
END_TEST

/* What goes out by a further route is charged like any other: many at once stay within the budget, and none is sent without a charge. */
START_TEST(b4_many_logins_by_two_routes_send_exactly_the_budget)
{
	open_house();
	h.settings.budget.user.rates[0] = (struct number_rate){ 7, 3600 };
	senders_route("first")->answer = RECEIPT_UNKNOWN;
	for (int i = 0; i < 60; i++) {
		pid_t pid = fork();
		ck_assert_int_ge(pid, 0);
		if (pid == 0) {
			/* the waits between sends are over for each */
			house_shift_ms += 1000 * i;
			RUN("bad", "gone");
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	ck_assert_int_le(house_provider->orders, 7);
	ck_assert_int_ge(house_provider->orders, 2);
	ck_assert_uint_eq(sends(), (uint32_t)house_provider->orders);
	house_close(&h);
}
END_TEST

START_TEST(the_memory_of_routes_is_no_condition)
{
	open_house();
	senders_route("first")->answer = RECEIPT_TEMPORARY;
	/* the writes of a login: the charge in site and user, the memory, the guess, the success */
	house_write_fails_at = 3;
	struct person p = RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_STATE);
	ck_assert_ptr_nonnull(strstr(p.notes, "failed routes are not remembered"));
	ck_assert_uint_eq(p.nprompts, 1);
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("sending");
	TCase *t = tcase_create("sending");
	tcase_add_test(t, the_second_login_of_an_outage_waits_for_nothing);
	tcase_add_test(t, what_is_a_routes_own_failure_is_remembered);
	tcase_add_test(t, all_routes_passed_over_are_still_tried);
	tcase_add_test(t, a_message_reported_as_failed_goes_by_the_next_route);
	tcase_add_test(t, a7_what_we_send_again_extends_the_validity);
	tcase_add_test(t, each_route_has_a_code_once_by_ourselves);
	tcase_add_test(t, b1_nothing_is_sent_again_when_the_budget_is_spent);
	tcase_add_test(t, b2_what_nobody_took_again_is_given_back);
	tcase_add_test(t, an_answer_ends_what_is_under_way);
	tcase_add_test(t, a_peer_that_stalls_makes_no_route_fail);
	tcase_add_test(t, no_route_is_begun_with_an_expired_code);
	tcase_add_test(t, b5_a_route_of_our_own_warns_at_80_percent);
	tcase_add_test(t, a_new_code_has_no_old_news);
	tcase_add_test(t, c4_a_starved_engine_is_no_outage);
	tcase_add_test(t, b5_refunds_touch_the_right_waits);
	tcase_add_test(t, r_ends_what_is_under_way);
	tcase_add_test(t, a_resend_that_fails_leaves_the_code_valid);
	tcase_add_test(t, a_question_under_way_ends_with_the_login);
	tcase_add_test(t, an_older_message_is_not_asked_about);
	tcase_add_test(t, a_silent_person_is_waited_for_once);
	tcase_add_test(t, nothing_of_the_text_stays);
	tcase_add_test(t, a_late_report_sends_nothing);
	tcase_add_test(t, r_goes_by_the_next_route_unless_the_first_delivered);
	tcase_add_test(t, v_is_offered_where_there_is_a_call_and_calls);
	tcase_add_test(t, a_call_counts_as_a_resend);
	tcase_add_test(t, a_call_that_nobody_makes_is_given_back);
	tcase_add_test(t, only_sends_a_route_its_own_countries);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, b4_many_logins_by_two_routes_send_exactly_the_budget);
	tcase_add_test(t, the_memory_of_routes_is_no_condition);
	suite_add_tcase(s, t);
	return s;
}
