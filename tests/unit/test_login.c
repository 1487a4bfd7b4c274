/* The story of a login, with all rooms real but the provider (a function) and the person (a script). */
#include "core/login.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/language.h"
#include "house.h"
#include "person.h"
#include "unit.h"

static struct house h;
static struct verdict_outcome outcome;

#define RUN(...) person_run(&h, &outcome, (const char *const[]){ __VA_ARGS__, NULL })

static void check_end(enum verdict verdict, enum talk_reason reason)
{
	ck_assert_msg(outcome.verdict == verdict && outcome.reason == reason, "%s (%s)",
		verdict_reason_name(outcome.reason), outcome.fault.text);
}

static struct record record_now(void)
{
	struct record r;

	house_record(&h, &r);
	return r;
}

static uint32_t failures(void)
{
	struct record r = record_now();

	return meter_sum(&r.purse[0].failures);
}

static uint32_t sends(void)
{
	struct record r = record_now();

	return meter_sum(&r.purse[0].sends[0]);
}

static int live(void)
{
	struct record r = record_now();
	int n = 0;

	for (int i = 0; i < RECORD_CHALLENGES; i++)
		n += r.challenges[i].gone_boot_ms != 0;
	return n;
}

START_TEST(right_code_lets_in_and_costs_nothing)
{
	house_open(&h);
	struct person p = RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_uint_eq(p.nprompts, 1);
	ck_assert_str_eq(house_provider->number, "+491701234512");
	ck_assert_ptr_nonnull(strstr(p.prompts[0], "Code sent to ...12 (ref "));
	ck_assert_ptr_nonnull(strstr(p.prompts[0], outcome.tag));
	ck_assert_ptr_nonnull(strstr(house_provider->text, outcome.tag));
	/* B2, B5: the guess and the send are given back */
	ck_assert_uint_eq(failures(), 0);
	ck_assert_uint_eq(sends(), 0);
	ck_assert_int_eq(live(), 0);
	house_close(&h);
}
END_TEST

/* The words of every language but English; NONE: nobody has chosen one. */
static void speak(enum language own, enum language service, const char *site)
{
	static char folder[4096];
	struct directory_entry e;
	struct fault f = FAULT_INIT;
	const char *top = getenv("top_builddir");

	if (top)
		snprintf(folder, sizeof folder, "%s/po/locale", top);
	else
		ck_assert_ptr_nonnull(realpath("po/locale", folder));
	house_open(&h);
	language_folder(folder);
	ck_assert_int_eq(directory_find(&h.directory, &h.account, &e, &f), 0);
	e.language = own;
	ck_assert_int_eq(directory_store(&h.directory, &e, &f), 0);
	h.facts.language = service;
	snprintf(h.settings.language, sizeof h.settings.language, "%s", site);
}

START_TEST(the_users_language_is_spoken)
{
	static const struct {
		enum language own, service;
		const char *site, *prompt, *sms;
	} cases[] = {
		{ LANGUAGE_DE, LANGUAGE_FR, "es", "Code an ...12 gesendet (Ref. ", "ist Ihr Code" },
		{ LANGUAGE_NONE, LANGUAGE_FR, "es", "Code envoy\xc3\xa9 au ...12", "est votre code" },
		{ LANGUAGE_NONE, LANGUAGE_NONE, "es", "C\xc3\xb3" "digo enviado al ...12", "es su clave" },
		{ LANGUAGE_NONE, LANGUAGE_NONE, "en", "Code sent to ...12", "is your code" },
		{ LANGUAGE_EN, LANGUAGE_FR, "es", "Code sent to ...12", "is your code" },
		{ LANGUAGE_PT, LANGUAGE_NONE, "en", "C\xc3\xb3" "digo enviado para ...12", "\xc3\xa9 o seu PIN" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		speak(cases[i].own, cases[i].service, cases[i].site);
		struct person p = RUN("ok");
		check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
		ck_assert_msg(strstr(p.prompts[0], cases[i].prompt) != NULL, "%s", p.prompts[0]);
		ck_assert_msg(strstr(house_provider->text, cases[i].sms) != NULL, "%s", house_provider->text);
		ck_assert_ptr_nonnull(strstr(p.prompts[0], outcome.tag));
		ck_assert_ptr_nonnull(strstr(house_provider->text, outcome.tag));
		house_close(&h);
	}
}
END_TEST

START_TEST(a_refusal_is_in_the_users_language)
{
	speak(LANGUAGE_DE, LANGUAGE_NONE, "en");
	h.settings.lockout.failures = 3;
	struct person p = RUN("bad", "bad", "bad");
	ck_assert_ptr_nonnull(strstr(p.prompts[1], "Falscher Code, noch 2 Versuche. "));
	ck_assert_ptr_nonnull(strstr(p.prompts[2], "Falscher Code, noch 1 Versuch. "));
	p = RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_LOCKED);
	ck_assert_ptr_nonnull(strstr(p.told, "Nach falschen Codes bis "));
	house_close(&h);
}
END_TEST

START_TEST(without_catalogues_a_login_goes_on_in_english)
{
	speak(LANGUAGE_DE, LANGUAGE_NONE, "en");
	language_folder("/nonexistent");
	struct person p = RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_ptr_nonnull(strstr(p.prompts[0], "Code sent to ...12"));
	ck_assert_ptr_nonnull(strstr(p.notes, "no de, English is spoken: /nonexistent"));
	house_close(&h);
}
END_TEST

START_TEST(a_services_codes_are_bound_to_its_host)
{
	char line[64];

	speak(LANGUAGE_DE, LANGUAGE_NONE, "en");
	h.settings.norigins = 1;
	strcpy(h.settings.origins[0].service, h.facts.service);
	strcpy(h.settings.origins[0].host, "host.example.org");
	RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	snprintf(line, sizeof line, "\n@host.example.org #%.6s", house_provider->text);
	const char *last = strrchr(house_provider->text, '\n');
	ck_assert_msg(last && strcmp(last, line) == 0, "%s", house_provider->text);
	ck_assert_ptr_nonnull(strstr(house_provider->text, "Nie weitersagen."));
	strcpy(h.settings.origins[0].service, "cockpit");
	RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_ptr_null(strchr(house_provider->text, '\n'));
	house_close(&h);
}
END_TEST

