/* The prompts while a code is out, in whole logins of a user with several numbers: all rooms are real but the providers and the
 * person, who are played in virtual time. */
#include "core/exchange.h"

#include <stdio.h>
#include <string.h>

#include "person.h"
#include "senders.h"
#include "unit.h"

#define FIRST "+491701234512"
#define SECOND "+491701234534"
#define THIRD "+491701234556"

static struct house h;
static struct verdict_outcome outcome;

#define RUN(...) person_run(&h, &outcome, (const char *const[]){ __VA_ARGS__, NULL })

/* "1 2 0": what had been sent to each number when the code was accepted. */
static char shares[16];

int __real_ledger_consume(const struct ledger *l, const struct challenge *ch,
	const struct ledger_guess *guess, struct ledger_grant *g, struct fault *f);
int __wrap_ledger_consume(const struct ledger *l, const struct challenge *ch,
	const struct ledger_guess *guess, struct ledger_grant *g, struct fault *f);
int __wrap_ledger_consume(const struct ledger *l, const struct challenge *ch,
	const struct ledger_guess *guess, struct ledger_grant *g, struct fault *f)
{
	uint32_t all = 0;

	shares[0] = '\0';
	for (size_t i = 0; i < l->numbers->n; i++) {
		snprintf(shares + strlen(shares), sizeof shares - strlen(shares), "%s%u",
			i > 0 ? " " : "", l->numbers->all[i].sent);
		all += l->numbers->all[i].sent;
	}
	ck_assert_uint_eq(all, guess->sends);
	return __real_ledger_consume(l, ch, guess, g, f);
}

/* Root has three numbers. */
static void open_house(void)
{
	house_open(&h);
	house_add_number(&h, SECOND);
	house_add_number(&h, THIRD);
}

static void check_end(enum verdict verdict, enum talk_reason reason)
{
	ck_assert_msg(outcome.verdict == verdict && outcome.reason == reason, "%s (%s)",
		verdict_reason_name(outcome.reason), outcome.fault.text);
}

static void check_accepted(void)
{
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
}

static bool says(const struct person *p, size_t prompt, const char *words)
{
	return prompt < p->nprompts && strstr(p->prompts[prompt], words) != NULL;
}

static uint32_t sends(void)
{
	struct record r;

	house_record(&h, &r);
	return meter_sum(&r.purse[0].sends[0]);
}

static uint32_t failures(void)
{
	struct record r;

	house_record(&h, &r);
	return meter_sum(&r.purse[0].failures);
}

/* The orders so far, in turn. */
static void check_numbers(const char *const *numbers, int n)
{
	ck_assert_int_eq(senders_started(), n);
	for (int i = 0; i < n; i++)
		ck_assert_msg(strcmp(senders_orders[i].number, numbers[i]) == 0, "order %d: %s", i,
			senders_orders[i].number);
}

#define ORDERS(...)                                                                                \
	check_numbers((const char *const[]){ __VA_ARGS__ },                                        \
		(int)(sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)))

START_TEST(one_number_has_no_menu)
{
	house_open(&h);
	struct person p = RUN("1", "2", "ok");
	check_accepted();
	ck_assert(says(&p, 0, "). Code, or r to resend: "));
	ck_assert(says(&p, 1, "That was no code (6 digits). "));
	ck_assert(says(&p, 2, "That was no code (6 digits). "));
	ORDERS(FIRST);
	house_close(&h);
}
END_TEST

START_TEST(the_default_comes_first)
{
	open_house();
	struct person p = RUN("ok");
	check_accepted();
	ck_assert(says(&p, 0, "Code sent to ...12 (ref "));
	ck_assert(says(&p, 0, "). Code, r to resend, 2 for ...34, or 3 for ...56: "));
	ORDERS(FIRST);
	house_close(&h);
}
END_TEST

