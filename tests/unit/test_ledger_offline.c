#include "core/ledger_offline.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/secret.h"
#include "core/recovery.h"
#include "house.h"
#include "unit.h"

static struct house h;
static struct ledger ledger;
static struct secret code;
static unsigned char mac[DIGEST_SIZE];
static struct fault f;

/* root with an app and two recovery codes; the first is `code`. */
static void begin(void)
{
	struct state_change ch;

	house_open(&h);
	ledger = (struct ledger){ .settings = &h.settings, .state = &h.state, .account = &h.account,
		.service = "sshd", .e164 = "+491701234512", .trusted = true,
		.began_boot_ms = clock_boot_ms() };
	ck_assert_int_eq(recovery_make(&code, &f), 0);
	ck_assert_int_eq(recovery_mac(h.state.key, 0, &code, mac, &f), 0);
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	memcpy(ch.user.offline.recovery[3].mac, mac, sizeof mac);
	ch.user.offline.recovery[3].state = RECORD_RECOVERY_UNUSED;
	memset(ch.user.offline.recovery[4].mac, 7, sizeof mac);
	ch.user.offline.recovery[4].state = RECORD_RECOVERY_UNUSED;
	ch.user.offline.app.enrolled = 1;
	memset(ch.user.offline.app.key, 9, RECORD_APP_KEY);
	memcpy(ch.user.offline.issued.mac, mac, sizeof mac);
	span_begin(&ch.user.offline.issued.span, 900, &ch.now);
	ck_assert_int_eq(state_commit(&ch, &f), 0);
}

static struct record record_now(void)
{
	struct record r;

	house_record(&h, &r);
	return r;
}

static struct ledger_offline_use use_of(enum verdict_by by, int64_t step)
{
	struct ledger_offline_use use = { .by = by, .step = step };

	memcpy(use.mac, mac, sizeof mac);
	use.app.enrolled = 1;
	memset(use.app.key, 9, RECORD_APP_KEY);
	return use;
}

static enum ledger_answer consume(const struct ledger_offline_use *use, unsigned *left)
{
	struct ledger_grant g;

	ck_assert_int_eq(ledger_offline_consume(&ledger, use, left, &g, &f), 0);
	return g.answer;
}

static struct toll {
	_Atomic int evaluated, accepted, refused, broken;
} *tally;

static void one_engine(enum verdict_by by)
{
	struct ledger_offline_guess guess;
	struct ledger_offline_use use = use_of(by, 60000000);
	struct ledger_grant g;
	struct fault mine = FAULT_INIT;
	unsigned left;

	if (ledger_offline_charge(&ledger, &guess, &g, &mine) < 0) {
		tally->broken++;
		return;
	}
	if (g.answer != LEDGER_GRANTED) {
		tally->refused++;
		return;
	}
	tally->evaluated++;
	if (by == VERDICT_BY_NONE)
		return;
	use.limit = guess.limit;
	if (ledger_offline_consume(&ledger, &use, &left, &g, &mine) < 0)
		tally->broken++;
	else if (g.answer == LEDGER_GRANTED)
		tally->accepted++;
}