START_TEST(a8_three_wrong_codes_void_it)
{
	house_open(&h);
	struct person p = RUN("bad", "bad", "bad", "ok");
	check_end(VERDICT_DENY, TALK_REASON_WRONG);
	ck_assert_uint_eq(p.nprompts, 3);
	ck_assert_ptr_nonnull(strstr(p.prompts[1], "Wrong code, 2 tries left."));
	ck_assert_ptr_nonnull(strstr(p.prompts[2], "Wrong code, 1 try left."));
	ck_assert_uint_eq(failures(), 3);
	ck_assert_uint_eq(sends(), 1);
	ck_assert_int_eq(live(), 0);
	RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	/* B3: the success gives back its own guess only */
	ck_assert_uint_eq(failures(), 3);
	house_close(&h);
}
END_TEST

START_TEST(right_on_the_last_try)
{
	house_open(&h);
	RUN("bad", "bad", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_uint_eq(failures(), 2);
	house_close(&h);
}
END_TEST

START_TEST(a2_right_but_late_is_told_and_not_counted)
{
	char first[7], second[7];

	house_open(&h);
	struct person p = RUN("wait:89", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	p = RUN("wait:600", "ok", "gone");
	ck_assert_ptr_nonnull(strstr(p.prompts[1], "That code has expired (not counted). Enter for a new one: "));
	check_end(VERDICT_DENY, TALK_REASON_CONVERSATION);
	ck_assert_uint_eq(failures(), 0);
	/* Enter brings a new code, which works; the old one does not */
	p = RUN("wait:90", "ok", "", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_code(first);
	RUN("wait:90", "ok", "", first, "bad", "bad");
	house_code(second);
	ck_assert_str_ne(first, second);
	check_end(VERDICT_DENY, TALK_REASON_WRONG);
	house_close(&h);
}
END_TEST

START_TEST(late_and_wrong_is_wrong)
{
	house_open(&h);
	RUN("wait:90", "bad", "bad", "bad");
	check_end(VERDICT_DENY, TALK_REASON_WRONG);
	ck_assert_uint_eq(failures(), 3);
	house_close(&h);
}
END_TEST

START_TEST(a4_a_code_of_another_conversation_is_a_failure)
{
	char other[7], again[7];

	house_open(&h);
	RUN("gone");
	house_code(other);
	do { /* one chance in a million that both are alike */
		RUN("wait:300", "gone");
		house_code(again);
	} while (strcmp(other, again) == 0);
	RUN("wait:300", other, "gone");
	check_end(VERDICT_DENY, TALK_REASON_CONVERSATION);
	ck_assert_uint_eq(failures(), 1);
	house_close(&h);
}
END_TEST

START_TEST(a7_resend_waits_and_resets_no_count)
{
	house_open(&h);
	struct person p = RUN("r", "bad", "wait:31", "r", "bad", "bad");
	ck_assert_ptr_nonnull(strstr(p.prompts[1], "Next SMS in "));
	ck_assert_ptr_nonnull(strstr(p.prompts[3], "Code sent to ...12"));
	check_end(VERDICT_DENY, TALK_REASON_WRONG);
	ck_assert_uint_eq(outcome.sends, 2);
	ck_assert_uint_eq(failures(), 3);
	ck_assert_uint_eq(record_now().purse[0].consecutive, 3);
	house_close(&h);
}
END_TEST

START_TEST(a7_resent_code_is_the_same_and_valid_longer)
{
	house_open(&h);
	/* valid 90 s from the second sending: right at 31 + 89 s */
	struct person p = RUN("wait:31", "r", "wait:89", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_uint_eq(p.nprompts, 2);
	house_close(&h);
}
END_TEST

START_TEST(resends_are_bounded)
{
	house_open(&h);
	struct person p = RUN("wait:31", "r", "wait:61", "r", "wait:80", "r", "gone");
	ck_assert_uint_eq(outcome.sends, 3);
	ck_assert_ptr_null(strstr(p.prompts[2], "r to resend"));
	ck_assert_ptr_nonnull(strstr(p.prompts[3], "No more resends."));
	ck_assert_uint_eq(sends(), 3);
	house_close(&h);
}
END_TEST

START_TEST(a6_non_answers_are_no_guesses_and_end)
{
	house_open(&h);
	struct person p = RUN("x", "big", "", "12345", "ok");
	check_end(VERDICT_DENY, TALK_REASON_NO_ANSWER);
	ck_assert_uint_eq(p.nprompts, 4);
	ck_assert_uint_eq(failures(), 0);
	ck_assert_uint_eq(outcome.tries, 0);
	house_close(&h);
}
END_TEST

START_TEST(a6_prompts_are_bounded)
{
	house_open(&h);
	/* tries + resends + 4 = 9 at the most, whatever is typed */
	struct person p = RUN("bad", "x", "wait:31", "r", "x", "wait:61", "r", "bad", "x", "x", "x", "x", "x");
	ck_assert_int_eq(outcome.verdict, VERDICT_DENY);
	ck_assert_uint_le(p.nprompts, 9);
	house_close(&h);
}
END_TEST

static int is_marked(void)
{
	struct site s;

	house_site(&h, &s);
	return site_is_one_field(&s, "sshd");
}

static struct person run_as(const char *user, const char *first, const char *second)
{
	strcpy(h.facts.user, user);
	house_shift_ms += 240 * 1000;
	return RUN(first, second);
}

START_TEST(d3_three_in_a_row_by_two_users_mark_the_service)
{
	static const char *const failures_of[] = { "pw", "fail" };

	for (size_t i = 0; i < 2; i++) {
		const char *word = failures_of[i];
		house_open(&h);
		house_enroll(&h, "daemon");
		run_as("root", word, NULL);
		ck_assert_int_eq(outcome.verdict, VERDICT_DENY);
		check_end(VERDICT_DENY, i == 0 ? TALK_REASON_ONE_FIELD : TALK_REASON_CONVERSATION);
		ck_assert_uint_eq(failures(), 0);
		run_as("root", word, NULL);
		ck_assert(!is_marked());
		struct person p = run_as("daemon", word, NULL);
		ck_assert(is_marked());
		ck_assert_ptr_nonnull(strstr(p.noted, "sshd"));
		ck_assert_ptr_nonnull(strstr(p.noted, "--two-prompts"));
		int before = house_provider->orders;
		run_as("root", "ok", NULL);
		check_end(VERDICT_DENY, TALK_REASON_ONE_FIELD);
		ck_assert_int_eq(house_provider->orders, before);
		house_close(&h);
	}
}
END_TEST

START_TEST(d3_one_user_alone_marks_nothing)
{
	house_open(&h);
	for (int i = 0; i < 4; i++)
		run_as("root", "pw", NULL);
	ck_assert(!is_marked());
	house_close(&h);
}
END_TEST

START_TEST(d3_only_a_first_prompt_after_a_password_counts)
{
	house_open(&h);
	house_enroll(&h, "daemon");
	/* an answer of its own before: this host can prompt twice */
	run_as("root", "bad", "fail");
	run_as("root", "bad", "pw");
	run_as("daemon", "bad", "fail");
	ck_assert(!is_marked());
	/* no password was taken: a public key came before us */
	h.facts.password_taken = false;
	run_as("root", "fail", NULL);
	run_as("daemon", "fail", NULL);
	run_as("daemon", "fail", NULL);
	ck_assert(!is_marked());
	house_close(&h);
}
END_TEST

START_TEST(d3_a_marked_service_gets_no_sends)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	house_open(&h);
	ck_assert_int_eq(state_begin(&h.state, STATE_SITE, NULL, &ch, &f), 0);
	for (uint32_t uid = 1; uid <= 3; uid++)
		site_note_one_field(&ch.site, "sshd", uid);
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_ONE_FIELD);
	ck_assert_int_eq(house_provider->orders, 0);
	strcpy(h.facts.service, "sudo");
	RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_close(&h);
}
END_TEST

START_TEST(d3_a_service_that_has_worked_is_never_marked)
{
	struct site s;

	house_open(&h);
	RUN("ok");
	h.settings.budget.user.rates[0].count = h.settings.budget.user.rates[1].count = 100;
	for (int i = 0; i < 4; i++) {
		house_shift_ms += 13 * 3600 * 1000; /* three in a day would be paused */
		RUN("fail");
		check_end(VERDICT_DENY, TALK_REASON_CONVERSATION);
	}
	house_site(&h, &s);
	ck_assert(!site_is_one_field(&s, "sshd"));
	house_close(&h);
}
END_TEST

START_TEST(d10_a_failing_conversation_ends_the_call)
{
	house_open(&h);
	struct person p = RUN("fail", "ok");
	check_end(VERDICT_DENY, TALK_REASON_CONVERSATION);
	ck_assert_uint_eq(p.nprompts, 1);
	ck_assert_int_eq(house_provider->orders, 1);
	ck_assert_int_eq(live(), 0);
	house_close(&h);
}
END_TEST

START_TEST(b1_the_send_is_charged_though_the_client_goes)
{
	house_open(&h);
	RUN("gone");
	check_end(VERDICT_DENY, TALK_REASON_CONVERSATION);
	ck_assert_uint_eq(sends(), 1);
	ck_assert_int_eq(live(), 0);
	house_close(&h);
}
END_TEST

START_TEST(d5_abandoned_prompts_never_exceed_the_budget)
{
	house_open(&h);
	for (int i = 0; i < 20; i++) {
		house_shift_ms += 241 * 1000;
		RUN("gone");
	}
	/* 20 x 241 s are 80 minutes: 5 in the first hour, and the budget's window slides */
	ck_assert_int_le(house_provider->orders, 10);
	ck_assert_int_ge(house_provider->orders, 5);
	check_end(VERDICT_DENY, outcome.reason);
	house_close(&h);
}
END_TEST

START_TEST(d9_a_spent_budget_is_told)
{
	house_open(&h);
	for (int i = 0; i < 5; i++) {
		house_shift_ms += 241 * 1000;
		RUN("bad", "gone");
	}
	house_shift_ms += 241 * 1000;
	struct person p = RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_BUDGET);
	ck_assert_int_eq(house_provider->orders, 5);
	ck_assert(!outcome.pause);
	ck_assert_str_eq(p.noted, "a send budget is spent: budget.user");
	ck_assert_ptr_nonnull(strstr(p.told, "No more SMS until "));
	house_close(&h);
}
END_TEST

START_TEST(b5_who_must_wait_is_told_the_seconds)
{
	house_open(&h);
	RUN("gone");
	RUN("gone");
	struct person p = RUN("wait:31", "", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_ptr_nonnull(strstr(p.prompts[0], "Next SMS in "));
	RUN("gone");
	RUN("gone");
	RUN("ok"); /* not Enter */
	check_end(VERDICT_DENY, TALK_REASON_BUDGET);
	house_close(&h);
}
END_TEST

/* A login that must wait for its SMS, up to the prompt that says so. */
static void begin_to_wait(void)
{
	house_open(&h);
	h.settings.budget.user.rates[0].count = h.settings.budget.user.rates[1].count = 100;
	RUN("gone");
	RUN("gone");
}

START_TEST(b5_a_wait_takes_enter_and_ends_after_a_few)
{
	begin_to_wait();
	int before = house_provider->orders;
	/* too early: asked again, and no more often than non-answers are borne */
	struct person p = RUN("", "", "", "", "");
	check_end(VERDICT_DENY, TALK_REASON_BUDGET);
	ck_assert_uint_eq(p.nprompts, 4);
	ck_assert_int_eq(house_provider->orders, before);
	ck_assert_int_eq(live(), 0);
	/* what is neither Enter nor a code of another kind ends it at once */
	p = RUN("hello", "", "ok");
	check_end(VERDICT_DENY, TALK_REASON_BUDGET);
	ck_assert_uint_eq(p.nprompts, 1);
	/* and so does who goes away, or a host that cannot ask */
	RUN("gone");
	check_end(VERDICT_DENY, TALK_REASON_CONVERSATION);
	RUN("fail");
	check_end(VERDICT_DENY, TALK_REASON_CONVERSATION);
	ck_assert_int_eq(house_provider->orders, before);
	ck_assert_int_eq(live(), 0);
	house_close(&h);
}
END_TEST

/* The menu stands under the wait too: a digit on it chooses the number that the SMS goes to, one that is not is no answer. */
START_TEST(a6_a_digit_at_the_wait_chooses_the_number)
{
	begin_to_wait();
	house_add_number(&h, "+491701234577");
	struct person p = RUN("wait:31", "2", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_uint_eq(p.nprompts, 2);
	ck_assert_str_eq(house_provider->number, "+491701234577");
	house_close(&h);
	begin_to_wait();
	house_add_number(&h, "+491701234577");
	p = RUN("wait:31", "3", "ok");
	check_end(VERDICT_DENY, TALK_REASON_BUDGET);
	ck_assert_uint_eq(p.nprompts, 1);
	ck_assert_str_eq(house_provider->number, "+491701234512");
	house_close(&h);
}
END_TEST

START_TEST(b5_honest_use_is_never_refused)
{
	house_open(&h);
	for (int i = 0; i < 30; i++) {
		house_shift_ms += 60 * 1000;
		RUN("ok");
		check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	}
	house_close(&h);
}
END_TEST

START_TEST(b3_ten_failures_lock_and_the_lock_ends)
{
	struct person p;

	house_open(&h);
	h.settings.budget.user.rates[0].count = h.settings.budget.user.rates[1].count = 100;
	for (int i = 0; i < 3; i++) {
		house_shift_ms += 300 * 1000;
		RUN("bad", "bad", "bad");
		check_end(VERDICT_DENY, TALK_REASON_WRONG);
	}
	house_shift_ms += 300 * 1000;
	p = RUN("bad");
	check_end(VERDICT_DENY, TALK_REASON_LOCKED);
	ck_assert_ptr_nonnull(strstr(p.told, "Locked until "));
	int before = house_provider->orders;
	p = RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_LOCKED);
	ck_assert_uint_eq(p.nprompts, 0);
	ck_assert_int_eq(house_provider->orders, before);
	house_shift_ms += 1801 * 1000;
	RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_close(&h);
}
END_TEST

START_TEST(b3_right_at_the_tenth_guess_undoes_its_own_lock)
{
	house_open(&h);
	h.settings.budget.user.rates[0].count = h.settings.budget.user.rates[1].count = 100;
	for (int i = 0; i < 3; i++) {
		house_shift_ms += 300 * 1000;
		RUN("bad", "bad", "bad");
	}
	house_shift_ms += 300 * 1000;
	RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_close(&h);
}
END_TEST

static void set_block(uint32_t block)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ch.user.block = block;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
}

START_TEST(a_blocked_user_gets_no_code)
{
	house_open(&h);
	set_block(RECORD_BLOCK_ADMIN);
	RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_BLOCKED);
	ck_assert_int_eq(house_provider->orders, 0);
	house_close(&h);
}
END_TEST