START_TEST(a7_a_digit_sends_the_same_code_there)
{
	open_house();
	struct person p = RUN("wait:31", "2", "ok");
	check_accepted();
	ORDERS(FIRST, SECOND);
	ck_assert_str_eq(senders_orders[0].text, senders_orders[1].text);
	ck_assert(says(&p, 1, "Code sent to ...34 (ref "));
	/* the one that has the last code is not offered, and each keeps its digit */
	ck_assert(says(&p, 1, "). Code, r to resend, 1 for ...12, or 3 for ...56: "));
	ck_assert_uint_eq(outcome.sends, 2);
	ck_assert_ptr_nonnull(strstr(outcome.number, "..34"));
	/* B5: both sends are given back */
	ck_assert_uint_eq(sends(), 0);
	house_close(&h);
}
END_TEST

START_TEST(r_and_v_go_to_the_number_chosen_last)
{
	open_house();
	strcpy(h.settings.voice[0].name, "caller");
	h.settings.nvoice = 1;
	h.settings.code.resends = 4;
	h.settings.code.lifetime_s = 300;
	struct person p = RUN("wait:31", "2", "wait:61", "r", "wait:121", "v", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ORDERS(FIRST, SECOND, SECOND, SECOND);
	ck_assert_str_eq(shares, "1 3 0");
	ck_assert(senders_orders[3].call);
	ck_assert(says(&p, 3, "Calling ...34"));
	house_close(&h);
}
END_TEST

START_TEST(there_and_back)
{
	open_house();
	struct person p = RUN("wait:31", "3", "wait:61", "1", "ok");
	check_accepted();
	ORDERS(FIRST, THIRD, FIRST);
	ck_assert_str_eq(shares, "2 0 1");
	/* the resends are spent: nothing is offered any more */
	ck_assert(says(&p, 2, "Code sent to ...12 (ref "));
	ck_assert(says(&p, 2, "). Code: "));
	ck_assert_ptr_nonnull(strstr(outcome.number, "..12"));
	house_close(&h);
}
END_TEST

START_TEST(a6_a_digit_that_is_not_offered_is_no_answer)
{
	open_house();
	/* 1 has the code, 4 is nobody's, and none is a try */
	struct person p = RUN("1", "4", "0", "ok");
	check_accepted();
	for (size_t i = 1; i <= 3; i++)
		ck_assert(says(&p, i, "That was no code (6 digits). "));
	ORDERS(FIRST);
	ck_assert_uint_eq(outcome.tries, 1);
	/* three are borne */
	p = RUN("1", "1", "1", "1", "ok");
	check_end(VERDICT_DENY, TALK_REASON_NO_ANSWER);
	ck_assert_uint_eq(failures(), 0);
	house_close(&h);
}
END_TEST

START_TEST(a7_the_cool_down_holds_for_digits)
{
	open_house();
	struct person p = RUN("2", "wait:31", "2", "ok");
	check_accepted();
	ck_assert(says(&p, 1, "Next SMS in "));
	ck_assert(says(&p, 2, "Code sent to ...34"));
	ORDERS(FIRST, SECOND);
	house_close(&h);
}
END_TEST

START_TEST(who_must_wait_has_chosen_nothing_yet)
{
	open_house();
	RUN("2", "wait:31", "r", "ok");
	check_accepted();
	ORDERS(FIRST, FIRST);
	ck_assert_ptr_nonnull(strstr(outcome.number, "..12"));
	house_close(&h);
}
END_TEST

START_TEST(a7_digits_are_bounded_by_the_resends)
{
	open_house();
	struct person p = RUN("wait:31", "2", "wait:61", "3", "wait:80", "1", "gone");
	ORDERS(FIRST, SECOND, THIRD);
	ck_assert(says(&p, 3, "That was no code (6 digits). "));
	ck_assert_uint_eq(sends(), 3);
	house_close(&h);
}
END_TEST

START_TEST(b5_digits_are_bounded_by_the_budget)
{
	open_house();
	h.settings.budget.user.rates[0].count = 1;
	struct person p = RUN("wait:31", "2", "ok");
	check_accepted();
	ck_assert(says(&p, 1, "No more resends. "));
	ORDERS(FIRST);
	house_close(&h);
}
END_TEST

START_TEST(a7_a_digit_extends_validity)
{
	open_house();
	RUN("wait:31", "2", "wait:89", "ok");
	check_accepted();
	house_close(&h);
}
END_TEST

START_TEST(a7_never_past_600_s_in_all)
{
	open_house();
	h.settings.code.lifetime_s = 300;
	struct person p = RUN("wait:290", "2", "wait:290", "3", "wait:19", "bad", "wait:1", "ok", "gone");
	ORDERS(FIRST, SECOND, THIRD);
	ck_assert(says(&p, 3, "Wrong code, 2 tries left. "));
	ck_assert(says(&p, 4, "That code has expired (not counted). "));
	house_close(&h);
}
END_TEST

START_TEST(a_wrong_code_leaves_the_menu_open)
{
	open_house();
	struct person p = RUN("bad", "wait:31", "2", "bad", "ok");
	check_accepted();
	ck_assert(says(&p, 1, "Wrong code, 2 tries left. "));
	ck_assert(says(&p, 2, "Code sent to ...34"));
	/* A7: no failure is forgotten */
	ck_assert(says(&p, 3, "Wrong code, 1 try left. "));
	ORDERS(FIRST, SECOND);
	house_close(&h);
}
END_TEST

START_TEST(after_expiry_a_digit_brings_a_new_code_there)
{
	open_house();
	struct person p = RUN("wait:100", "ok", "2", "ok");
	check_accepted();
	ck_assert(says(&p, 1, "Enter for a new one, 2 for ...34, or 3 for ...56: "));
	ck_assert(says(&p, 2, "Code sent to ...34"));
	ORDERS(FIRST, SECOND);
	ck_assert_str_ne(senders_orders[0].text, senders_orders[1].text);
	/* also where nobody has said yet that it has expired */
	RUN("wait:100", "3", "ok");
	check_accepted();
	ck_assert_str_eq(senders_orders[3].number, THIRD);
	ck_assert_str_ne(senders_orders[2].text, senders_orders[3].text);
	house_close(&h);
}
END_TEST

START_TEST(after_expiry_enter_stays_with_the_number_chosen_last)
{
	open_house();
	RUN("wait:31", "2", "wait:100", "ok", "", "ok");
	check_accepted();
	ORDERS(FIRST, SECOND, SECOND);
	house_close(&h);
}
END_TEST

START_TEST(a_number_that_is_refused_is_not_in_use)
{
	open_house();
	senders_refuse[0] = SECOND;
	struct person p = RUN("wait:31", "2", "wait:61", "r", "ok");
	check_accepted();
	ck_assert(says(&p, 1, "No SMS sent: "));
	ck_assert(says(&p, 2, "Code sent to ...12"));
	ck_assert_ptr_nonnull(strstr(outcome.number, "..12"));
	/* B2: what was not taken cost nothing */
	ck_assert_str_eq(shares, "2 0 0");
	ck_assert_uint_eq(outcome.sends, 2);
	ck_assert_uint_eq(sends(), 0);
	house_close(&h);
}
END_TEST

START_TEST(a_refused_default_gives_way_to_the_next)
{
	open_house();
	senders_refuse[0] = FIRST;
	struct person p = RUN("ok");
	check_accepted();
	ck_assert(says(&p, 0, "Code sent to ...34 (ref "));
	ck_assert(says(&p, 0, "). Code, r to resend, or 3 for ...56: "));
	ck_assert_ptr_nonnull(strstr(outcome.number, "..34"));
	ck_assert_uint_eq(sends(), 0);
	house_close(&h);
}
END_TEST

START_TEST(a_call_that_is_refused_gives_no_number_up)
{
	open_house();
	strcpy(h.settings.voice[0].name, "caller");
	h.settings.nvoice = 1;
	snprintf(h.settings.confirm[0], sizeof h.settings.confirm[0], "%s", h.facts.service);
	h.settings.nconfirm = 1;
	senders_refuse[0] = FIRST;
	RUN("v", "ok");
	check_end(VERDICT_DENY, TALK_REASON_NUMBER);
	ORDERS(FIRST);
	house_close(&h);
}
END_TEST

START_TEST(when_all_are_refused_the_login_is)
{
	house_open(&h);
	house_add_number(&h, SECOND);
	senders_refuse[0] = FIRST;
	senders_refuse[1] = SECOND;
	struct person p = RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_NUMBER);
	ck_assert_uint_eq(p.nprompts, 0);
	ck_assert_uint_eq(sends(), 0);
	house_close(&h);
}
END_TEST

