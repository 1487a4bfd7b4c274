#include "core/caution.h"

#include <stdlib.h>
#include <string.h>

#include "core/allowance.h"
#include "core/limit.h"
#include "unit.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, UID = 1000 };

static struct settings settings;
static struct clock_now now;
static struct record user;
static struct site site;

static void begin(void)
{
	memset(&settings, 0, sizeof settings);
	settings.lockout.failures = 10;
	settings.lockout.window_s = DAY;
	settings.lockout.lock_s = 30 * MINUTE;
	settings.budget.user.rates[0] = (struct number_rate){ 5, HOUR };
	settings.budget.user.rates[1] = (struct number_rate){ 30, 7 * DAY };
	settings.budget.number.rates[0] = (struct number_rate){ 5, HOUR };
	settings.budget.number.rates[1] = (struct number_rate){ 10, DAY };
	settings.budget.address.rates[0] = (struct number_rate){ 10, HOUR };
	settings.budget.prefix.automatic = true;
	settings.budget.successes.rates[0] = (struct number_rate){ 60, DAY };
	settings.budget.all.automatic = true;
	settings.nprefixes = 2;
	strcpy(settings.prefixes[0], "+49");
	strcpy(settings.prefixes[1], "+43");
	memset(&now, 0, sizeof now);
	now.boot_ms = 1000000;
	now.wall_s = 1700000000;
	memset(now.boot_id, 7, sizeof now.boot_id);
	record_init(&user, UID, "alice");
	site_init(&site);
}

static void pass(int64_t seconds)
{
	now.boot_ms += seconds * 1000;
	now.wall_s += seconds;
}

static struct limit_terms terms(enum record_purse purse)
{
	return (struct limit_terms){ &settings, &now, purse };
}

static const enum record_purse purses[] = { RECORD_PURSE_STRANGER, RECORD_PURSE_KNOWN,
	RECORD_PURSE_OWN, RECORD_PURSE_OFFLINE, RECORD_PURSE_OFFLINE_OWN };

static enum limit_answer guess(enum record_purse purse)
{
	struct limit_terms t = terms(purse);
	struct limit_guess unused;

	return limit_charge_guess(&t, &user, &unused).answer;
}

static struct limit_result ask_send(const char *prefix)
{
	struct allowance_terms t = {
		.limit = terms(RECORD_PURSE_STRANGER),
		.number = { .known = true, .at = { 3, 5 } },
		.address = { .known = true, .at = { 7, 9 } },
		.prefix = prefix,
		.since_site_s = now.wall_s,
	};
	struct record copy = user;
	struct site *s = malloc(sizeof *s);

	*s = site;
	struct limit_result result = allowance_charge_send(&t, &copy, s, 0);
	free(s);
	return result;
}

/* Both ways: what is written is read again. */
static void to_disk_and_back(void)
{
	unsigned char both[2 * RECORD_SLOT_SIZE] = { 0 };
	struct fault f = FAULT_INIT;
	struct slot_cursor c;
	uint64_t sequence;

	ck_assert_msg(record_encode(&user, 1, both, &f) == 0, "%s", f.text);
	ck_assert_int_eq(slot_pick(both, &record_shape, &sequence, &c, &f), 0);
	ck_assert_int_eq(record_decode(&c, &user, &f), 0);
	unsigned char *large = calloc(2, SITE_SLOT_SIZE);
	ck_assert_msg(site_encode(&site, 1, large, &f) == 0, "%s", f.text);
	ck_assert_int_eq(slot_pick(large, &site_shape, &sequence, &c, &f), 0);
	ck_assert_int_eq(site_decode(&c, &site, &f), 0);
	free(large);
}