START_TEST(d9_an_outage_is_told_and_refunded)
{
	house_open(&h);
	house_provider->answer = RECEIPT_TEMPORARY;
	struct person p = RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_OUTAGE);
	ck_assert_uint_eq(p.nprompts, 0);
	ck_assert_ptr_nonnull(strstr(p.told, "No SMS sent: no provider answered."));
	ck_assert_uint_eq(sends(), 0);
	ck_assert_int_eq(live(), 0);
	house_provider->answer = RECEIPT_RECIPIENT;
	p = RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_NUMBER);
	ck_assert_uint_eq(sends(), 0);
	house_close(&h);
}
END_TEST

START_TEST(the_second_route_delivers)
{
	house_open(&h);
	house_provider->answer_of_first_route = RECEIPT_ACCOUNT;
	struct person p = RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_str_eq(outcome.route, "second");
	ck_assert_ptr_nonnull(strstr(p.noted, "route first"));
	house_close(&h);
}
END_TEST

START_TEST(e9_unknown_still_prompts)
{
	house_open(&h);
	house_provider->answer = RECEIPT_UNKNOWN;
	struct person p = RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_ptr_nonnull(strstr(p.prompts[0], "it may take a minute"));
	/* each route may have it, and each is charged */
	ck_assert_int_eq(house_provider->orders, 2);
	ck_assert_uint_eq(outcome.sends, 2);
	house_close(&h);
	house_open(&h);
	h.settings.nroutes = 1;
	house_provider->answer = RECEIPT_UNKNOWN;
	RUN("gone");
	ck_assert_int_eq(house_provider->orders, 1);
	ck_assert_uint_eq(sends(), 1);
	house_close(&h);
}
END_TEST