START_TEST(an_outage_tries_no_other_number)
{
	open_house();
	house_provider->answer = RECEIPT_TEMPORARY;
	struct person p = RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_OUTAGE);
	ck_assert_uint_eq(p.nprompts, 0);
	for (int i = 0; i < senders_started(); i++)
		ck_assert_str_eq(senders_orders[i].number, FIRST);
	house_close(&h);
}
END_TEST

START_TEST(g3_only_allowed_and_served_numbers_are_offered)
{
	house_open(&h);
	house_add_number(&h, "+431701234534"); /* outside numbers.prefixes */
	house_add_number(&h, THIRD);
	house_add_number(&h, "+4917099999978"); /* of no route */
	for (size_t i = 0; i < h.settings.nroutes; i++) {
		strcpy(h.settings.routes[i].only[0], "+4917012");
		h.settings.routes[i].nonly = 1;
	}
	struct person p = RUN("2", "4", "wait:31", "3", "ok");
	check_accepted();
	ck_assert(says(&p, 0, "). Code, r to resend, or 3 for ...56: "));
	ORDERS(FIRST, THIRD);
	house_close(&h);
}
END_TEST

START_TEST(g3_a_forbidden_default_gives_way)
{
	house_open(&h);
	house_add_number(&h, "+431701234534");
	strcpy(h.settings.prefixes[0], "+43");
	struct person p = RUN("1", "ok");
	check_accepted();
	ck_assert(says(&p, 0, "Code sent to ...34 (ref "));
	ck_assert(says(&p, 0, "). Code, or r to resend: "));
	ORDERS("+431701234534");
	strcpy(h.settings.prefixes[0], "+44");
	RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_NUMBER);
	house_close(&h);
}
END_TEST

