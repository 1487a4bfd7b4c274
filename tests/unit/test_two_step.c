/* A login in two steps: all rooms real but the provider (a function) and the shim (a script), which says what reads as a code. */
#include "core/two_step.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "core/fatigue.h"
#include "core/payer.h"
#include "house.h"
#include "person.h"
#include "senders.h"
#include "unit.h"

static struct house h;
static struct verdict_outcome outcome;

#define RUN(...) person_run(&h, &outcome, (const char *const[]){ __VA_ARGS__, NULL })

static void check_end(enum verdict verdict, enum talk_reason reason)
{
	ck_assert_msg(outcome.verdict == verdict && outcome.reason == reason, "%s (%s)",
		verdict_reason_name(outcome.reason), outcome.fault.text);
	ck_assert_msg((verdict == VERDICT_ACCEPT) == (outcome.by != VERDICT_BY_NONE), "by=%s",
		verdict_by_name(outcome.by));
}

static void check_has(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "\"%s\" in \"%s\"", part, text);
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

static int live(void)
{
	struct record r = record_now();
	int n = 0;

	for (int i = 0; i < RECORD_CHALLENGES; i++)
		n += r.challenges[i].gone_boot_ms != 0;
	return n;
}

static void begin(void)
{
	house_open(&h);
	h.facts.two_step = true;
	facts_parse_address("192.0.2.7", &h.facts.address);
}

/* The password, which a line before has proven. */
static struct person first(void)
{
	h.facts.forward = false;
	h.facts.first_factor = h.facts.password_taken = true;
	struct person p = RUN("nobody is asked");
	ck_assert_uint_eq(p.nprompts, 0);
	ck_assert_int_ne(outcome.verdict, VERDICT_ACCEPT);
	return p;
}

static struct person first_sends(void)
{
	int before = house_provider->orders;
	struct person p = first();

	check_end(VERDICT_DENY, TALK_REASON_SENT);
	ck_assert_int_eq(house_provider->orders, before + 1);
	ck_assert_uint_eq(outcome.sends, 1);
	return p;
}

/* The field, before anybody has looked at the password. */
static struct person second(const char *word)
{
	int before = house_provider->orders;

	h.facts.forward = true;
	h.facts.first_factor = h.facts.password_taken = false;
	struct person p = RUN(word, "a second prompt");
	ck_assert_uint_le(p.nprompts, 1);
	ck_assert_int_eq(house_provider->orders, before);
	return p;
}

static void second_does(const char *word, enum verdict verdict, enum talk_reason reason)
{
	second(word);
	check_end(verdict, reason);
}

static void nothing_to_judge(const char *word)
{
	uint32_t before = failures();
	struct person p = second(word);

	check_end(VERDICT_DENY, TALK_REASON_NO_STEP);
	ck_assert_uint_eq(p.nprompts, 0);
	ck_assert_str_eq(p.told, "");
	ck_assert_uint_eq(failures(), before);
	ck_assert_uint_eq(outcome.tries, 0);
}