START_TEST(who_gets_no_code)
{
	house_open(&h);
	strcpy(h.facts.user, "no-such-user-here");
	RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_UNKNOWN_USER);
	strcpy(h.facts.user, "daemon");
	RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_NOT_ENROLLED);
	h.settings.unenrolled = SETTINGS_IGNORE;
	RUN("ok");
	check_end(VERDICT_EXEMPT, TALK_REASON_EXEMPT);
	strcpy(h.facts.user, "root");
	RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	strcpy(h.settings.prefixes[0], "+43");
	RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_NUMBER);
	strcpy(h.settings.prefixes[0], "+49");
	h.facts.first_factor = false;
	RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_NO_FIRST_FACTOR);
	ck_assert_int_eq(house_provider->orders, 1);
	house_close(&h);
}
END_TEST

START_TEST(e1_another_users_name_is_refused_to_an_ordinary_peer)
{
	house_open(&h);
	h.facts.trusted = false;
	h.facts.peer = 1000;
	RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_REFUSED);
	ck_assert_int_eq(house_provider->orders, 0);
	/* its own name: allowed, on a purse of its own */
	h.facts.peer = 0;
	RUN("bad", "gone");
	struct record r = record_now();
	ck_assert_uint_eq(meter_sum(&r.purse[RECORD_PURSE_OWN].failures), 1);
	ck_assert_uint_eq(meter_sum(&r.purse[RECORD_PURSE_STRANGER].failures), 0);
	house_close(&h);
}
END_TEST