START_TEST(b3_nobody_gets_a_guess)
{
	begin();
	caution_user(&user, &settings, &now);
	to_disk_and_back();
	for (size_t i = 0; i < sizeof purses / sizeof purses[0]; i++)
		ck_assert_int_eq(guess(purses[i]), LIMIT_LOCKED);
	pass(DAY);
	struct record after = user;
	for (size_t i = 0; i < sizeof purses / sizeof purses[0]; i++) {
		bool own = purses[i] == RECORD_PURSE_OWN || purses[i] == RECORD_PURSE_OFFLINE_OWN;

		user = after;
		ck_assert_int_eq(guess(purses[i]), LIMIT_GRANTED);
		/* that was one wrong code */
		ck_assert_uint_eq(user.block, own ? RECORD_BLOCK_NONE : RECORD_BLOCK_FAILURES);
		ck_assert(own || guess(purses[i]) == LIMIT_BLOCKED);
	}
	limit_unlock(&user);
	ck_assert_int_eq(guess(RECORD_PURSE_STRANGER), LIMIT_GRANTED);
}
END_TEST

START_TEST(f5_it_ends_after_a_day_whatever_the_clock_does)
{
	struct limit_terms t;

	begin();
	caution_user(&user, &settings, &now);
	now.wall_s -= 10 * DAY; /* and a reboot */
	now.boot_ms = 0;
	now.boot_id[0]++;
	t = terms(RECORD_PURSE_STRANGER);
	struct limit_result r = limit_standing(&t, &user);
	ck_assert_int_eq(r.answer, LIMIT_LOCKED);
	ck_assert_int_le(r.until_wall_s - now.wall_s, DAY);
	now.boot_ms = INT64_C(1000) * DAY;
	ck_assert_int_eq(limit_standing(&t, &user).answer, LIMIT_GRANTED);
}
END_TEST

START_TEST(b5_an_unlocked_user_may_send_but_not_from_a_longer_budget)
{
	begin();
	caution_user(&user, &settings, &now);
	ck_assert_int_eq(ask_send("").answer, LIMIT_LOCKED);
	limit_unlock(&user);
	allowance_unlock(&user);
	ck_assert_int_eq(ask_send("").answer, LIMIT_SPENT_USER); /* the week's */
	settings.budget.user.rates[1] = (struct number_rate){ 10, DAY };
	begin();
	settings.budget.user.rates[1] = (struct number_rate){ 10, DAY };
	caution_user(&user, &settings, &now);
	ck_assert_int_eq(ask_send("").answer, LIMIT_LOCKED);
	limit_unlock(&user);
	allowance_unlock(&user);
	ck_assert_int_eq(ask_send("").answer, LIMIT_GRANTED);
}
END_TEST

START_TEST(b5_a_sites_budgets_are_all_spent_and_open_by_and_by)
{
	static const char *const prefixes[] = { "", "+49", "+43" };
	unsigned granted = 0;

	begin();
	site.enrolled = 5;
	caution_site(&site, &settings, &now);
	to_disk_and_back();
	ck_assert_uint_eq(meter_sum(&site.sends[0]), 60);
	ck_assert_uint_eq(meter_sum(&site.sends[1]), 300);
	ck_assert_uint_eq(meter_sum(&site.prefixes[0].sends[0]), 30);
	for (size_t i = 0; i < 3; i++)
		ck_assert_int_ge(ask_send(prefixes[i]).answer, LIMIT_SPENT_USER);
	/* nobody waits longer than a bucket of the longest window */
	pass(DAY / 15 + MINUTE);
	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(ask_send(prefixes[i]).answer, LIMIT_GRANTED);
	/* and not all at once */
	for (int i = 0; i < 300; i++) {
		struct number_rate all[NUMBER_RATES_MAX], prefix[NUMBER_RATES_MAX];

		allowance_site_rates(&settings, 5, all, prefix);
		meter_turn(&site.sends[1], all[1].window_s, now.wall_s);
		if (meter_sum(&site.sends[1]) >= all[1].count)
			break;
		meter_add(&site.sends[1]);
		granted++;
	}
	ck_assert_uint_ge(granted, 15);
	ck_assert_uint_le(granted, 40);
}
END_TEST