START_TEST(the_first_message_goes_where_the_confirmation_says)
{
	open_house();
	snprintf(h.settings.confirm[0], sizeof h.settings.confirm[0], "%s", h.facts.service);
	h.settings.nconfirm = 1;
	struct person p = RUN("1", "2", "ok");
	check_accepted();
	ck_assert_str_eq(p.prompts[0],
		"Press Enter to get a code by SMS, 2 for ...34, or 3 for ...56: ");
	ck_assert(says(&p, 1, "That was no such code. "));
	ck_assert(says(&p, 2, "Code sent to ...34"));
	ORDERS(SECOND);
	/* Enter: the default */
	RUN("", "ok");
	check_accepted();
	ck_assert_str_eq(senders_orders[1].number, FIRST);
	house_close(&h);
}
END_TEST

enum { TWO_DAYS_MS = 2 * 86400 * 1000 };

START_TEST(the_first_message_goes_where_the_wait_says)
{
	open_house();
	h.settings.budget.user.rates[0].count = h.settings.budget.user.rates[1].count = 30;
	for (int i = 0; i < 2; i++)
		RUN("gone");
	struct person p = RUN("wait:31", "3", "ok");
	check_accepted();
	ck_assert(says(&p, 0, "Next SMS in "));
	ck_assert(says(&p, 0, "Enter then to get a code, 2 for ...34, or 3 for ...56: "));
	ORDERS(FIRST, FIRST, THIRD);
	house_shift_ms += TWO_DAYS_MS; /* codes that nobody answered are forgotten */
	/* too early: chosen all the same, since nothing is out yet */
	for (int i = 0; i < 2; i++)
		RUN("gone");
	p = RUN("2", "wait:241", "", "ok");
	check_accepted();
	ck_assert(says(&p, 1, "Enter then to get a code, 1 for ...12, or 3 for ...56: "));
	ck_assert_str_eq(senders_orders[senders_started() - 1].number, SECOND);
	house_shift_ms += TWO_DAYS_MS;
	/* without resends as well: none is used up */
	h.settings.code.resends = 0;
	for (int i = 0; i < 2; i++)
		RUN("gone");
	p = RUN("wait:241", "2", "ok");
	check_accepted();
	ck_assert(says(&p, 1, "Code sent to ...34"));
	ck_assert(says(&p, 1, "). Code: "));
	house_close(&h);
}
END_TEST