START_TEST(c5_a_vanished_record_is_damage)
{
	struct fault f = FAULT_INIT;

	house_open(&h);
	ck_assert_int_eq(state_remove_user(&h.state, &h.account, &f), 0);
	RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_STATE);
	ck_assert_int_eq(house_provider->orders, 0);
	ck_assert_uint_gt(strlen(outcome.fault.text), 0);
	house_close(&h);
}
END_TEST

/* Other conversations of this user, with places on the record. */
static void set_places(int n)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	for (int i = 0; i < n; i++) {
		memset(ch.user.challenges[i].id, i + 1, RECORD_CHALLENGE_ID);
		memcpy(ch.user.challenges[i].boot_id, ch.now.boot_id, sizeof ch.now.boot_id);
		ch.user.challenges[i].gone_boot_ms = ch.now.boot_ms + 60000;
		ch.user.challenges[i].tries_left = 3;
	}
	ck_assert_int_eq(state_commit(&ch, &f), 0);
}

START_TEST(crowd_of_five_the_fifth_is_told)
{
	house_open(&h);
	set_places(RECORD_CHALLENGES);
	struct person p = RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_CROWDED);
	ck_assert_uint_gt(strlen(p.told), 0);
	ck_assert_int_eq(house_provider->orders, 0);
	ck_assert_uint_eq(sends(), 0);
	house_shift_ms += 61 * 1000;
	RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_close(&h);
}
END_TEST

START_TEST(c5_a_charge_that_cannot_be_written_denies)
{
	/* synced writes of a login: site and user for the send, user for the guess, user for the success */
	for (int at = 1; at <= 4; at++) {
		house_open(&h);
		house_write_fails_at = at;
		RUN("ok");
		check_end(VERDICT_DENY, TALK_REASON_STATE);
		ck_assert_int_ne(outcome.fault.class, FAULT_NONE);
		ck_assert_int_eq(house_provider->orders, at <= 2 ? 0 : 1);
		house_close(&h);
	}
	house_open(&h);
	house_write_fails_at = 5;
	RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_int_eq(house_write_fails_at, 1);
	house_write_fails_at = 5;
	RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_int_eq(house_write_fails_at, 1);
	house_close(&h);
}
END_TEST

/* B2: what cannot be written back stays charged; the login is denied for that, and its place is free. */
START_TEST(c5_a_refund_that_cannot_be_written_denies)
{
	house_open(&h);
	house_provider->answer = RECEIPT_TEMPORARY;
	h.settings.nroutes = 1;
	/* site and user for the send, the site for what is seen of the route, then the return */
	house_write_fails_at = 4;
	house_write_fails_for = 1;
	struct person p = RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_STATE);
	ck_assert_uint_eq(p.nprompts, 0);
	ck_assert_int_eq(outcome.fault.errnum, EIO);
	ck_assert_int_eq(house_write_fails_at, 0);
	ck_assert_uint_eq(sends(), 1);
	ck_assert_int_eq(live(), 0);
	house_close(&h);
}
END_TEST

/* A place that cannot be given back is a fault of its own, where there was none before; the first is the cause. */
START_TEST(c5_the_first_fault_of_a_login_is_told)
{
	static const struct {
		const char *words[5];
		enum talk_reason reason;
		enum fault_class fault;
	} cases[] = {
		{ { "x", "x", "x", "x" }, TALK_REASON_NO_ANSWER, FAULT_SYSTEM },
		{ { "gone" }, TALK_REASON_CONVERSATION, FAULT_GONE },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		house_open(&h);
		/* behind site and user for the send */
		house_write_fails_at = 3;
		person_run(&h, &outcome, cases[i].words);
		check_end(VERDICT_DENY, cases[i].reason);
		ck_assert_int_eq(outcome.fault.class, cases[i].fault);
		ck_assert_int_eq(house_write_fails_at, 1);
		house_write_fails_at = 0;
		ck_assert_int_eq(live(), 1);
		house_close(&h);
	}
}
END_TEST

/* A1: where no code can be made nothing is charged and nothing sent. */
START_TEST(c1_no_code_no_login)
{
	house_open(&h);
	h.settings.code.digits = 5;
	struct person p = RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_SYSTEM);
	ck_assert_uint_eq(p.nprompts, 0);
	ck_assert_int_eq(outcome.fault.class, FAULT_BAD);
	ck_assert_int_eq(house_provider->orders, 0);
	ck_assert_uint_eq(sends(), 0);
	ck_assert_int_eq(live(), 0);
	house_close(&h);
}
END_TEST

/* Without the engine's clockwork nothing is concealed: a login is a login. */
START_TEST(d15_without_a_tempo_there_is_no_mask)
{
	house_open(&h);
	h.facts.conceal = true;
	h.rooms.tempo = NULL;
	struct person p = RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_ptr_nonnull(strstr(p.prompts[0], "Code sent to ...12"));
	house_close(&h);
}
END_TEST

static uint32_t compared, charged_at_compare, charged_at_order;

static void look_at_compare(void)
{
	compared++;
	charged_at_compare = failures();
}

static void look_at_order(void)
{
	charged_at_order = sends();
}

