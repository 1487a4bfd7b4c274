#include "core/ledger.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/detour.h"
#include "core/fatigue.h"
#include "core/sighting.h"
#include "house.h"
#include "unit.h"

static struct house h;
static struct ledger ledger;
static struct challenge challenge;
static struct fault f;

static void begin(void)
{
	struct ledger_grant g;

	house_open(&h);
	ledger = (struct ledger){ .settings = &h.settings, .state = &h.state, .account = &h.account,
		.service = "sshd", .e164 = "+491701234512", .trusted = true,
		.began_boot_ms = clock_boot_ms() };
	ck_assert_int_eq(challenge_make(6, h.state.key, &challenge, &f), 0);
	ck_assert_msg(ledger_open(&ledger, &challenge, &g, &f) == 0, "%s", f.text);
	ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	challenge_sent(&challenge, 1, 90);
}

static void end(void)
{
	challenge_wipe(&challenge);
	house_close(&h);
}

/* What the children did, in shared memory. */
static struct toll {
	_Atomic int evaluated, accepted, refused, broken;
} *tally;

static void fresh_tally(void)
{
	tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(tally, MAP_FAILED);
}

/* One engine process that was given the challenge and an answer. */
static void one_engine(bool right)
{
	struct ledger_guess guess;
	struct ledger_grant g;
	struct fault mine = FAULT_INIT;

	if (ledger_charge(&ledger, &challenge, &guess, &g, &mine) < 0) {
		tally->broken++;
		return;
	}
	if (g.answer != LEDGER_GRANTED) {
		tally->refused++;
		return;
	}
	tally->evaluated++;
	if (!right)
		return;
	guess.sends = 1;
	if (ledger_consume(&ledger, &challenge, &guess, &g, &mine) < 0)
		tally->broken++;
	else if (g.answer == LEDGER_GRANTED)
		tally->accepted++;
}

/* The long form: tests/parallel/README.md. */
static int rounds(void)
{
	const char *n = getenv("SMSOTP_ROUNDS");

	return n ? atoi(n) : 5;
}