START_TEST(no_menu_where_something_else_is_asked_for)
{
	open_house();
	struct state_change ch;
	struct fault f = FAULT_INIT;
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ch.user.offline.recovery[0].state = RECORD_RECOVERY_UNUSED;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	struct person p = RUN("wait:31", "b", "2", "wait:31", "2", "ok");
	check_accepted();
	ck_assert_str_eq(p.prompts[1], "Recovery code: ");
	/* not there, and again behind it */
	ck_assert(says(&p, 2, "That was no code (6 digits). "));
	ck_assert(says(&p, 3, "Code sent to ...34"));
	house_provider->answer = RECEIPT_TEMPORARY;
	p = RUN("2", "gone");
	ck_assert_str_eq(p.prompts[0], "No SMS sent: no provider answered. Recovery code: ");
	ck_assert_uint_eq(p.nprompts, 2);
	ck_assert(says(&p, 1, "That was no such code. "));
	house_close(&h);
}
END_TEST

/* A report about the number before must not send to the number after, nor the other way round. */
START_TEST(what_was_not_delivered_is_sent_again_to_the_number_in_use)
{
	open_house();
	senders_route("first")->reports = true;
	for (int i = 0; i < SENDERS_POLLS; i++)
		senders_route("first")->polls[i] = RECEIPT_PENDING;
	senders_route("first")->polls[2] = RECEIPT_RECIPIENT;
	struct person p = RUN("wait:31", "2", "think:60", "bad", "ok");
	check_accepted();
	ck_assert_int_ge(senders_started(), 3);
	for (int i = 1; i < senders_started(); i++)
		ck_assert_str_eq(senders_orders[i].number, SECOND);
	ck_assert(says(&p, 2, "The SMS could not be delivered and was sent again. "));
	house_close(&h);
}
END_TEST

/* A send of our own is under way when another number is chosen: it belongs to the one before. */
START_TEST(what_is_under_way_is_counted_where_it_went)
{
	open_house();
	h.settings.code.cooldown_s = 1;
	senders_route("first")->reports = true;
	senders_route("first")->polls[0] = RECEIPT_RECIPIENT;
	senders_route("second")->after_ms = SENDERS_NEVER;
	RUN("think:4", "2", "ok");
	check_accepted();
	ORDERS(FIRST, FIRST, SECOND);
	ck_assert_str_eq(shares, "2 1 0");
	ck_assert_uint_eq(sends(), 0);
	house_close(&h);
}
END_TEST

