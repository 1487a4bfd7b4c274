#include "core/ledger_step.h"

#include <string.h>

#include "base/clock.h"
#include "house.h"
#include "unit.h"

static struct house h;
static struct ledger ledger;
static struct binding binding;
static struct challenge challenge;
static struct fault f;

static enum ledger_answer open_one(void)
{
	struct ledger_grant g;

	ck_assert_int_eq(challenge_make(6, h.state.key, &challenge, &f), 0);
	ck_assert_msg(ledger_open(&ledger, &challenge, &g, &f) == 0, "%s", f.text);
	return g.answer;
}

static void begin(void)
{
	house_open(&h);
	memset(&binding, 7, sizeof binding.mac);
	binding.alone = false;
	ledger = (struct ledger){ .settings = &h.settings,
		.state = &h.state,
		.account = &h.account,
		.service = "imap",
		.e164 = "+491701234512",
		.trusted = true,
		.binding = &binding };
	ck_assert_int_eq(open_one(), LEDGER_GRANTED);
}

static struct ledger_step_found look(void)
{
	struct ledger_step_found found;

	ck_assert_msg(ledger_step_look(&ledger, &found, &f) == 0, "%s", f.text);
	return found;
}

START_TEST(what_a_first_step_has_left)
{
	begin();
	struct ledger_step_found found = look();
	ck_assert_int_eq(found.standing, LEDGER_STEP_VALID);
	ck_assert_mem_eq(found.id, challenge.id, sizeof found.id);
	ck_assert_uint_eq(found.sends, 0);
	ck_assert(!found.known && !found.alone);
	/* a killed engine leaves no code that is good for longer than its lifetime */
	ck_assert_int_le(found.valid_until_ms, clock_boot_ms() + 90000);
	challenge_sent(&challenge, clock_boot_ms() + 3000, 90);
	ck_assert_int_eq(ledger_step_keep(&ledger, &challenge, 2, &f), 0);
	found = look();
	ck_assert_int_eq(found.valid_until_ms, challenge.valid_until_ms);
	ck_assert_uint_eq(found.sends, 2);
	house_shift_ms += 93000;
	ck_assert_int_eq(look().standing, LEDGER_STEP_EXPIRED);
	house_shift_ms += BINDING_GRACE_MS;
	ck_assert_int_eq(look().standing, LEDGER_STEP_NONE);
	house_close(&h);
}
END_TEST

START_TEST(alone_and_known_are_remembered)
{
	begin();
	memset(&binding, 8, sizeof binding.mac);
	binding.alone = true;
	ledger.known = true;
	ck_assert_int_eq(open_one(), LEDGER_GRANTED);
	struct ledger_step_found found = look();
	ck_assert(found.known && found.alone);
	house_close(&h);
}
END_TEST

START_TEST(d5_none_beside_a_valid_one)
{
	struct record r;
	struct challenge old = { .digits = 0 };

	begin();
	old = challenge;
	ck_assert_int_eq(open_one(), LEDGER_STILL);
	ck_assert_int_eq(ledger_answer_reason(LEDGER_STILL), TALK_REASON_SENT);
	house_record(&h, &r);
	ck_assert_uint_eq(meter_sum(&r.purse[0].sends[0]), 1);
	ck_assert_mem_eq(look().id, old.id, sizeof old.id);
	house_shift_ms += 90000;
	ck_assert_int_eq(open_one(), LEDGER_GRANTED);
	ck_assert_mem_eq(look().id, challenge.id, sizeof old.id);
	house_record(&h, &r);
	int live = 0;
	for (int i = 0; i < RECORD_CHALLENGES; i++)
		live += r.challenges[i].gone_boot_ms != 0;
	ck_assert_int_eq(live, 1);
	house_close(&h);
}
END_TEST

START_TEST(a_guess_does_not_prolong_it)
{
	struct ledger_guess guess;
	struct ledger_grant g;

	begin();
	int64_t until = look().valid_until_ms;
	house_shift_ms += 50000;
	ck_assert_int_eq(ledger_charge(&ledger, &challenge, &guess, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_GRANTED);
	ck_assert_int_eq(ledger_resend(&ledger, &challenge, LEDGER_BY_US, &g, &f), 0);
	ck_assert_int_eq(look().valid_until_ms, until);
	house_close(&h);
}
END_TEST

START_TEST(a8_void_without_tries_and_not_before)
{
	struct ledger_guess guess;
	struct ledger_grant g;

	begin();
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(look().standing, LEDGER_STEP_VALID);
		ck_assert_int_eq(ledger_charge(&ledger, &challenge, &guess, &g, &f), 0);
		ck_assert_int_eq(g.answer, LEDGER_GRANTED);
		ck_assert_int_eq(ledger_step_wrong(&ledger, &challenge, &f), 0);
	}
	ck_assert_int_eq(look().standing, LEDGER_STEP_NONE);
	ck_assert_int_eq(ledger_charge(&ledger, &challenge, &guess, &g, &f), 0);
	ck_assert_int_eq(g.answer, LEDGER_VOID);
	/* another process was first */
	ck_assert_int_eq(ledger_step_wrong(&ledger, &challenge, &f), 0);
	house_close(&h);
}
END_TEST

START_TEST(b5_who_must_wait_holds_no_place)
{
	begin();
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(ledger_void(&ledger, &challenge, &f), 0);
		enum ledger_answer a = open_one();
		ck_assert_int_eq(a, i == 0 ? LEDGER_GRANTED : LEDGER_WAIT);
	}
	ck_assert_int_eq(look().standing, LEDGER_STEP_NONE);
	house_close(&h);
}
END_TEST

START_TEST(what_was_voided_meanwhile_is_not_kept)
{
	begin();
	ck_assert_int_eq(ledger_void(&ledger, &challenge, &f), 0);
	ck_assert_int_eq(ledger_step_keep(&ledger, &challenge, 1, &f), -1);
	ck_assert_int_eq(look().standing, LEDGER_STEP_NONE);
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("ledger_step");
	TCase *t = tcase_create("ledger_step");

	tcase_add_test(t, what_a_first_step_has_left);
	tcase_add_test(t, alone_and_known_are_remembered);
	tcase_add_test(t, d5_none_beside_a_valid_one);
	tcase_add_test(t, a_guess_does_not_prolong_it);
	tcase_add_test(t, a8_void_without_tries_and_not_before);
	tcase_add_test(t, b5_who_must_wait_holds_no_place);
	tcase_add_test(t, what_was_voided_meanwhile_is_not_kept);
	suite_add_tcase(s, t);
	return s;
}