START_TEST(b1_the_charge_is_on_disk_when_it_is_acted_on)
{
	house_open(&h);
	house_at_compare = look_at_compare;
	house_at_order = look_at_order;
	RUN("bad", "gone");
	ck_assert_uint_eq(charged_at_order, 1);
	ck_assert_uint_eq(compared, 1);
	ck_assert_uint_eq(charged_at_compare, 1);
	RUN("bad", "bad", "gone");
	ck_assert_uint_eq(charged_at_order, 2);
	ck_assert_uint_eq(compared, 3);
	ck_assert_uint_eq(charged_at_compare, 3);
	house_close(&h);
}
END_TEST

static void take_eight_seconds(void)
{
	house_shift_ms += 8000;
}

START_TEST(a2_the_lifetime_runs_from_the_acceptance)
{
	house_open(&h);
	house_at_order = take_eight_seconds;
	RUN("wait:89", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_close(&h);
}
END_TEST

START_TEST(b5_the_sites_total_warns_and_refuses)
{
	house_open(&h);
	house_enroll(&h, "daemon");
	h.settings.budget.all.automatic = false;
	h.settings.budget.all.rates[0] = (struct number_rate){ 2, 3600 };
	struct person p = run_as("root", "gone", NULL);
	ck_assert_str_eq(p.noted, "");
	p = run_as("daemon", "gone", NULL);
	ck_assert_ptr_nonnull(strstr(p.noted, "80 %"));
	run_as("root", "gone", NULL);
	check_end(VERDICT_DENY, TALK_REASON_BUDGET);
	ck_assert_int_eq(house_provider->orders, 2);
	house_close(&h);
}
END_TEST

START_TEST(every_way_out_gives_the_place_back)
{
	static const char *const ways[][8] = {
		{ "gone" }, { "fail" }, { "pw" }, { "control" }, { "bad", "bad", "bad" }, { "x", "x", "x", "x" },
		{ "wait:90", "ok", "", "gone" }, { "wait:90", "r", "gone" },
		/* the new code is not granted: its wait is answered wrongly, or not at all */
		{ "wait:90", "r", "wait:95", "ok", "", "x" }, { "wait:90", "r", "wait:95", "r", "gone" },
	};

	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		house_open(&h);
		h.settings.budget.user.rates[0].count = h.settings.budget.user.rates[1].count = 100;
		/* so that the first replacement must wait already */
		RUN("gone");
		person_run(&h, &outcome, ways[i]);
		ck_assert_msg(outcome.verdict == VERDICT_DENY, "way %zu", i);
		ck_assert_msg(live() == 0, "way %zu", i);
		house_close(&h);
	}
}
END_TEST

START_TEST(d10_a_control_byte_ends_the_call_and_marks_nothing)
{
	house_open(&h);
	house_enroll(&h, "daemon");
	run_as("root", "control", NULL);
	check_end(VERDICT_DENY, TALK_REASON_CONVERSATION);
	run_as("root", "control", NULL);
	run_as("daemon", "control", NULL);
	ck_assert(!is_marked());
	house_close(&h);
}
END_TEST

START_TEST(d9_a_sender_that_cannot_start_is_no_outage)
{
	house_open(&h);
	house_provider->answer = RECEIPT_LOCAL;
	RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_SYSTEM);
	ck_assert_uint_eq(sends(), 0);
	/* nor is it one beside a provider that is out of reach */
	house_provider->answer = RECEIPT_TEMPORARY;
	house_provider->answer_of_first_route = RECEIPT_LOCAL;
	RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_SYSTEM);
	house_close(&h);
}
END_TEST

START_TEST(e1_a_waiting_crowd_leaves_no_place)
{
	house_open(&h);
	h.settings.budget.user.rates[0].count = h.settings.budget.user.rates[1].count = 100;
	set_places(4);
	struct person p = RUN("", "ok");
	check_end(VERDICT_DENY, TALK_REASON_CROWDED);
	ck_assert_uint_eq(p.nprompts, 0);
	house_close(&h);
}
END_TEST

/* What all children evaluated, in shared memory. */
static struct toll {
	_Atomic int guesses, accepted, broken;
} *tally;

static void one_attacker(void)
{
	RUN("bad", "bad", "bad", "bad", "bad");
	tally->guesses += (int)outcome.tries;
	tally->accepted += outcome.verdict == VERDICT_ACCEPT;
	/* a lock held too long is a refusal as well, but must not be the rule */
	tally->broken += outcome.reason == TALK_REASON_STATE;
}