START_TEST(a_clock_at_the_beginning_of_time_makes_no_gift)
{
	begin();
	now.wall_s = 5;
	caution_user(&user, &settings, &now);
	caution_site(&site, &settings, &now);
	to_disk_and_back();
	ck_assert_int_eq(guess(RECORD_PURSE_STRANGER), LIMIT_LOCKED);
	limit_unlock(&user);
	allowance_unlock(&user);
	ck_assert_int_ge(ask_send("").answer, LIMIT_SPENT_USER);
}
END_TEST

/* --- what is left of a block --- */

static unsigned char both[2 * RECORD_SLOT_SIZE];

static void write_slot(int at, uint64_t sequence, uint32_t block)
{
	struct fault f = FAULT_INIT;

	user.block = block;
	ck_assert_int_eq(record_encode(&user, sequence, both + at * RECORD_SLOT_SIZE, &f), 0);
}

static void spoil(int at, int offset)
{
	both[at * RECORD_SLOT_SIZE + offset] ^= 0xff;
}

START_TEST(a_block_is_seen_in_a_broken_copy)
{
	enum {
		NONE = RECORD_BLOCK_NONE,
		ADMIN = RECORD_BLOCK_ADMIN,
		CODES = RECORD_BLOCK_FAILURES
	};
	static const struct {
		uint32_t old, new;
		int spoilt; /* offset in both; 0: none */
		enum caution_block wanted;
	} cases[] = {
		{ NONE, NONE, 3000, CAUTION_UNKNOWN },
		{ NONE, ADMIN, 3000, CAUTION_BY_ADMIN },
		{ ADMIN, NONE, 3000, CAUTION_BY_ADMIN },
		{ CODES, NONE, 3000, CAUTION_BY_FAILURES },
		{ CODES, ADMIN, 3000, CAUTION_BY_ADMIN },
		{ ADMIN, ADMIN, SLOT_HEAD, CAUTION_UNKNOWN }, /* the uid */
		{ NONE, NONE, 0, CAUTION_FREE },
	};

	begin();
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		write_slot(0, 4, cases[i].old);
		write_slot(1, 5, cases[i].new);
		for (int at = 0; at < 2 && cases[i].spoilt > 0; at++)
			spoil(at, cases[i].spoilt);
		ck_assert_msg(caution_read(both, UID) == cases[i].wanted, "case %zu", i);
	}
	memset(both, 0, sizeof both);
	ck_assert_int_eq(caution_read(both, 0), CAUTION_UNKNOWN);
	write_slot(0, 4, ADMIN);
	ck_assert_int_eq(caution_read(both, UID + 1), CAUTION_UNKNOWN);
}
END_TEST

START_TEST(who_nobody_can_tell_of_is_blocked_but_for_administrators)
{
	static const struct {
		enum caution_block before;
		uint32_t user, administrator;
	} cases[] = {
		{ CAUTION_UNKNOWN, RECORD_BLOCK_ADMIN, RECORD_BLOCK_NONE },
		{ CAUTION_FREE, RECORD_BLOCK_NONE, RECORD_BLOCK_NONE },
		{ CAUTION_BY_ADMIN, RECORD_BLOCK_ADMIN, RECORD_BLOCK_ADMIN },
		{ CAUTION_BY_FAILURES, RECORD_BLOCK_FAILURES, RECORD_BLOCK_FAILURES },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		ck_assert_uint_eq(caution_block(cases[i].before, false), cases[i].user);
		ck_assert_uint_eq(caution_block(cases[i].before, true), cases[i].administrator);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("caution");
	TCase *t = tcase_create("caution");

	tcase_add_test(t, b3_nobody_gets_a_guess);
	tcase_add_test(t, f5_it_ends_after_a_day_whatever_the_clock_does);
	tcase_add_test(t, b5_an_unlocked_user_may_send_but_not_from_a_longer_budget);
	tcase_add_test(t, b5_a_sites_budgets_are_all_spent_and_open_by_and_by);
	tcase_add_test(t, a_clock_at_the_beginning_of_time_makes_no_gift);
	tcase_add_test(t, a_block_is_seen_in_a_broken_copy);
	tcase_add_test(t, who_nobody_can_tell_of_is_blocked_but_for_administrators);
	suite_add_tcase(s, t);
	return s;
}