static void hundred_engines(bool right)
{
	for (int i = 0; i < 100; i++) {
		pid_t pid = fork();
		ck_assert_int_ge(pid, 0);
		if (pid == 0) {
			one_engine(right);
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
}

START_TEST(b4_100_engines_evaluate_exactly_the_tries)
{
	struct record r;

	for (int round = 0; round < rounds(); round++) {
		fresh_tally();
		begin();
		hundred_engines(false);
		ck_assert_int_eq(tally->broken, 0);
		ck_assert_int_eq(tally->evaluated, 3);
		ck_assert_int_eq(tally->refused, 97);
		house_record(&h, &r);
		ck_assert_uint_eq(meter_sum(&r.purse[0].failures), 3);
		end();
	}
}
END_TEST

START_TEST(a3_100_engines_with_the_right_answer_one_success)
{
	for (int round = 0; round < rounds(); round++) {
		fresh_tally();
		begin();
		hundred_engines(true);
		ck_assert_int_eq(tally->broken, 0);
		ck_assert_int_eq(tally->accepted, 1);
		ck_assert_int_le(tally->evaluated, 3);
		end();
	}
}
END_TEST

START_TEST(a3_consumed_is_gone)
{
	struct ledger_guess guess;
	struct ledger_grant g;

	begin();
	ck_assert_int_eq(ledger_charge(&ledger, &challenge, &guess, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	ck_assert_mem_eq(guess.mac, challenge.mac, DIGEST_SIZE);
	ck_assert_int_eq(ledger_consume(&ledger, &challenge, &guess, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	ck_assert_int_eq(ledger_consume(&ledger, &challenge, &guess, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_VOID);
	ck_assert_int_eq(ledger_charge(&ledger, &challenge, &guess, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_VOID);
	end();
}
END_TEST

START_TEST(b1_a_charge_is_on_disk_before_it_is_granted)
{
	struct ledger_guess guess;
	struct ledger_grant g;
	struct record r;

	begin();
	house_record(&h, &r);
	ck_assert_uint_eq(meter_sum(&r.purse[0].sends[0]), 1);
	ck_assert_int_eq(ledger_charge(&ledger, &challenge, &guess, &g, &f), 0);
	house_record(&h, &r);
	ck_assert_uint_eq(meter_sum(&r.purse[0].failures), 1);
	ck_assert_uint_eq(r.purse[0].consecutive, 1);
	end();
}
END_TEST

START_TEST(b2_what_was_not_taken_is_given_back)
{
	struct record r;
	struct site s;

	begin();
	house_site(&h, &s);
	ck_assert_uint_eq(meter_sum(&s.sends[0]), 1);
	ck_assert_int_eq(ledger_unsend(&ledger, &challenge, &(struct ledger_unsent){ .by_person = 1, .drop = true }, &f), 0);
	house_record(&h, &r);
	ck_assert_uint_eq(meter_sum(&r.purse[0].sends[0]), 0);
	ck_assert_int_eq(r.challenges[0].gone_boot_ms, 0);
	house_site(&h, &s);
	ck_assert_uint_eq(meter_sum(&s.sends[0]), 0);
	end();
}
END_TEST

START_TEST(a2_a_pardoned_guess_leaves_no_trace)
{
	struct ledger_guess guess;
	struct ledger_grant g;
	struct record before, after;

	begin();
	house_record(&h, &before);
	ck_assert_int_eq(ledger_charge(&ledger, &challenge, &guess, &g, &f), 0);
	ck_assert_int_eq(ledger_pardon(&ledger, &challenge, &guess, &f), 0);
	house_record(&h, &after);
	ck_assert_uint_eq(meter_sum(&after.purse[0].failures), meter_sum(&before.purse[0].failures));
	ck_assert_uint_eq(after.purse[0].consecutive, 0);
	ck_assert_uint_eq(after.challenges[0].tries_left, before.challenges[0].tries_left);
	end();
}
END_TEST

START_TEST(a7_a_resend_gives_back_no_try)
{
	struct ledger_guess guess;
	struct ledger_grant g;
	struct record r;

	begin();
	ck_assert_int_eq(ledger_charge(&ledger, &challenge, &guess, &g, &f), 0);
	house_shift_ms += 31 * 1000;
	ck_assert_int_eq(ledger_resend(&ledger, &challenge, LEDGER_BY_PERSON, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	house_record(&h, &r);
	ck_assert_uint_eq(r.challenges[0].tries_left, 2);
	ck_assert_uint_eq(r.purse[0].consecutive, 1);
	end();
}
END_TEST

/* A further route of ours is charged to the budgets, and neither waits nor makes others wait. */
START_TEST(b5_a_further_route_is_charged_without_waits)
{
	struct ledger_grant g;
	struct record r;

	begin();
	house_record(&h, &r);
	uint32_t waits = r.purse[0].sends_since_success;
	for (uint32_t i = 2; i <= 5; i++) {
		ck_assert_int_eq(ledger_resend(&ledger, &challenge, LEDGER_BY_US, &g, &f), 0);
		ck_assert_int_eq(g.answer, LEDGER_GRANTED);
		ck_assert_uint_eq(g.plan.n, 0);
		house_record(&h, &r);
		ck_assert_uint_eq(meter_sum(&r.purse[0].sends[0]), i);
	}
	ck_assert_uint_eq(r.purse[0].sends_since_success, waits);
	/* 5 in an hour: spent */
	ck_assert_int_eq(ledger_resend(&ledger, &challenge, LEDGER_BY_US, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_SPENT);
	ck_assert_int_eq(ledger_unsend(&ledger, &challenge, &(struct ledger_unsent){ .by_us = 2 }, &f), 0);
	house_record(&h, &r);
	ck_assert_uint_eq(meter_sum(&r.purse[0].sends[0]), 3);
	ck_assert_uint_eq(r.purse[0].sends_since_success, waits);
	end();
}
END_TEST

/* The second login of an outage begins with the other route; after a minute one login tries the first again. */
START_TEST(a_failed_route_is_passed_over)
{
	struct sighting failed = { "first", false }, works = { "first", true };
	struct ledger_grant g;
	struct clock_now now;
	struct site s;

	begin();
	ck_assert_int_eq(sighting_note(&h.state, &failed, 1, &f), 0);
	house_shift_ms += 31000;
	ck_assert_int_eq(ledger_resend(&ledger, &challenge, LEDGER_BY_PERSON, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	ck_assert_uint_eq(g.plan.n, 2);
	ck_assert_uint_eq(g.plan.at[0], 1);
	ck_assert_uint_eq(g.plan.at[1], 0);
	ck_assert_uint_eq(g.remembered, 1);
	house_shift_ms += 61000;
	ck_assert_int_eq(ledger_resend(&ledger, &challenge, LEDGER_BY_PERSON, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	ck_assert_uint_eq(g.plan.at[0], 0);
	/* the claim of the trial is on the disk with the charge: the next login passes it over */
	house_site(&h, &s);
	ck_assert_int_eq(clock_read(&now, &f), 0);
	ck_assert_int_eq(detour_look(&s, "first", &now), DETOUR_ACTIVE);
	ck_assert_int_eq(sighting_note(&h.state, &works, 1, &f), 0);
	house_site(&h, &s);
	ck_assert_int_eq(detour_look(&s, "first", &now), DETOUR_NONE);
	end();
}
END_TEST

/* A challenge that is gone is sent no more, whoever asks; one that is sent again keeps its place for as long as its answer may come. */
START_TEST(b1_what_is_void_is_not_sent_again)
{
	struct ledger_grant g;
	struct record before, after;

	begin();
	house_record(&h, &before);
	house_shift_ms += 31000;
	ck_assert_int_eq(ledger_resend(&ledger, &challenge, LEDGER_BY_US, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	house_record(&h, &after);
	ck_assert_int_ge(after.challenges[0].gone_boot_ms, before.challenges[0].gone_boot_ms + 31000);
	ck_assert_int_eq(ledger_void(&ledger, &challenge, &f), 0);
	for (int by = LEDGER_BY_PERSON; by <= LEDGER_BY_US; by++) {
		ck_assert_int_eq(ledger_resend(&ledger, &challenge, (enum ledger_again)by, &g, &f), 0);
		ck_assert_int_eq(g.answer, LEDGER_VOID);
		ck_assert_uint_eq(g.plan.n, 0);
	}
	house_record(&h, &after);
	ck_assert_uint_eq(meter_sum(&after.purse[0].sends[0]), 2);
	/* nor to who is blocked meanwhile */
	end();
	begin();
	struct state_change ch;
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ch.user.block = RECORD_BLOCK_ADMIN;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	ck_assert_int_eq(ledger_resend(&ledger, &challenge, LEDGER_BY_US, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_BLOCKED);
	house_record(&h, &after);
	ck_assert_uint_eq(meter_sum(&after.purse[0].sends[0]), 1);
	end();
}
END_TEST

START_TEST(what_is_no_news_is_not_written)
{
	const struct sighting works = { "first", true }, both[] = { { "first", false }, { "second", true } };
	struct clock_now now;
	struct site s;

	begin();
	house_write_fails_at = 1;
	ck_assert_int_eq(sighting_note(&h.state, &works, 1, &f), 0);
	house_write_fails_at = 0;
	/* one of two is */
	ck_assert_int_eq(sighting_note(&h.state, both, 2, &f), 0);
	house_site(&h, &s);
	ck_assert_int_eq(clock_read(&now, &f), 0);
	ck_assert_int_eq(detour_look(&s, "first", &now), DETOUR_ACTIVE);
	end();
}
END_TEST

/* Who must wait for his send tries no route: the trial is left to the next. */
START_TEST(who_waits_claims_no_trial)
{
	struct sighting failed = { "first", false };
	struct challenge second, third;
	struct ledger_grant g;
	struct clock_now now;
	struct site s;

	begin();
	ck_assert_int_eq(sighting_note(&h.state, &failed, 1, &f), 0);
	house_shift_ms += 50000;
	ck_assert_int_eq(challenge_make(6, h.state.key, &second, &f), 0);
	ck_assert_int_eq(ledger_open(&ledger, &second, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	house_shift_ms += 11000;
	ck_assert_int_eq(challenge_make(6, h.state.key, &third, &f), 0);
	ck_assert_int_eq(ledger_open(&ledger, &third, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_WAIT);
	house_site(&h, &s);
	ck_assert_int_eq(clock_read(&now, &f), 0);
	ck_assert_int_eq(detour_look(&s, "first", &now), DETOUR_DUE);
	end();
}
END_TEST

START_TEST(a_block_between_guess_and_consumption_denies)
{
	struct ledger_guess guess;
	struct ledger_grant g;
	struct state_change ch;

	begin();
	ck_assert_int_eq(ledger_charge(&ledger, &challenge, &guess, &g, &f), 0);
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ch.user.block = RECORD_BLOCK_ADMIN;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	ck_assert_int_eq(ledger_consume(&ledger, &challenge, &guess, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_BLOCKED);
	/* also where the guess itself was the hundredth wrong one until then */
	guess.limit.blocked = true;
	ck_assert_int_eq(ledger_consume(&ledger, &challenge, &guess, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_BLOCKED);
	end();
}
END_TEST

START_TEST(e1_who_waits_for_a_send_holds_a_place)
{
	struct challenge waiting[4];
	struct ledger_grant g;
	struct record r;

	begin();
	h.settings.budget.user.rates[0].count = h.settings.budget.user.rates[1].count = 100;
	ck_assert_int_eq(challenge_make(6, h.state.key, &waiting[0], &f), 0);
	ck_assert_int_eq(ledger_open(&ledger, &waiting[0], &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	/* two sends were free; the next two wait, and the fifth finds no place */
	for (int i = 1; i < 4; i++) {
		ck_assert_int_eq(challenge_make(6, h.state.key, &waiting[i], &f), 0);
		ck_assert_int_eq(ledger_open(&ledger, &waiting[i], &g, &f), 0);
		ck_assert_int_eq(g.answer, i < 3 ? LEDGER_WAIT : LEDGER_CROWDED);
	}
	house_record(&h, &r);
	ck_assert_uint_eq(meter_sum(&r.purse[0].sends[0]), 2);
	/* asking again takes no second place, and a send when the time has come */
	ck_assert_int_eq(ledger_open(&ledger, &waiting[1], &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_WAIT);
	house_shift_ms += 31 * 1000;
	ck_assert_int_eq(ledger_open(&ledger, &waiting[1], &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	house_record(&h, &r);
	ck_assert_uint_eq(meter_sum(&r.purse[0].sends[0]), 3);
	ck_assert_mem_eq(r.challenges[2].id, waiting[1].id, sizeof r.challenges[2].id);
	ck_assert_mem_eq(r.challenges[3].id, waiting[2].id, sizeof r.challenges[3].id);
	end();
}
END_TEST

START_TEST(d3_reports_of_ordinary_hosts_do_not_count)
{
	bool marked = true;

	begin();
	ledger.trusted = false;
	for (int i = 0; i < 5; i++) {
		ck_assert_int_eq(ledger_one_field(&ledger, &marked, &f), 0);
		ck_assert(!marked);
	}
	end();
}
END_TEST

/* What is given back to others than the user may be lost; the success is on the disk. */
START_TEST(a3_a_success_does_not_hang_on_what_it_gives_back)
{
	struct ledger_guess guess;
	struct ledger_grant g;
	struct state_change ch;
	struct record r;
	struct site s;
	int ready[2];
	char c;

	begin();
	ck_assert_int_eq(ledger_charge(&ledger, &challenge, &guess, &g, &f), 0);
	guess.sends = 1;
	ck_assert_int_eq(pipe(ready), 0);
	pid_t holder = fork();
	if (holder == 0) {
		if (state_begin(&h.state, STATE_SITE, NULL, &ch, &f) == 0 && write(ready[1], "x", 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	ck_assert_int_eq(ledger_consume(&ledger, &challenge, &guess, &g, &f), 0);
	kill(holder, SIGKILL);
	waitpid(holder, NULL, 0);
	ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	ck_assert_int_eq(g.later.class, FAULT_LATE);
	house_record(&h, &r);
	ck_assert_uint_eq(meter_sum(&r.purse[0].sends[0]), 0);
	ck_assert_int_eq(r.challenges[0].gone_boot_ms, 0);
	/* overcharged, never the other way round */
	house_site(&h, &s);
	ck_assert(memcmp(&s.numbers, &(struct sketch){ 0 }, sizeof s.numbers) != 0);
	ck_assert(site_wants_two_prompts(&s, "sshd"));
	end();
}
END_TEST

START_TEST(b5_a_code_counts_as_not_answered_when_it_is_sent)
{
	struct ledger_guess guess;
	struct ledger_grant g;
	struct record r;

	begin();
	house_record(&h, &r);
	ck_assert_uint_eq(tally_sum(&r.fatigue.unanswered), 1);
	/* the engine was killed here: it stays. Another login's answer is not this one's */
	ck_assert_int_eq(ledger_charge(&ledger, &challenge, &guess, &g, &f), 0);
	house_record(&h, &r);
	ck_assert_uint_eq(tally_sum(&r.fatigue.unanswered), 1);
	ledger.unanswered = 1;
	ck_assert_int_eq(ledger_charge(&ledger, &challenge, &guess, &g, &f), 0);
	house_record(&h, &r);
	ck_assert_uint_eq(tally_sum(&r.fatigue.unanswered), 0);
	end();
	/* who comes from a known place or runs as the user is neither counted nor paused */
	for (int i = 0; i < 2; i++) {
		begin();
		ledger.known = i == 0;
		ledger.trusted = i == 0;
		for (int k = 0; k < 4; k++) {
			house_shift_ms += 700 * 1000;
			ck_assert_int_eq(ledger_open(&ledger, &challenge, &g, &f), 0);
			ck_assert_int_eq(g.answer, LEDGER_GRANTED);
		}
		house_record(&h, &r);
		ck_assert_uint_eq(tally_sum(&r.fatigue.unanswered), 1);
		end();
	}
}
END_TEST

START_TEST(b5_a_pause_is_on_the_disk_when_it_is_told)
{
	struct ledger_grant g;
	struct record r;

	begin();
	for (int k = 0; k < 2; k++) {
		house_shift_ms += 300 * 1000;
		ck_assert_int_eq(ledger_open(&ledger, &challenge, &g, &f), 0);
		ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	}
	house_write_fails_at = 1;
	ck_assert_int_eq(ledger_open(&ledger, &challenge, &g, &f), -1);
	ck_assert_int_eq(g.answer, LEDGER_REFUSED);
	house_write_fails_at = 0;
	ck_assert_int_eq(ledger_reserve(&ledger, &challenge, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_PAUSED);
	ck_assert(g.pause);
	ck_assert_int_ge(g.until_wall_s - g.now_wall_s, 3599);
	ck_assert_int_le(g.until_wall_s - g.now_wall_s, 3600);
	house_record(&h, &r);
	ck_assert_int_ne(r.fatigue.pause.until_wall_s, 0);
	ck_assert_int_eq(ledger_open(&ledger, &challenge, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_PAUSED);
	ck_assert(!g.pause);
	/* a resend is of a code that was sent already */
	ck_assert_int_eq(ledger_resend(&ledger, &challenge, LEDGER_BY_US, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	end();
}
END_TEST

/* The clock is a day ahead when a user is looked at for the first time in this boot. What everybody shares goes by the
 * site's own time: its windows are neither emptied nor stopped. */
START_TEST(f5_one_users_wrong_clock_turns_nobody_elses_windows)
{
	static const struct account daemon = { .name = "daemon", .uid = 1 };
	struct ledger_grant g;

	begin();
	house_enroll(&h, "daemon");
	h.settings.budget.all.automatic = false;
	h.settings.budget.all.rates[0] = (struct number_rate){ 2, 3600 };
	ck_assert_int_eq(challenge_make(6, h.state.key, &challenge, &f), 0);
	ck_assert_int_eq(ledger_open(&ledger, &challenge, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	ledger.account = &daemon;
	house_ahead_s = 86400;
	ck_assert_int_eq(challenge_make(6, h.state.key, &challenge, &f), 0);
	ck_assert_int_eq(ledger_open(&ledger, &challenge, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_SPENT);
	ck_assert_str_eq(g.spent, "all");
	house_shift_ms = 3900 * 1000;
	ck_assert_int_eq(ledger_open(&ledger, &challenge, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	house_shift_ms += 3900 * 1000;
	ledger.account = &h.account;
	/* and the others have room again when the hour is over, with the clock set right */
	house_ahead_s = 0;
	ledger.known = true; /* three unanswered ones pause */
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(challenge_make(6, h.state.key, &challenge, &f), 0);
		ck_assert_int_eq(ledger_open(&ledger, &challenge, &g, &f), 0);
		ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	}
	end();
}
END_TEST

/* The site has seen a clock two days ahead in an earlier boot, the user has not. */
START_TEST(f5_an_answer_counts_whatever_the_sites_time_is)
{
	struct state_change ch;
	struct ledger_guess guess;
	struct ledger_grant g;
	struct record r;

	begin();
	ck_assert_int_eq(ledger_void(&ledger, &challenge, &f), 0);
	ck_assert_int_eq(state_begin(&h.state, STATE_SITE, NULL, &ch, &f), 0);
	ch.site.high.wall_s += 2 * 86400;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	fatigue_clear(&ch.user);
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	ck_assert_int_eq(challenge_make(6, h.state.key, &challenge, &f), 0);
	ck_assert_int_eq(ledger_open(&ledger, &challenge, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	ledger.unanswered = 1;
	ck_assert_int_eq(ledger_charge(&ledger, &challenge, &guess, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	house_record(&h, &r);
	ck_assert_uint_eq(tally_sum(&r.fatigue.unanswered), 0);
	end();
}
END_TEST

START_TEST(every_refusal_has_a_reason)
{
	static const enum ledger_answer answers[] = { LEDGER_REFUSED, LEDGER_LOCKED, LEDGER_BLOCKED, LEDGER_SPENT,
		LEDGER_WAIT, LEDGER_CROWDED, LEDGER_ONE_FIELD, LEDGER_VOID, LEDGER_PAUSED, LEDGER_GRANTED };

	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		ck_assert_int_ne(ledger_answer_reason(answers[i]), TALK_REASON_NONE);
		ck_assert_int_ne(ledger_answer_reason(answers[i]), TALK_REASON_ACCEPTED);
		ck_assert_int_ne(ledger_answer_reason(answers[i]), TALK_REASON_EXEMPT);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("ledger");
	TCase *t = tcase_create("ledger");
	tcase_set_timeout(t, 600);
	tcase_add_test(t, b4_100_engines_evaluate_exactly_the_tries);
	tcase_add_test(t, a3_100_engines_with_the_right_answer_one_success);
	tcase_add_test(t, a3_consumed_is_gone);
	tcase_add_test(t, b1_a_charge_is_on_disk_before_it_is_granted);
	tcase_add_test(t, b2_what_was_not_taken_is_given_back);
	tcase_add_test(t, a2_a_pardoned_guess_leaves_no_trace);
	tcase_add_test(t, a7_a_resend_gives_back_no_try);
	tcase_add_test(t, b5_a_further_route_is_charged_without_waits);
	tcase_add_test(t, a_failed_route_is_passed_over);
	tcase_add_test(t, b1_what_is_void_is_not_sent_again);
	tcase_add_test(t, what_is_no_news_is_not_written);
	tcase_add_test(t, who_waits_claims_no_trial);
	tcase_add_test(t, a_block_between_guess_and_consumption_denies);
	tcase_add_test(t, e1_who_waits_for_a_send_holds_a_place);
	tcase_add_test(t, d3_reports_of_ordinary_hosts_do_not_count);
	tcase_add_test(t, a3_a_success_does_not_hang_on_what_it_gives_back);
	tcase_add_test(t, b5_a_code_counts_as_not_answered_when_it_is_sent);
	tcase_add_test(t, b5_a_pause_is_on_the_disk_when_it_is_told);
	tcase_add_test(t, f5_one_users_wrong_clock_turns_nobody_elses_windows);
	tcase_add_test(t, f5_an_answer_counts_whatever_the_sites_time_is);
	tcase_add_test(t, every_refusal_has_a_reason);
	suite_add_tcase(s, t);
	return s;
}