static void two_hundred_attackers(void)
{
	tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(tally, MAP_FAILED);
	for (int i = 0; i < 200; i++) {
		pid_t pid = fork();
		ck_assert_int_ge(pid, 0);
		if (pid == 0) {
			one_attacker();
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	ck_assert_int_eq(tally->accepted, 0);
	ck_assert_uint_eq(failures(), (uint32_t)tally->guesses);
}

START_TEST(b4_200_whole_logins_stay_within_the_default_budgets)
{
	house_open(&h);
	two_hundred_attackers();
	ck_assert_int_le(tally->guesses, 10);
	ck_assert_int_le(house_provider->orders, 5);
	ck_assert_int_gt(house_provider->orders, 0);
	house_close(&h);
}
END_TEST

/* The wait between sends stops most of them above; here nothing but the budget can. */
START_TEST(b4_200_whole_logins_send_exactly_a_budget_of_one)
{
	house_open(&h);
	h.settings.budget.user.rates[0] = (struct number_rate){ 1, 3600 };
	h.settings.budget.user.rates[1] = (struct number_rate){ 0, 0 };
	two_hundred_attackers();
	ck_assert_int_eq(house_provider->orders, 1);
	house_close(&h);
}
END_TEST

START_TEST(b4_200_whole_logins_guess_exactly_a_failures_budget_of_three)
{
	house_open(&h);
	h.settings.code.tries = 5;
	h.settings.lockout.failures = 3;
	two_hundred_attackers();
	ck_assert_int_eq(tally->guesses, 3);
	house_close(&h);
}
END_TEST

static void from(const char *address)
{
	facts_parse_address(address, &h.facts.address);
	ck_assert_int_ne(h.facts.address.family, FACTS_NO_ADDRESS);
}

/* All cells of a sketch together; each event is in both rows. */
static uint32_t counted(const struct sketch *s)
{
	uint32_t sum = 0;

	for (int row = 0; row < SKETCH_ROWS; row++)
		for (int i = 0; i < SKETCH_CELLS; i++)
			sum += tally_sum(&s->rows[row][i].tallies[0]);
	return sum;
}

START_TEST(b5_honest_logins_leave_no_count_by_number_and_address)
{
	struct site s;

	house_open(&h);
	from("192.0.2.7");
	strcpy(h.settings.prefixes[1], "+1");
	h.settings.nprefixes = 2;
	for (int i = 1; i <= 8; i++) {
		strcpy(h.facts.service, i % 3 ? i % 3 == 1 ? "sshd" : "sudo" : "su");
		house_shift_ms += 7 * 60 * 1000;
		RUN("ok");
		check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
		house_site(&h, &s);
		ck_assert_uint_eq(counted(&s.numbers), 0);
		ck_assert_uint_eq(counted(&s.addresses), 0);
		ck_assert_uint_eq(meter_sum(&s.prefixes[0].sends[0]), (uint32_t)i);
		ck_assert_uint_eq(meter_sum(&s.sends[0]), (uint32_t)i);
	}
	/* one that is not answered counts, in both rows */
	RUN("gone");
	house_site(&h, &s);
	ck_assert_uint_eq(counted(&s.numbers), 2);
	ck_assert_uint_eq(counted(&s.addresses), 2);
	ck_assert_uint_eq(meter_sum(&s.prefixes[0].sends[0]), 9);
	/* what nobody took does not */
	house_shift_ms += 300 * 1000;
	house_provider->answer = RECEIPT_TEMPORARY;
	RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_OUTAGE);
	house_site(&h, &s);
	ck_assert_uint_eq(counted(&s.numbers), 2);
	ck_assert_uint_eq(counted(&s.addresses), 2);
	ck_assert_uint_eq(meter_sum(&s.prefixes[0].sends[0]), 9);
	house_close(&h);
}
END_TEST

/* One address tries many users: after ten messages it gets none, to whomever; another address does. */
START_TEST(b5_an_address_has_a_budget_of_its_own)
{
	house_open(&h);
	h.settings.budget.user.rates[0].count = h.settings.budget.user.rates[1].count = 100;
	h.settings.budget.number = h.settings.budget.user;
	from("2001:db8:1:2::7");
	for (int i = 0; i < 10; i++) {
		house_shift_ms += 241 * 1000;
		RUN("bad", "gone");
		check_end(VERDICT_DENY, TALK_REASON_CONVERSATION);
		h.settings.lockout.failures = 20;
	}
	from("2001:db8:1:2:3:4:5:6"); /* the same /64 */
	struct person p = RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_BUDGET);
	ck_assert_str_eq(p.noted, "a send budget is spent: budget.address");
	ck_assert_ptr_nonnull(strstr(p.told, "No more SMS until "));
	ck_assert_int_eq(house_provider->orders, 10);
	from("2001:db8:1:3::7");
	house_shift_ms += 241 * 1000;
	RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_close(&h);
}
END_TEST

START_TEST(b5_three_unanswered_codes_pause_strangers)
{
	house_open(&h);
	from("192.0.2.7");
	RUN("ok"); /* a known place now */
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	from("198.51.100.9");
	for (int i = 0; i < 3; i++) {
		house_shift_ms += 100 * 1000;
		RUN("gone");
		check_end(VERDICT_DENY, TALK_REASON_CONVERSATION);
		ck_assert(!outcome.pause);
	}
	house_shift_ms += 100 * 1000;
	struct person p = RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_BUDGET);
	ck_assert(outcome.pause);
	ck_assert_ptr_nonnull(strstr(p.noted, "codes were not answered"));
	ck_assert_ptr_nonnull(strstr(p.told, "No more SMS until "));
	ck_assert_int_eq(house_provider->orders, 4);
	/* told once; other places of strangers do not help */
	from("203.0.113.1");
	p = RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_BUDGET);
	ck_assert(!outcome.pause);
	ck_assert_str_eq(p.notes, "");
	/* the owner, where he is known, and hosts that run as the user */
	from("192.0.2.7");
	RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	h.facts.trusted = false;
	RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	h.facts.trusted = true;
	from("198.51.100.9");
	house_shift_ms += 3590 * 1000;
	RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_BUDGET);
	house_shift_ms += 10 * 1000;
	RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_close(&h);
}
END_TEST