/* A number that was chosen in vain leaves no trace in what happens with the one before. */
START_TEST(after_a_vain_choice_all_is_as_before)
{
	open_house();
	h.settings.code.cooldown_s = 1;
	strcpy(h.settings.routes[1].only[0], FIRST);
	h.settings.routes[1].nonly = 1;
	senders_route("first")->reports = true;
	senders_route("first")->polls[0] = RECEIPT_PENDING;
	senders_route("first")->polls[1] = RECEIPT_RECIPIENT;
	senders_refuse[0] = SECOND;
	/* the report of the first message is still heard, and the other route taken */
	struct person p = RUN("think:3", "2", "think:20", "bad", "ok");
	check_accepted();
	ORDERS(FIRST, SECOND, FIRST);
	ck_assert(says(&p, 2, "The SMS could not be delivered and was sent again. Wrong code"));
	ck_assert_str_eq(outcome.route, "second");
	house_close(&h);
	/* no route has it twice by ourselves */
	open_house();
	h.settings.code.cooldown_s = 1;
	senders_route("first")->answer = RECEIPT_TEMPORARY;
	senders_route("second")->reports = true;
	senders_route("second")->polls[0] = RECEIPT_PENDING;
	senders_route("second")->polls[1] = RECEIPT_RECIPIENT;
	senders_refuse[0] = SECOND;
	p = RUN("think:3", "2", "think:20", "bad", "ok");
	check_accepted();
	ck_assert(says(&p, 2, "The SMS could not be delivered. Wrong code"));
	ck_assert_str_eq(senders_orders[senders_started() - 1].number, SECOND);
	house_close(&h);
	/* a resend goes by the next route while nothing is known of the first */
	open_house();
	h.settings.code.cooldown_s = 1;
	senders_refuse[0] = SECOND;
	RUN("wait:2", "2", "wait:61", "r", "ok");
	check_accepted();
	ck_assert_str_eq(outcome.route, "second");
	house_close(&h);
	/* and by the same where it was delivered */
	open_house();
	h.settings.code.cooldown_s = 1;
	senders_route("first")->reports = true;
	senders_route("first")->polls[0] = RECEIPT_ACCEPTED;
	senders_refuse[0] = SECOND;
	RUN("think:4", "2", "wait:61", "r", "ok");
	check_accepted();
	ck_assert_str_eq(outcome.route, "first");
	house_close(&h);
}
END_TEST

START_TEST(d9_a_record_that_cannot_be_written_ends_it)
{
	open_house();
	house_write_fails_at = 3; /* site and user for the first */
	struct person p = RUN("wait:31", "2", "ok");
	check_end(VERDICT_DENY, TALK_REASON_STATE);
	ck_assert_uint_eq(p.nprompts, 1);
	ORDERS(FIRST);
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("exchange");
	TCase *t = tcase_create("exchange");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, one_number_has_no_menu);
	tcase_add_test(t, the_default_comes_first);
	tcase_add_test(t, a7_a_digit_sends_the_same_code_there);
	tcase_add_test(t, r_and_v_go_to_the_number_chosen_last);
	tcase_add_test(t, there_and_back);
	tcase_add_test(t, a6_a_digit_that_is_not_offered_is_no_answer);
	tcase_add_test(t, a7_the_cool_down_holds_for_digits);
	tcase_add_test(t, who_must_wait_has_chosen_nothing_yet);
	tcase_add_test(t, a7_digits_are_bounded_by_the_resends);
	tcase_add_test(t, b5_digits_are_bounded_by_the_budget);
	tcase_add_test(t, a7_a_digit_extends_validity);
	tcase_add_test(t, a7_never_past_600_s_in_all);
	tcase_add_test(t, a_wrong_code_leaves_the_menu_open);
	tcase_add_test(t, after_expiry_a_digit_brings_a_new_code_there);
	tcase_add_test(t, after_expiry_enter_stays_with_the_number_chosen_last);
	tcase_add_test(t, a_number_that_is_refused_is_not_in_use);
	tcase_add_test(t, a_refused_default_gives_way_to_the_next);
	tcase_add_test(t, a_call_that_is_refused_gives_no_number_up);
	tcase_add_test(t, when_all_are_refused_the_login_is);
	tcase_add_test(t, an_outage_tries_no_other_number);
	tcase_add_test(t, g3_only_allowed_and_served_numbers_are_offered);
	tcase_add_test(t, g3_a_forbidden_default_gives_way);
	tcase_add_test(t, the_first_message_goes_where_the_confirmation_says);
	tcase_add_test(t, the_first_message_goes_where_the_wait_says);
	tcase_add_test(t, no_menu_where_something_else_is_asked_for);
	tcase_add_test(t, what_was_not_delivered_is_sent_again_to_the_number_in_use);
	tcase_add_test(t, what_is_under_way_is_counted_where_it_went);
	tcase_add_test(t, after_a_vain_choice_all_is_as_before);
	tcase_add_test(t, d9_a_record_that_cannot_be_written_ends_it);
	suite_add_tcase(s, t);
	return s;
}