START_TEST(a3_the_second_step_lets_in_once)
{
	char code[7];

	begin();
	nothing_to_judge("123456");
	struct person p = first_sends();
	house_code(code);
	check_has(p.told, "Code sent to ...12 (ref ");
	check_has(p.told, "Log in again with the code, or with password and code in one field.");
	ck_assert(!strstr(p.told, code) && !strstr(p.notes, code));
	char tag[VERDICT_TAG];
	memcpy(tag, outcome.tag, sizeof tag);
	check_has(p.told, tag);
	ck_assert_int_eq(live(), 1);
	p = second("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_int_eq(outcome.by, VERDICT_BY_SMS);
	ck_assert_str_eq(outcome.tag, tag);
	ck_assert_uint_eq(outcome.tries, 1);
	ck_assert_str_eq(p.prompts[0], "Password, code, or both in one line: ");
	ck_assert_uint_eq(p.field.digits, 6);
	ck_assert(!p.field.alone);
	ck_assert_int_eq(live(), 0);
	/* B2, B5: guess and send are given back */
	struct record r = record_now();
	ck_assert_uint_eq(failures(), 0);
	ck_assert_uint_eq(meter_sum(&r.purse[0].sends[0]), 0);
	ck_assert_uint_eq(r.purse[0].sends_since_success, 0);
	nothing_to_judge("ok");
	house_close(&h);
}
END_TEST

START_TEST(a2_valid_for_the_lifetime_and_no_longer)
{
	for (int late = 0; late < 2; late++) {
		begin();
		first_sends();
		house_shift_ms += late ? 90000 : 89000;
		struct person p = second("ok");
		if (!late) {
			check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
		} else {
			check_end(VERDICT_DENY, TALK_REASON_EXPIRED);
			check_has(p.told, "That code has expired.");
			ck_assert_uint_eq(outcome.tries, 0);
			ck_assert_uint_eq(failures(), 0);
			/* and the wrong one is told no more; neither is charged */
			house_write_fails_at = 1;
			second_does("bad", VERDICT_DENY, TALK_REASON_EXPIRED);
			second_does("ok", VERDICT_DENY, TALK_REASON_EXPIRED);
			house_write_fails_at = 0;
			ck_assert_uint_eq(failures(), 0);
			house_shift_ms += BINDING_GRACE_MS;
			nothing_to_judge("ok");
		}
		house_close(&h);
	}
}
END_TEST

/* The lifetime ends between the look and the comparison. */
START_TEST(a2_it_ends_while_the_guess_is_charged)
{
	begin();
	first_sends();
	house_shift_ms += 89000;
	house_write_ms = 2000;
	second_does("ok", VERDICT_DENY, TALK_REASON_EXPIRED);
	house_write_ms = 0;
	ck_assert_uint_eq(failures(), 0);
	ck_assert_uint_eq(outcome.tries, 0);
	house_close(&h);
}
END_TEST

START_TEST(a_new_first_step_after_the_end_voids_the_old_code)
{
	char old[7];

	begin();
	first_sends();
	house_code(old);
	house_shift_ms += 91000;
	first_sends();
	ck_assert_int_eq(live(), 1);
	second_does(old, VERDICT_DENY, TALK_REASON_WRONG);
	second_does("ok", VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_close(&h);
}
END_TEST

START_TEST(d5_the_same_password_again_sends_nothing)
{
	begin();
	first_sends();
	for (int i = 0; i < 20; i++) {
		int before = house_provider->orders;
		struct person p = first();
		check_end(VERDICT_DENY, TALK_REASON_SENT);
		ck_assert_int_eq(house_provider->orders, before);
		ck_assert_uint_eq(outcome.sends, 0);
		check_has(p.told, "A code has been sent already.");
	}
	struct record r = record_now();
	ck_assert_uint_eq(meter_sum(&r.purse[0].sends[0]), 1);
	second_does("ok", VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_close(&h);
}
END_TEST

static const struct {
	const char *service, *address;
} others[] = {
	{ "imap", "192.0.2.7" },
	{ "sshd", "192.0.2.8" },
	{ "sshd", "2001:db8::7" },
	{ "sshd", "" },
};

START_TEST(a4_bound_to_service_and_address)
{
	char code[7];

	begin();
	first_sends();
	house_code(code);
	strcpy(h.facts.service, others[_i].service);
	facts_parse_address(others[_i].address, &h.facts.address);
	nothing_to_judge(code);
	/* several are independent */
	first_sends();
	ck_assert_int_eq(live(), 2);
	second_does(code, VERDICT_DENY, TALK_REASON_WRONG);
	second_does("ok", VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	strcpy(h.facts.service, "sshd");
	facts_parse_address("192.0.2.7", &h.facts.address);
	second_does(code, VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_close(&h);
}
END_TEST

START_TEST(a4_bound_to_the_user)
{
	char code[7];

	begin();
	house_enroll(&h, "nobody");
	first_sends();
	house_code(code);
	strcpy(h.facts.user, "nobody");
	nothing_to_judge(code);
	house_close(&h);
}
END_TEST

START_TEST(no_address_is_a_binding_of_its_own)
{
	begin();
	facts_parse_address("", &h.facts.address);
	first_sends();
	second_does("ok", VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	/* a /64 is one place */
	facts_parse_address("2001:db8::7", &h.facts.address);
	first_sends();
	facts_parse_address("2001:db8::8", &h.facts.address);
	second_does("ok", VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_close(&h);
}
END_TEST

/* A challenge of one conversation is on the record, and its code is known. */
START_TEST(a4_a_code_of_a_conversation_is_none_here_nor_the_reverse)
{
	struct ledger l = { .settings = &h.settings,
		.state = &h.state,
		.account = &h.account,
		.service = "sshd",
		.e164 = "+491701234512",
		.trusted = true,
		.began_boot_ms = clock_boot_ms() };
	struct challenge c;
	struct ledger_grant g;
	struct fault f = FAULT_INIT;
	char code[7];

	begin();
	ck_assert_int_eq(challenge_make(6, h.state.key, &c, &f), 0);
	ck_assert_int_eq(ledger_open(&l, &c, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	nothing_to_judge((char *)c.code.bytes);
	ck_assert_int_eq(live(), 1);
	first_sends();
	house_code(code);
	if (strcmp(code, (char *)c.code.bytes) != 0)
		second_does((char *)c.code.bytes, VERDICT_DENY, TALK_REASON_WRONG);
	h.facts.two_step = h.facts.forward = false;
	h.facts.first_factor = true;
	house_shift_ms += 60000; /* the wait for a third send */
	RUN(code, "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_uint_eq(outcome.tries, 2);
	challenge_wipe(&c);
	house_close(&h);
}
END_TEST

START_TEST(a8_three_wrong_codes_void_it)
{
	char code[7];

	begin();
	first_sends();
	house_code(code);
	for (int i = 0; i < 3; i++)
		second_does("bad", VERDICT_DENY, TALK_REASON_WRONG);
	ck_assert_uint_eq(failures(), 3);
	ck_assert_int_eq(live(), 0);
	nothing_to_judge(code);
	/* the next one is a new one, and the third has to wait */
	first_sends();
	for (int i = 0; i < 3; i++)
		second_does("bad", VERDICT_DENY, TALK_REASON_WRONG);
	int before = house_provider->orders;
	struct person p = first();
	check_end(VERDICT_DENY, TALK_REASON_BUDGET);
	check_has(p.told, "Next SMS in ");
	ck_assert_int_eq(house_provider->orders, before);
	ck_assert_int_eq(live(), 0);
	house_shift_ms += 60000;
	first_sends();
	house_close(&h);
}
END_TEST

START_TEST(b3_a_locked_user_is_sent_nothing_and_judged_nothing)
{
	begin();
	h.settings.lockout.failures = 3;
	first_sends();
	for (int i = 0; i < 2; i++)
		second_does("bad", VERDICT_DENY, TALK_REASON_WRONG);
	struct person p = second("bad");
	check_end(VERDICT_DENY, TALK_REASON_LOCKED);
	check_has(p.told, "Locked until ");
	int before = house_provider->orders;
	first();
	check_end(VERDICT_DENY, TALK_REASON_LOCKED);
	ck_assert_int_eq(house_provider->orders, before);
	house_close(&h);
}
END_TEST

START_TEST(a6_what_reads_as_no_code_counts_for_nothing)
{
	static const char *const words[] = { "", "12345", "1234567", "r", "v", "b", "big" };

	begin();
	first_sends();
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		struct person p = second(words[i]);
		check_end(VERDICT_DENY, TALK_REASON_NO_STEP);
		ck_assert_uint_eq(p.nprompts, 1);
	}
	second_does("fail", VERDICT_DENY, TALK_REASON_CONVERSATION);
	second_does("gone", VERDICT_DENY, TALK_REASON_CONVERSATION);
	ck_assert_uint_eq(failures(), 0);
	second_does("ok", VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_close(&h);
}
END_TEST

START_TEST(d4_without_a_first_factor_nothing_is_sent)
{
	begin();
	h.facts.forward = h.facts.first_factor = h.facts.password_taken = false;
	RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_NO_FIRST_FACTOR);
	ck_assert_int_eq(house_provider->orders, 0);
	ck_assert_int_eq(live(), 0);
	house_close(&h);
}
END_TEST

START_TEST(a_reboot_voids)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	begin();
	first_sends();
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ch.user.challenges[0].boot_id[0] ^= 1;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	nothing_to_judge("ok");
	house_close(&h);
}
END_TEST

START_TEST(a_password_that_ends_in_digits_wants_the_code_alone)
{
	begin();
	h.facts.password_digits = true;
	struct person p = first_sends();
	check_has(p.told, "Log in again with the code in place of the password.");
	h.facts.password_digits = false;
	p = second("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert(p.field.alone);
	house_close(&h);
}
END_TEST

START_TEST(b5_the_fifth_is_one_too_many_until_a_minute_after_the_end)
{
	char address[] = "192.0.2.1";

	begin();
	h.settings.budget.user.rates[0].count = 100;
	for (int i = 0; i < 5; i++) {
		/* B5: the waits are another matter */
		struct state_change ch;
		struct fault f = FAULT_INIT;
		ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
		ch.user.purse[0].sends_since_success = 0;
		fatigue_clear(&ch.user);
		ck_assert_int_eq(state_commit(&ch, &f), 0);
		address[8] = (char)('1' + i);
		facts_parse_address(address, &h.facts.address);
		if (i < 4)
			first_sends();
	}
	first();
	check_end(VERDICT_DENY, TALK_REASON_CROWDED);
	house_shift_ms += 90000 + BINDING_GRACE_MS;
	first_sends();
	house_close(&h);
}
END_TEST

START_TEST(e9_what_was_not_sent_leaves_nothing)
{
	begin();
	house_provider->answer = RECEIPT_TEMPORARY;
	first();
	ck_assert_int_eq(outcome.verdict, VERDICT_DENY);
	ck_assert_int_ne(outcome.reason, TALK_REASON_SENT);
	ck_assert_int_eq(live(), 0);
	struct record r = record_now();
	ck_assert_uint_eq(meter_sum(&r.purse[0].sends[0]), 0);
	house_provider->answer = RECEIPT_UNKNOWN;
	struct person p = first();
	check_end(VERDICT_DENY, TALK_REASON_SENT);
	check_has(p.told, ", it may take a minute (ref ");
	second_does("ok", VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_close(&h);
}
END_TEST

/* Through whatever write fails: nobody gets in, and nothing is sent that is not on disk. */
START_TEST(c5_what_cannot_be_written_denies)
{
	begin();
	house_write_fails_at = 1;
	first();
	check_end(VERDICT_DENY, TALK_REASON_STATE);
	ck_assert_int_eq(house_provider->orders, 0);
	house_write_fails_at = 0;
	first_sends();
	for (int n = 1; n <= 2; n++) {
		house_write_fails_at = n;
		second_does("ok", VERDICT_DENY, TALK_REASON_STATE);
		house_write_fails_at = 0;
	}
	second_does("ok", VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_close(&h);
}
END_TEST

static uint32_t failures_at_compare;

static void look_at_compare(void)
{
	failures_at_compare = failures();
}

START_TEST(b1_charged_before_it_is_compared)
{
	begin();
	first_sends();
	failures_at_compare = 99;
	house_at_compare = look_at_compare;
	second_does("ok", VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_at_compare = NULL;
	ck_assert_uint_eq(failures_at_compare, 1);
	house_close(&h);
}
END_TEST

START_TEST(b3_a_block_between_the_steps_denies)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	begin();
	first_sends();
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ch.user.block = RECORD_BLOCK_ADMIN;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	second_does("ok", VERDICT_DENY, TALK_REASON_BLOCKED);
	house_close(&h);
}
END_TEST

START_TEST(b6_a_success_makes_the_place_a_known_one)
{
	begin();
	h.settings.nremember = 1;
	strcpy(h.settings.remember[0].service, h.facts.service);
	h.settings.remember[0].seconds = 86400;
	first_sends();
	second_does("ok", VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_int_eq(outcome.place, VERDICT_PLACE_NEW);
	first();
	ck_assert_int_eq(outcome.verdict, VERDICT_EXEMPT);
	/* and both steps of the next one draw on the purse of known places */
	h.settings.nremember = 0;
	first_sends();
	second_does("bad", VERDICT_DENY, TALK_REASON_WRONG);
	ck_assert_int_eq(outcome.place, VERDICT_PLACE_KNOWN);
	struct record r = record_now();
	ck_assert_uint_eq(meter_sum(&r.purse[RECORD_PURSE_KNOWN].failures), 1);
	ck_assert_uint_eq(failures(), 0);
	house_close(&h);
}
END_TEST

/* What a notice of a new device goes by. */
START_TEST(a_second_device_is_a_new_one)
{
	begin();
	first_sends();
	second_does("ok", VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert(!outcome.new_device);
	facts_parse_address("192.0.2.8", &h.facts.address);
	first_sends();
	second_does("ok", VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_int_eq(outcome.place, VERDICT_PLACE_NEW);
	ck_assert(outcome.new_device);
	first_sends();
	second_does("ok", VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert(!outcome.new_device);
	house_close(&h);
}
END_TEST

static uint32_t unanswered(void)
{
	struct record r = record_now();
	struct clock_now now;
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(clock_read(&now, &f), 0);
	return fatigue_count(&r, &now);
}

/* A repeated password sends no second code, so that each expires first. */
START_TEST(b5_codes_that_nobody_brings_end_in_a_pause)
{
	begin();
	for (uint32_t i = 1; i <= FATIGUE_CODES; i++) {
		first_sends();
		ck_assert_uint_eq(unanswered(), i);
		house_shift_ms += 600 * 1000;
	}
	int before = house_provider->orders;
	first();
	check_end(VERDICT_DENY, TALK_REASON_BUDGET);
	ck_assert(outcome.pause);
	ck_assert_int_eq(house_provider->orders, before);
	house_close(&h);
}
END_TEST

START_TEST(b5_a_code_that_is_brought_was_answered)
{
	struct site s;

	begin();
	h.settings.code.lifetime_s = 600;
	first_sends();
	second_does("bad", VERDICT_DENY, TALK_REASON_WRONG);
	ck_assert_uint_eq(unanswered(), 0);
	house_shift_ms += 600 * 1000;
	first_sends();
	ck_assert_uint_eq(unanswered(), 1);
	house_shift_ms += 500 * 1000; /* into a later bucket of the budgets */
	second_does("ok", VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_uint_eq(unanswered(), 0);
	/* the one that let in is given back, the other is not */
	house_site(&h, &s);
	struct record r = record_now();
	ck_assert_uint_eq(meter_sum(&r.purse[0].sends[0]), 1);
	struct payer payer = { .settings = &h.settings,
		.state = &h.state,
		.e164 = "+491701234512",
		.address = &h.facts.address,
		.purse = RECORD_PURSE_STRANGER };
	struct allowance_terms t;
	struct state_change ch;
	struct fault f = FAULT_INIT;
	ck_assert_int_eq(state_begin(&h.state, STATE_SITE, NULL, &ch, &f), 0);
	state_abandon(&ch);
	ck_assert_int_eq(payer_terms(&payer, &ch, &t, &f), 0);
	ck_assert_uint_eq(sketch_sum(&s.numbers, &t.number, &h.settings.budget.number.rates[0], 0, ch.now.wall_s), 1);
	ck_assert_uint_eq(sketch_sum(&s.addresses, &t.address, &h.settings.budget.address.rates[0], 0, ch.now.wall_s), 1);
	house_close(&h);
}
END_TEST

START_TEST(d3_a_mark_refuses_nothing_and_a_success_proves_nothing)
{
	struct state_change ch;
	struct site site;
	struct fault f = FAULT_INIT;

	begin();
	ck_assert_int_eq(state_begin(&h.state, STATE_SITE, NULL, &ch, &f), 0);
	for (uint32_t i = 0; i < 3; i++)
		site_note_one_field(&ch.site, h.facts.service, i);
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	first_sends();
	struct person p = second("fail");
	ck_assert_str_eq(p.notes, "");
	second_does("ok", VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_site(&h, &site);
	ck_assert(site_is_one_field(&site, h.facts.service));
	/* nor where nobody knows the service yet */
	strcpy(h.facts.service, "imap");
	first_sends();
	second_does("ok", VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_site(&h, &site);
	ck_assert(site_wants_two_prompts(&site, "imap"));
	house_close(&h);
}
END_TEST

/* --- many at once ----------------------------------------------------------------------------- */

static struct count_of {
	_Atomic int compared, accepted, sent;
} * tally;

static void count_comparison(void)
{
	tally->compared++;
}

static void hundred(const char *word)
{
	tally = mmap(
		NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(tally, MAP_FAILED);
	for (int i = 0; i < 100; i++) {
		pid_t pid = fork();
		ck_assert_int_ge(pid, 0);
		if (pid > 0)
			continue;
		house_at_compare = count_comparison;
		if (word)
			second(word);
		else
			first();
		tally->accepted += outcome.verdict == VERDICT_ACCEPT;
		tally->sent += outcome.sends;
		_exit(0);
	}
	while (wait(NULL) > 0)
		;
}

START_TEST(b4_100_at_once_compare_exactly_the_tries)
{
	begin();
	h.settings.lockout.failures = 20;
	first_sends();
	hundred("bad");
	ck_assert_int_eq(tally->compared, 3);
	ck_assert_int_eq(tally->accepted, 0);
	ck_assert_uint_eq(failures(), 3);
	house_close(&h);
}
END_TEST

START_TEST(a3_100_at_once_with_the_right_code_one_success)
{
	begin();
	first_sends();
	hundred("ok");
	ck_assert_int_eq(tally->accepted, 1);
	ck_assert_int_le(tally->compared, 3);
	house_close(&h);
}
END_TEST

START_TEST(d5_100_first_steps_at_once_send_one)
{
	begin();
	hundred(NULL);
	ck_assert_int_eq(tally->sent, 1);
	ck_assert_int_eq(house_provider->orders, 1);
	ck_assert_int_eq(live(), 1);
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("two_step");
	TCase *t = tcase_create("two_step");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, a3_the_second_step_lets_in_once);
	tcase_add_test(t, a2_valid_for_the_lifetime_and_no_longer);
	tcase_add_test(t, a2_it_ends_while_the_guess_is_charged);
	tcase_add_test(t, a_new_first_step_after_the_end_voids_the_old_code);
	tcase_add_test(t, d5_the_same_password_again_sends_nothing);
	tcase_add_loop_test(
		t, a4_bound_to_service_and_address, 0, sizeof others / sizeof others[0]);
	tcase_add_test(t, a4_bound_to_the_user);
	tcase_add_test(t, no_address_is_a_binding_of_its_own);
	tcase_add_test(t, a4_a_code_of_a_conversation_is_none_here_nor_the_reverse);
	tcase_add_test(t, a8_three_wrong_codes_void_it);
	tcase_add_test(t, b3_a_locked_user_is_sent_nothing_and_judged_nothing);
	tcase_add_test(t, a6_what_reads_as_no_code_counts_for_nothing);
	tcase_add_test(t, d4_without_a_first_factor_nothing_is_sent);
	tcase_add_test(t, a_reboot_voids);
	tcase_add_test(t, a_password_that_ends_in_digits_wants_the_code_alone);
	tcase_add_test(t, b5_the_fifth_is_one_too_many_until_a_minute_after_the_end);
	tcase_add_test(t, e9_what_was_not_sent_leaves_nothing);
	tcase_add_test(t, c5_what_cannot_be_written_denies);
	tcase_add_test(t, b1_charged_before_it_is_compared);
	tcase_add_test(t, b3_a_block_between_the_steps_denies);
	tcase_add_test(t, b6_a_success_makes_the_place_a_known_one);
	tcase_add_test(t, a_second_device_is_a_new_one);
	tcase_add_test(t, b5_codes_that_nobody_brings_end_in_a_pause);
	tcase_add_test(t, b5_a_code_that_is_brought_was_answered);
	tcase_add_test(t, d3_a_mark_refuses_nothing_and_a_success_proves_nothing);
	tcase_add_test(t, b4_100_at_once_compare_exactly_the_tries);
	tcase_add_test(t, a3_100_at_once_with_the_right_code_one_success);
	tcase_add_test(t, d5_100_first_steps_at_once_send_one);
	suite_add_tcase(s, t);
	return s;
}