START_TEST(b5_an_answer_takes_its_code_from_the_count)
{
	static const struct {
		const char *name;
		const char *words[6];
		enum receipt_outcome answer;
		uint32_t unanswered;
	} cases[] = {
		{ "a wrong code", { "bad", "gone" }, RECEIPT_ACCEPTED, 0 },
		{ "three wrong ones", { "bad", "bad", "bad" }, RECEIPT_ACCEPTED, 0 },
		{ "a right one", { "ok" }, RECEIPT_ACCEPTED, 0 },
		{ "a late one, twice", { "wait:90", "ok", "ok", "gone" }, RECEIPT_ACCEPTED, 0 },
		{ "no answer", { "gone" }, RECEIPT_ACCEPTED, 1 },
		{ "what is no code", { "x", "", "gone" }, RECEIPT_ACCEPTED, 1 },
		{ "a resend", { "wait:31", "r", "gone" }, RECEIPT_ACCEPTED, 1 },
		{ "a new code for an expired one", { "wait:90", "r", "gone" }, RECEIPT_ACCEPTED, 2 },
		{ "and that is answered", { "wait:90", "r", "bad", "gone" }, RECEIPT_ACCEPTED, 0 },
		{ "an outage", { "gone" }, RECEIPT_TEMPORARY, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		house_open(&h);
		house_provider->answer = cases[i].answer;
		person_run(&h, &outcome, cases[i].words);
		struct record r = record_now();
		ck_assert_msg(tally_sum(&r.fatigue.unanswered) == cases[i].unanswered, "%s: %u",
			cases[i].name, tally_sum(&r.fatigue.unanswered));
		house_close(&h);
	}
}
END_TEST

/* D5's script, with the owner in between: 1024 prompts abandoned over a day and a night. */
START_TEST(d5_b6_a_thousand_abandoned_prompts_cost_a_budget_and_lock_nobody_out)
{
	int owner = 0;

	house_open(&h);
	from("192.0.2.7");
	RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	for (int i = 0; i < 1024; i++) {
		char address[32];
		house_shift_ms += 75 * 1000;
		snprintf(address, sizeof address, "198.51.100.%d", i % 200);
		from(address);
		RUN("gone");
		ck_assert_int_ne(outcome.verdict, VERDICT_ACCEPT);
		if (i % 64 != 0)
			continue;
		from("192.0.2.7");
		RUN("ok");
		check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
		owner++;
	}
	ck_assert_int_le(house_provider->orders - owner - 1, 10); /* 21 hours: a day's budget */
	ck_assert_int_ge(house_provider->orders - owner - 1, 3);
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("login");
	TCase *t = tcase_create("login");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, right_code_lets_in_and_costs_nothing);
	tcase_add_test(t, the_users_language_is_spoken);
	tcase_add_test(t, a_refusal_is_in_the_users_language);
	tcase_add_test(t, without_catalogues_a_login_goes_on_in_english);
	tcase_add_test(t, a_services_codes_are_bound_to_its_host);
	tcase_add_test(t, a8_three_wrong_codes_void_it);
	tcase_add_test(t, right_on_the_last_try);
	tcase_add_test(t, a2_right_but_late_is_told_and_not_counted);
	tcase_add_test(t, late_and_wrong_is_wrong);
	tcase_add_test(t, a4_a_code_of_another_conversation_is_a_failure);
	tcase_add_test(t, a7_resend_waits_and_resets_no_count);
	tcase_add_test(t, a7_resent_code_is_the_same_and_valid_longer);
	tcase_add_test(t, resends_are_bounded);
	tcase_add_test(t, a6_non_answers_are_no_guesses_and_end);
	tcase_add_test(t, a6_prompts_are_bounded);
	tcase_add_test(t, d3_three_in_a_row_by_two_users_mark_the_service);
	tcase_add_test(t, d3_one_user_alone_marks_nothing);
	tcase_add_test(t, d3_only_a_first_prompt_after_a_password_counts);
	tcase_add_test(t, d3_a_marked_service_gets_no_sends);
	tcase_add_test(t, d3_a_service_that_has_worked_is_never_marked);
	tcase_add_test(t, d10_a_failing_conversation_ends_the_call);
	tcase_add_test(t, b1_the_send_is_charged_though_the_client_goes);
	tcase_add_test(t, d5_abandoned_prompts_never_exceed_the_budget);
	tcase_add_test(t, d9_a_spent_budget_is_told);
	tcase_add_test(t, b5_who_must_wait_is_told_the_seconds);
	tcase_add_test(t, b5_a_wait_takes_enter_and_ends_after_a_few);
	tcase_add_test(t, a6_a_digit_at_the_wait_chooses_the_number);
	tcase_add_test(t, b5_honest_use_is_never_refused);
	tcase_add_test(t, b3_ten_failures_lock_and_the_lock_ends);
	tcase_add_test(t, b3_right_at_the_tenth_guess_undoes_its_own_lock);
	tcase_add_test(t, a_blocked_user_gets_no_code);
	tcase_add_test(t, d9_an_outage_is_told_and_refunded);
	tcase_add_test(t, the_second_route_delivers);
	tcase_add_test(t, e9_unknown_still_prompts);
	tcase_add_test(t, who_gets_no_code);
	tcase_add_test(t, e1_another_users_name_is_refused_to_an_ordinary_peer);
	tcase_add_test(t, c5_a_vanished_record_is_damage);
	tcase_add_test(t, c5_a_charge_that_cannot_be_written_denies);
	tcase_add_test(t, c5_a_refund_that_cannot_be_written_denies);
	tcase_add_test(t, c5_the_first_fault_of_a_login_is_told);
	tcase_add_test(t, c1_no_code_no_login);
	tcase_add_test(t, d15_without_a_tempo_there_is_no_mask);
	tcase_add_test(t, b1_the_charge_is_on_disk_when_it_is_acted_on);
	tcase_add_test(t, a2_the_lifetime_runs_from_the_acceptance);
	tcase_add_test(t, b5_the_sites_total_warns_and_refuses);
	tcase_add_test(t, every_way_out_gives_the_place_back);
	tcase_add_test(t, d10_a_control_byte_ends_the_call_and_marks_nothing);
	tcase_add_test(t, d9_a_sender_that_cannot_start_is_no_outage);
	tcase_add_test(t, e1_a_waiting_crowd_leaves_no_place);
	tcase_add_test(t, crowd_of_five_the_fifth_is_told);
	tcase_add_test(t, b4_200_whole_logins_stay_within_the_default_budgets);
	tcase_add_test(t, b4_200_whole_logins_send_exactly_a_budget_of_one);
	tcase_add_test(t, b4_200_whole_logins_guess_exactly_a_failures_budget_of_three);
	tcase_add_test(t, b5_honest_logins_leave_no_count_by_number_and_address);
	tcase_add_test(t, b5_an_address_has_a_budget_of_its_own);
	tcase_add_test(t, b5_three_unanswered_codes_pause_strangers);
	tcase_add_test(t, b5_an_answer_takes_its_code_from_the_count);
	tcase_add_test(t, d5_b6_a_thousand_abandoned_prompts_cost_a_budget_and_lock_nobody_out);
	suite_add_tcase(s, t);
	return s;
}