static void hundred_engines(enum verdict_by by)
{
	tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(tally, MAP_FAILED);
	for (int i = 0; i < 100; i++) {
		pid_t pid = fork();
		ck_assert_int_ge(pid, 0);
		if (pid == 0) {
			one_engine(by);
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	ck_assert_int_eq(tally->broken, 0);
}

START_TEST(b4_100_engines_evaluate_exactly_the_budget)
{
	begin();
	hundred_engines(VERDICT_BY_NONE);
	ck_assert_int_eq(tally->evaluated, 10);
	ck_assert_int_eq(tally->refused, 90);
	struct record r = record_now();
	ck_assert_uint_eq(meter_sum(&r.offline.purse[0].failures), 10);
	ck_assert_uint_eq(meter_sum(&r.purse[0].failures), 0);
	house_close(&h);
}
END_TEST

START_TEST(a3_100_engines_with_one_recovery_code_one_success)
{
	for (int round = 0; round < 3; round++) {
		begin();
		hundred_engines(VERDICT_BY_RECOVERY);
		ck_assert_int_eq(tally->accepted, 1);
		struct record r = record_now();
		ck_assert_uint_eq(record_recovery_left(&r.offline), 1);
		house_close(&h);
	}
}
END_TEST

START_TEST(a3_100_engines_with_one_app_code_one_success)
{
	for (int round = 0; round < 3; round++) {
		begin();
		hundred_engines(VERDICT_BY_APP);
		ck_assert_int_eq(tally->accepted, 1);
		struct record r = record_now();
		ck_assert_int_eq(r.offline.app.last_step, 60000000);
		house_close(&h);
	}
}
END_TEST

START_TEST(a3_100_engines_with_one_issued_code_one_success)
{
	static const struct record_issued none;

	for (int round = 0; round < 3; round++) {
		begin();
		hundred_engines(VERDICT_BY_ISSUED);
		ck_assert_int_eq(tally->accepted, 1);
		struct record r = record_now();
		ck_assert_mem_eq(&r.offline.issued, &none, sizeof none);
		ck_assert_uint_eq(record_recovery_left(&r.offline), 2);
		house_close(&h);
	}
}
END_TEST

/* Neither shown nor taken after it, nor another code in its time. */
START_TEST(f5_an_issued_code_has_its_time)
{
	static const struct record_issued none;
	struct record_offline seen;
	struct ledger_offline_use use;
	struct ledger_grant g;
	unsigned left;

	begin();
	use = use_of(VERDICT_BY_ISSUED, 0);
	use.mac[31] ^= 1;
	ck_assert_int_eq(consume(&use, &left), LEDGER_VOID);
	house_shift_ms += 899 * 1000;
	ck_assert_int_eq(ledger_offline_look(&ledger, &seen, &g, &f), 0);
	ck_assert_mem_eq(seen.issued.mac, mac, sizeof mac);
	house_shift_ms += 2 * 1000;
	ck_assert_int_eq(ledger_offline_look(&ledger, &seen, &g, &f), 0);
	ck_assert_mem_eq(&seen.issued, &none, sizeof none);
	use = use_of(VERDICT_BY_ISSUED, 0);
	ck_assert_int_eq(consume(&use, &left), LEDGER_VOID);
	house_close(&h);
}
END_TEST

START_TEST(b1_a_charge_is_on_disk_and_its_success_gives_it_back)
{
	struct ledger_offline_guess guess;
	struct ledger_offline_use use = use_of(VERDICT_BY_RECOVERY, 0);
	struct ledger_grant g;
	unsigned left;

	begin();
	ck_assert_int_eq(ledger_offline_charge(&ledger, &guess, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	ck_assert_mem_eq(guess.seen.recovery[3].mac, mac, sizeof mac);
	struct record r = record_now();
	ck_assert_uint_eq(r.offline.purse[0].consecutive, 1);
	use = use_of(VERDICT_BY_RECOVERY, 0);
	use.limit = guess.limit;
	ck_assert_int_eq(consume(&use, &left), LEDGER_GRANTED);
	ck_assert_uint_eq(left, 1);
	r = record_now();
	ck_assert_uint_eq(r.offline.purse[0].consecutive, 0);
	ck_assert_uint_eq(meter_sum(&r.offline.purse[0].failures), 0);
	ck_assert_uint_eq(r.offline.recovery[3].state, RECORD_RECOVERY_USED);
	/* nothing of a used one stays */
	for (int i = 0; i < DIGEST_SIZE; i++)
		ck_assert_uint_eq(r.offline.recovery[3].mac[i], 0);
	ck_assert_int_eq(consume(&use, &left), LEDGER_VOID);
	house_close(&h);
}
END_TEST

START_TEST(c5_what_cannot_be_written_lets_nobody_in)
{
	struct ledger_offline_guess guess;
	struct ledger_offline_use use;
	struct ledger_grant g;
	unsigned left;

	begin();
	use = use_of(VERDICT_BY_RECOVERY, 0);
	house_write_fails_at = 1;
	ck_assert_int_eq(ledger_offline_charge(&ledger, &guess, &g, &f), -1);
	ck_assert_int_eq(g.answer, LEDGER_REFUSED);
	ck_assert_int_eq(ledger_offline_consume(&ledger, &use, &left, &g, &f), -1);
	ck_assert_int_eq(g.answer, LEDGER_REFUSED);
	house_write_fails_at = 0;
	house_close(&h);
}
END_TEST

/* By what somebody has; a code that was read out to them is for once. */
START_TEST(b6_which_success_makes_a_place_known)
{
	static const enum verdict_by ways[] = { VERDICT_BY_RECOVERY, VERDICT_BY_APP, VERDICT_BY_ISSUED };
	unsigned left;

	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		begin();
		ledger.place.kind = RECORD_PLACE_ADDRESS;
		memset(ledger.place.mac, 5, sizeof ledger.place.mac);
		struct ledger_offline_use use = use_of(ways[i], 60000000);
		ck_assert_int_eq(consume(&use, &left), LEDGER_GRANTED);
		struct record r = record_now();
		bool known = ways[i] != VERDICT_BY_ISSUED;
		ck_assert_uint_eq(r.places[0].kind, known ? RECORD_PLACE_ADDRESS : RECORD_PLACE_NONE);
		ck_assert_str_eq(r.places[0].service, known ? "sshd" : "");
		house_close(&h);
	}
}
END_TEST

START_TEST(a_step_counts_once_and_for_this_key)
{
	struct ledger_offline_use use;
	unsigned left;

	begin();
	use = use_of(VERDICT_BY_APP, 100);
	ck_assert_int_eq(consume(&use, &left), LEDGER_GRANTED);
	ck_assert_int_eq(consume(&use, &left), LEDGER_VOID);
	use.step = 99;
	ck_assert_int_eq(consume(&use, &left), LEDGER_VOID);
	use.step = 101;
	use.app.key[19] = 8;
	ck_assert_int_eq(consume(&use, &left), LEDGER_VOID);
	use.app.key[19] = 9;
	ck_assert_int_eq(consume(&use, &left), LEDGER_GRANTED);
	use = use_of(VERDICT_BY_NONE, 1000);
	ck_assert_int_eq(consume(&use, &left), LEDGER_VOID);
	use = use_of(VERDICT_BY_SMS, 1000);
	ck_assert_int_eq(consume(&use, &left), LEDGER_VOID);
	house_close(&h);
}
END_TEST

/* Ten wrong guesses lock this side: an app's code that was paid for as an SMS's does not get past it. */
START_TEST(b7_a_lock_holds_whatever_purse_paid)
{
	struct ledger_offline_guess guess;
	struct ledger_offline_use use;
	struct record_offline seen;
	struct ledger_grant g;
	unsigned left;

	begin();
	for (int i = 0; i < 10; i++) {
		ck_assert_int_eq(ledger_offline_charge(&ledger, &guess, &g, &f), 0);
		ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	}
	ck_assert_int_gt(guess.until_wall_s, g.now_wall_s);
	ck_assert_int_eq(ledger_offline_charge(&ledger, &guess, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_LOCKED);
	ck_assert_int_eq(ledger_offline_look(&ledger, &seen, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_LOCKED);
	ck_assert_uint_eq(seen.app.enrolled, 1);
	use = use_of(VERDICT_BY_APP, 100);
	use.paid_as_sms = true;
	ck_assert_int_eq(consume(&use, &left), LEDGER_LOCKED);
	/* but one that was charged here before the lock does */
	use.paid_as_sms = false;
	ck_assert_int_eq(consume(&use, &left), LEDGER_GRANTED);
	house_close(&h);
}
END_TEST

START_TEST(a_block_between_guess_and_consumption_denies)
{
	struct ledger_offline_use use;
	struct state_change ch;
	unsigned left;

	begin();
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ch.user.block = RECORD_BLOCK_ADMIN;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	use = use_of(VERDICT_BY_RECOVERY, 0);
	ck_assert_int_eq(consume(&use, &left), LEDGER_BLOCKED);
	house_close(&h);
}
END_TEST

/* The hundredth wrong guess in a row blocks: its own block is no hindrance to it, a lock of this side and a block by the
 * administrator are. */
START_TEST(b7_a_block_of_its_own_hides_no_lock)
{
	struct ledger_offline_guess guess;
	struct ledger_offline_use use;
	struct state_change ch;
	struct ledger_grant g;
	unsigned left;

	begin();
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(ledger_offline_charge(&ledger, &guess, &g, &f), 0);
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ch.user.block = RECORD_BLOCK_FAILURES;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	use = use_of(VERDICT_BY_APP, 100);
	use.limit.blocked = true;
	use.paid_as_sms = true;
	ck_assert_int_eq(consume(&use, &left), LEDGER_LOCKED);
	struct record r = record_now();
	ck_assert_uint_eq(r.block, RECORD_BLOCK_FAILURES);
	ck_assert_int_eq(r.offline.app.last_step, 0);
	use.paid_as_sms = false;
	ck_assert_int_eq(consume(&use, &left), LEDGER_GRANTED);
	r = record_now();
	ck_assert_uint_eq(r.block, RECORD_BLOCK_NONE);
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ch.user.block = RECORD_BLOCK_ADMIN;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	use.step = 101;
	ck_assert_int_eq(consume(&use, &left), LEDGER_BLOCKED);
	house_close(&h);
}
END_TEST

static struct ledger_offline_use app_use;
static struct ledger_offline_guess app_guess;
static struct record_offline app_seen;

static void look(void)
{
	struct ledger_grant g;

	ck_assert_int_eq(ledger_offline_look(&ledger, &app_seen, &g, &f), 0);
}

static void charge(void)
{
	struct ledger_grant g;

	ck_assert_int_eq(ledger_offline_charge(&ledger, &app_guess, &g, &f), 0);
}

static void consume_app(void)
{
	unsigned left;

	app_use.limit = app_guess.limit;
	ck_assert_int_eq(consume(&app_use, &left), LEDGER_GRANTED);
}

/* What is left on the stack of a call that had an app's key. */
START_TEST(g1_no_key_of_an_app_stays_on_the_stack)
{
	enum { STACK = 1 << 20 };
	static void (*const calls[])(void) = { look, charge, consume_app };
	unsigned char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned char key[RECORD_APP_KEY];
	ucontext_t here, there;

	ck_assert_ptr_ne(stack, MAP_FAILED);
	memset(key, 9, sizeof key);
	begin();
	app_use = use_of(VERDICT_BY_APP, 100);
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
		memset(stack, 0, STACK);
		ck_assert_int_eq(getcontext(&there), 0);
		there.uc_stack.ss_sp = stack;
		there.uc_stack.ss_size = STACK;
		there.uc_link = &here;
		makecontext(&there, calls[i], 0);
		ck_assert_int_eq(swapcontext(&here, &there), 0);
		ck_assert_msg(!memmem(stack, STACK, key, sizeof key), "call %zu", i);
	}
	ck_assert_mem_eq(app_seen.app.key, key, sizeof key);
	ck_assert_mem_eq(app_guess.seen.app.key, key, sizeof key);
	house_close(&h);
}
END_TEST

/* The SMS's challenge goes in the same change that accepts. */
START_TEST(a3_a_success_takes_the_challenge_off)
{
	struct ledger_offline_use use;
	struct challenge challenge;
	struct ledger_grant g;
	unsigned left;

	begin();
	ck_assert_int_eq(challenge_make(6, h.state.key, &challenge, &f), 0);
	ck_assert_int_eq(ledger_open(&ledger, &challenge, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	use = use_of(VERDICT_BY_RECOVERY, 0);
	use.challenge = &challenge;
	use.sends = 1;
	ck_assert_int_eq(consume(&use, &left), LEDGER_GRANTED);
	struct record r = record_now();
	ck_assert_int_eq(r.challenges[0].gone_boot_ms, 0);
	ck_assert_uint_eq(meter_sum(&r.purse[0].sends[0]), 0);
	house_close(&h);
}
END_TEST

/* Codes that were made anew void the old ones, also for a login under way. */
START_TEST(old_codes_are_void)
{
	struct ledger_offline_use use;
	struct state_change ch;
	unsigned left;

	begin();
	use = use_of(VERDICT_BY_RECOVERY, 0);
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	memset(ch.user.offline.recovery[3].mac, 0x33, DIGEST_SIZE);
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	ck_assert_int_eq(consume(&use, &left), LEDGER_VOID);
	house_close(&h);
}
END_TEST

START_TEST(e1_who_runs_as_the_user_has_a_purse_of_its_own)
{
	struct ledger_offline_guess guess;
	struct ledger_grant g;

	begin();
	ledger.trusted = false;
	for (int i = 0; i < 11; i++)
		ck_assert_int_eq(ledger_offline_charge(&ledger, &guess, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_LOCKED);
	ledger.trusted = true;
	ck_assert_int_eq(ledger_offline_charge(&ledger, &guess, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("ledger_offline");
	TCase *t = tcase_create("ledger_offline");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, b4_100_engines_evaluate_exactly_the_budget);
	tcase_add_test(t, a3_100_engines_with_one_recovery_code_one_success);
	tcase_add_test(t, a3_100_engines_with_one_app_code_one_success);
	tcase_add_test(t, a3_100_engines_with_one_issued_code_one_success);
	tcase_add_test(t, f5_an_issued_code_has_its_time);
	tcase_add_test(t, b1_a_charge_is_on_disk_and_its_success_gives_it_back);
	tcase_add_test(t, c5_what_cannot_be_written_lets_nobody_in);
	tcase_add_test(t, b6_which_success_makes_a_place_known);
	tcase_add_test(t, a_step_counts_once_and_for_this_key);
	tcase_add_test(t, b7_a_lock_holds_whatever_purse_paid);
	tcase_add_test(t, a_block_between_guess_and_consumption_denies);
	tcase_add_test(t, b7_a_block_of_its_own_hides_no_lock);
	tcase_add_test(t, g1_no_key_of_an_app_stays_on_the_stack);
	tcase_add_test(t, a3_a_success_takes_the_challenge_off);
	tcase_add_test(t, old_codes_are_void);
	tcase_add_test(t, e1_who_runs_as_the_user_has_a_purse_of_its_own);
	suite_add_tcase(s, t);
	return s;
}
