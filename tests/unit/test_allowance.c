#include "core/allowance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };

/* One user of one site, and the clock that the test turns. */
struct world {
	struct clock_now now;
	struct allowance_terms terms;
	struct record user;
	struct site site;
};

static struct settings settings;

static void begin(struct world *w)
{
	memset(&settings, 0, sizeof settings);
	settings.lockout.failures = 10;
	settings.lockout.window_s = DAY;
	settings.lockout.lock_s = 30 * MINUTE;
	settings.budget.user.rates[0] = (struct number_rate){ 5, HOUR };
	settings.budget.user.rates[1] = (struct number_rate){ 10, DAY };
	settings.budget.number = settings.budget.user;
	settings.budget.address.rates[0] = (struct number_rate){ 10, HOUR };
	settings.budget.prefix.automatic = true;
	settings.budget.successes.rates[0] = (struct number_rate){ 60, DAY };
	settings.budget.all.automatic = true;
	memset(w, 0, sizeof *w);
	w->now.boot_ms = 1000000;
	w->now.wall_s = 1700000000;
	memset(w->now.boot_id, 7, sizeof w->now.boot_id);
	w->terms.limit = (struct limit_terms){ &settings, &w->now, RECORD_PURSE_STRANGER };
	w->terms.prefix = "";
	w->terms.since_site_s = w->now.wall_s;
	w->user.uid = 1000;
}

static void pass(struct world *w, int64_t seconds)
{
	w->now.boot_ms += seconds * 1000;
	w->now.wall_s += seconds;
}

static void reboot(struct world *w, int64_t down_s)
{
	w->now.wall_s += down_s;
	w->now.boot_ms = 0;
	w->now.boot_id[0]++;
}

/* As payer finds it, of any bytes. */
static struct sketch_spot spot_of(uint32_t who)
{
	unsigned char hash[DIGEST_SIZE];
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(digest_sha256(&who, sizeof who, hash, &f), 0);
	return sketch_find(hash);
}

/* A login that sent so much, the first of it at most ten minutes ago, was right. */
static void succeed(struct world *w, uint32_t sends)
{
	struct limit_guess g;

	ck_assert_int_eq(limit_charge_guess(&w->terms.limit, &w->user, &g).answer, LIMIT_GRANTED);
	limit_success(&w->terms.limit, &w->user, &g);
	w->terms.since_site_s = w->now.wall_s - 10 * MINUTE;
	if (allowance_give_back(&w->terms.limit, &w->user, sends))
		allowance_give_back_shared(&w->terms, &w->site, sends);
}

static struct limit_result send_one(struct world *w, uint32_t cooldown_s)
{
	return allowance_charge_send(&w->terms, &w->user, &w->site, cooldown_s);
}

/* A success of the other side clears the waits and gives the sends back, and no failure. */
START_TEST(b5_give_back_is_about_sends_only)
{
	struct world w;

	begin(&w);
	struct limit_guess wrong;
	(void)limit_charge_guess(&w.terms.limit, &w.user, &wrong);
	send_one(&w, 0);
	send_one(&w, 0);
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_WAIT);
	allowance_give_back(&w.terms.limit, &w.user, 2);
	ck_assert_uint_eq(meter_sum(&w.user.purse[0].sends[0]), 0);
	ck_assert_uint_eq(meter_sum(&w.user.purse[0].failures), 1);
	ck_assert_uint_eq(w.user.purse[0].consecutive, 1);
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
}
END_TEST

START_TEST(b5_waits_grow_and_success_clears_them)
{
	static const int64_t waits[] = { 0, 0, 30, 60, 120, 240, 240 };
	struct world w;

	begin(&w);
	settings.budget.user.rates[0].count = 100;
	settings.budget.user.rates[1].count = 100;
	for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
		struct limit_result result = send_one(&w, 0);
		if (waits[i] > 0) {
			ck_assert_int_eq(result.answer, LIMIT_WAIT);
			ck_assert_int_eq(result.wait_s, waits[i]);
			w.now.boot_ms += waits[i] * 1000 - 1;
			w.now.wall_s += waits[i];
			result = send_one(&w, 0);
			ck_assert_int_eq(result.answer, LIMIT_WAIT);
			ck_assert_int_eq(result.wait_s, 1);
			w.now.boot_ms += 1;
			result = send_one(&w, 0);
		}
		ck_assert_int_eq(result.answer, LIMIT_GRANTED);
	}
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_WAIT);
	succeed(&w, 1);
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
	ck_assert_int_eq(send_one(&w, 0).wait_s, 30);
	/* across a reboot the wall clock measures it, and the uptime at least */
	reboot(&w, 10);
	ck_assert_int_eq(send_one(&w, 0).wait_s, 20);
	w.now.boot_ms = 25000;
	ck_assert_int_eq(send_one(&w, 0).wait_s, 5);
}
END_TEST

START_TEST(a7_a_resend_cools_down)
{
	struct world w;

	begin(&w);
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
	pass(&w, 6);
	ck_assert_int_eq(send_one(&w, 30).answer, LIMIT_WAIT);
	ck_assert_int_eq(send_one(&w, 30).wait_s, 24);
	pass(&w, 24);
	ck_assert_int_eq(send_one(&w, 30).answer, LIMIT_GRANTED);
	ck_assert_int_eq(send_one(&w, 10).wait_s, 30); /* the longer of both */
}
END_TEST

START_TEST(b5_a_users_budget_is_spent_and_comes_back)
{
	struct world w;

	begin(&w);
	for (int i = 0; i < 5; i++) {
		struct limit_result result = send_one(&w, 0);
		ck_assert_int_eq(result.answer, LIMIT_GRANTED);
		ck_assert(result.warn == (i >= 3)); /* 4 of 5 are 80 % */
		pass(&w, 240);
	}
	struct record before = w.user;
	struct site site_before = w.site;
	struct limit_result result = send_one(&w, 0);
	ck_assert_int_eq(result.answer, LIMIT_SPENT_USER);
	ck_assert(!result.warn);
	ck_assert(memcmp(&before, &w.user, sizeof before) == 0);
	ck_assert(memcmp(&site_before, &w.site, sizeof site_before) == 0);
	int64_t wait = result.until_wall_s - w.now.wall_s;
	ck_assert_int_gt(wait, 0);
	ck_assert_int_le(wait, HOUR);
	pass(&w, wait - 1);
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_SPENT_USER);
	pass(&w, 1);
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
	/* the day's ten: four more over the next hours */
	for (int i = 0; i < 4; i++) {
		pass(&w, HOUR);
		ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
	}
	pass(&w, 2 * HOUR);
	result = send_one(&w, 0);
	ck_assert_int_eq(result.answer, LIMIT_SPENT_USER);
	ck_assert_int_gt(result.until_wall_s, w.now.wall_s + 12 * HOUR);
}
END_TEST

START_TEST(b5_the_site_total_charges_all_or_none)
{
	struct world w;

	begin(&w);
	settings.budget.all.automatic = false;
	settings.budget.all.rates[0] = (struct number_rate){ 2, HOUR };
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
	ck_assert(send_one(&w, 0).warn);
	memset(&w.user, 0, sizeof w.user); /* another user */
	struct record before = w.user;
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_SPENT_SITE);
	ck_assert(memcmp(&before, &w.user, sizeof before) == 0);
	allowance_refund_send(&w.terms, &w.user, &w.site);
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
	/* a success gives nothing back to the site: money was spent */
	succeed(&w, 1);
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_SPENT_SITE);
}
END_TEST

START_TEST(b3_a_budget_without_a_rate_is_not_off)
{
	struct world w;

	begin(&w);
	memset(&settings.budget.user, 0, sizeof settings.budget.user);
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_REFUSED);
	begin(&w);
	settings.budget.all.automatic = false;
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_REFUSED);
}
END_TEST

START_TEST(b2_a_refunded_send_leaves_nothing)
{
	struct world w;

	begin(&w);
	for (int i = 0; i < 50; i++) {
		ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
		allowance_refund_send(&w.terms, &w.user, &w.site);
		pass(&w, 1);
	}
	ck_assert_uint_eq(meter_sum(&w.user.purse[0].sends[0]), 0);
	ck_assert_uint_eq(meter_sum(&w.user.purse[0].sends[1]), 0);
	ck_assert_uint_eq(meter_sum(&w.site.sends[0]), 0);
	ck_assert_uint_eq(w.user.purse[0].sends_since_success, 0);
	/* an outage after two real sends does not make the third wait again */
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
	pass(&w, 30);
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
	allowance_refund_send(&w.terms, &w.user, &w.site);
	ck_assert_int_eq(send_one(&w, 30).answer, LIMIT_GRANTED);
	ck_assert_int_eq(send_one(&w, 0).wait_s, 60);
}
END_TEST

/* What a success has cleared a late refund does not make less; and a rate that is not set has no meter. */
START_TEST(b2_a_refund_goes_no_deeper_than_nothing)
{
	static const struct meter untouched;
	struct world w;

	begin(&w);
	settings.budget.user.rates[1] = (struct number_rate){ 0, 0 };
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
	allowance_give_back(&w.terms.limit, &w.user, 0);
	ck_assert_uint_eq(w.user.purse[0].sends_since_success, 0);
	allowance_refund_send(&w.terms, &w.user, &w.site);
	ck_assert_uint_eq(w.user.purse[0].sends_since_success, 0);
	ck_assert_mem_eq(&w.user.purse[0].sends[1], &untouched, sizeof untouched);
}
END_TEST

/* What comes from the disk may be as high as it goes: the longest wait stays the longest. */
START_TEST(b5_the_count_of_sends_stays_at_its_height)
{
	struct world w;

	begin(&w);
	w.user.purse[0].sends_since_success = UINT32_MAX;
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
	ck_assert_uint_eq(w.user.purse[0].sends_since_success, UINT32_MAX);
	ck_assert_int_eq(send_one(&w, 0).wait_s, 240);
}
END_TEST

/* A prefix for which the site's record has no room cannot be counted: no message goes there. */
START_TEST(b5_what_cannot_be_counted_is_not_sent)
{
	struct world w;

	begin(&w);
	ck_assert_int_eq((int)SITE_PREFIXES, (int)SETTINGS_PREFIXES_MAX);
	for (int i = 0; i < SITE_PREFIXES; i++) {
		char *prefix = w.site.prefixes[i].prefix;
		ck_assert_int_eq(snprintf(prefix, sizeof w.site.prefixes[i].prefix, "+%d", 100 + i), 4);
		memcpy(settings.prefixes[settings.nprefixes++], prefix, 5);
	}
	w.terms.prefix = "+49";
	const struct world before = w;
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_REFUSED);
	ck_assert_int_eq(allowance_charge_further(&w.terms, &w.user, &w.site).answer, LIMIT_REFUSED);
	ck_assert_mem_eq(&before.site, &w.site, sizeof w.site);
	ck_assert_mem_eq(&before.user, &w.user, sizeof w.user);
	w.terms.prefix = "+100";
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
}
END_TEST

START_TEST(b5_a_success_gives_all_its_sends_back_to_number_and_address)
{
	struct world w;

	begin(&w);
	w.terms.number = spot_of(1);
	w.terms.address = spot_of(2);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(allowance_charge_further(&w.terms, &w.user, &w.site).answer, LIMIT_GRANTED);
	ck_assert_uint_eq(
		sketch_sum(&w.site.numbers, &w.terms.number, &settings.budget.number.rates[0], 0, w.now.wall_s), 3);
	succeed(&w, 3);
	ck_assert_uint_eq(
		sketch_sum(&w.site.numbers, &w.terms.number, &settings.budget.number.rates[0], 0, w.now.wall_s), 0);
	ck_assert_uint_eq(
		sketch_sum(&w.site.addresses, &w.terms.address, &settings.budget.address.rates[0], 0, w.now.wall_s), 0);
}
END_TEST

START_TEST(b5_honest_use_spends_nothing)
{
	struct world w;

	begin(&w);
	for (int login = 0; login < 60; login++) {
		ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
		pass(&w, 20);
		succeed(&w, 1);
		pass(&w, 20 * MINUTE);
	}
	/* beyond the day's cap of successes a login still works, but its sends count */
	for (int login = 0; login < 5; login++) {
		ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
		succeed(&w, 1);
	}
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_SPENT_USER);
}
END_TEST

START_TEST(b5_a_success_gives_its_resends_back)
{
	struct world w;

	begin(&w);
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
	pass(&w, 30);
	ck_assert_int_eq(send_one(&w, 30).answer, LIMIT_GRANTED);
	succeed(&w, 2);
	ck_assert_uint_eq(meter_sum(&w.user.purse[0].sends[0]), 0);
	ck_assert_uint_eq(meter_sum(&w.user.purse[0].sends[1]), 0);
	ck_assert_uint_eq(meter_sum(&w.site.sends[0]), 2);
}
END_TEST

/* Sends of one user, adversarially: never more than the rates in any window. */
START_TEST(b5_no_sequence_sends_more)
{
	static int64_t sent[4000];
	int n = 0;
	struct world w;

	begin(&w);
	srandom((unsigned)_i + 5);
	for (int step = 0; step < 3000; step++) {
		pass(&w, random() % (random() % 10 ? 300 : 20000));
		if (random() % 100 == 0)
			reboot(&w, random() % 60);
		struct limit_result result = send_one(&w, random() % 2 ? 30 : 0);
		if (result.answer != LIMIT_GRANTED)
			continue;
		if (random() % 4 == 0)
			allowance_refund_send(&w.terms, &w.user, &w.site);
		else
			sent[n++] = w.now.wall_s;
	}
	for (int i = 0; i < n; i++) {
		int hour = 0, day = 0;
		for (int k = i; k < n; k++) {
			hour += sent[k] - sent[i] < HOUR;
			day += sent[k] - sent[i] < DAY;
		}
		ck_assert_int_le(hour, 5);
		ck_assert_int_le(day, 10);
	}
}
END_TEST

static const struct {
	uint32_t enrolled, hour, day;
} autos[] = {
	{ 0, 60, 300 },
	{ 30, 60, 300 },
	{ 31, 62, 310 },
	{ 1000, 2000, 10000 },
	{ UINT32_MAX, 1000000, 1000000 },
};

START_TEST(b5_auto_scales_and_has_a_floor)
{
	struct number_rate rates[NUMBER_RATES_MAX];

	allowance_auto_rates(autos[_i].enrolled, rates);
	ck_assert_uint_eq(rates[0].count, autos[_i].hour);
	ck_assert_uint_eq(rates[0].window_s, HOUR);
	ck_assert_uint_eq(rates[1].count, autos[_i].day);
	ck_assert_uint_eq(rates[1].window_s, DAY);
}
END_TEST

START_TEST(e1_who_runs_as_the_user_gets_half_the_sites_sends)
{
	struct world w;

	begin(&w);
	settings.budget.all.automatic = false;
	settings.budget.all.rates[0] = (struct number_rate){ 7, HOUR };
	settings.budget.user.rates[0].count = settings.budget.user.rates[1].count = 100;
	w.terms.limit.purse = RECORD_PURSE_OWN;
	for (int i = 0; i < 4; i++) {
		w.user.purse[RECORD_PURSE_OWN].sends_since_success = 0;
		ck_assert_int_eq(
			allowance_charge_send(&w.terms, &w.user, &w.site, 0).answer, LIMIT_GRANTED);
	}
	ck_assert_int_eq(
		allowance_charge_send(&w.terms, &w.user, &w.site, 0).answer, LIMIT_SPENT_SITE);
	w.terms.limit.purse = RECORD_PURSE_STRANGER;
	ck_assert_int_eq(
		allowance_charge_send(&w.terms, &w.user, &w.site, 0).answer, LIMIT_GRANTED);
}
END_TEST

/* --- by number, address and prefix --- */

/* Another user of the same site. */
static void next_user(struct world *w)
{
	memset(&w->user, 0, sizeof w->user);
	w->user.uid = 1001;
}

START_TEST(b5_every_budget_is_charged_and_refuses)
{
	static const struct {
		const char *name;
		enum limit_answer answer;
		const char *word;
		int room; /* sends of fresh users before it refuses */
	} cases[] = {
		{ "number", LIMIT_SPENT_NUMBER, "number", 5 },
		{ "address", LIMIT_SPENT_ADDRESS, "address", 10 },
		{ "prefix", LIMIT_SPENT_PREFIX, "prefix", 30 },
		{ "all", LIMIT_SPENT_SITE, "all", 60 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct world w;
		struct limit_result r;
		begin(&w);
		for (int sent = 0;; sent++) {
			next_user(&w);
			w.terms.number = spot_of(i == 0 ? 1 : 1000 + (uint32_t)sent);
			w.terms.address = spot_of(i == 1 ? 2 : 5000 + (uint32_t)sent);
			w.terms.prefix = i == 2 ? "+49" : "";
			const struct world before = w;
			r = send_one(&w, 0);
			if (r.answer != LIMIT_GRANTED) {
				ck_assert_msg(sent == cases[i].room, "%s: %d", cases[i].name, sent);
				ck_assert(!r.warn);
				ck_assert_mem_eq(&before.user, &w.user, sizeof w.user);
				ck_assert_mem_eq(&before.site, &w.site, sizeof w.site);
				break;
			}
			ck_assert_msg(r.warn == ((sent + 1) * 100 >= cases[i].room * 80), "%s: %d",
				cases[i].name, sent);
		}
		ck_assert_msg(r.answer == cases[i].answer, "%s: %d", cases[i].name, r.answer);
		ck_assert_str_eq(allowance_name(r.answer), cases[i].word);
		/* till then, and no longer */
		ck_assert_int_gt(r.until_wall_s, w.now.wall_s);
		pass(&w, r.until_wall_s - w.now.wall_s - 1);
		ck_assert_int_eq(send_one(&w, 0).answer, cases[i].answer);
		pass(&w, 1);
		ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
	}
}
END_TEST

START_TEST(b5_an_unknown_address_and_a_single_prefix_are_not_charged)
{
	struct world w;

	begin(&w);
	settings.budget.number.rates[0].count = settings.budget.number.rates[1].count = 250;
	w.terms.number = spot_of(1);
	for (int i = 0; i < 60; i++) {
		next_user(&w);
		ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
	}
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_SPENT_SITE);
	static const struct sketch nothing;
	ck_assert_mem_eq(&w.site.addresses, &nothing, sizeof nothing);
	ck_assert_str_eq(w.site.prefixes[0].prefix, "");
}
END_TEST

/* The longest wait of those that refuse is told. */
START_TEST(b5_the_time_is_when_all_have_room)
{
	struct world w;

	begin(&w);
	settings.budget.number.rates[0] = (struct number_rate){ 5, DAY };
	settings.budget.number.rates[1].count = 0;
	w.terms.number = spot_of(1);
	for (int i = 0; i < 5; i++) {
		ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
		pass(&w, 240);
	}
	struct limit_result r = send_one(&w, 0);
	ck_assert_int_eq(r.answer, LIMIT_SPENT_USER);
	ck_assert_int_gt(r.until_wall_s - w.now.wall_s, 20 * HOUR);
}
END_TEST

START_TEST(b2_a_refund_reaches_every_budget)
{
	struct world w;

	begin(&w);
	w.terms.number = spot_of(1);
	w.terms.address = spot_of(2);
	w.terms.prefix = "+49";
	for (int i = 0; i < 100; i++) {
		ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
		ck_assert_int_eq(
			allowance_charge_further(&w.terms, &w.user, &w.site).answer, LIMIT_GRANTED);
		ck_assert_uint_eq(meter_sum(&w.site.prefixes[0].sends[1]), 2);
		allowance_refund_further(&w.terms, &w.user, &w.site);
		allowance_refund_send(&w.terms, &w.user, &w.site);
		pass(&w, 1);
		w.terms.since_site_s = w.now.wall_s;
	}
	for (int i = 0; i < 2; i++) {
		const struct number_rate *rate = &settings.budget.number.rates[i];
		ck_assert_uint_eq(
			sketch_sum(&w.site.numbers, &w.terms.number, rate, i, w.now.wall_s), 0);
		ck_assert_uint_eq(meter_sum(&w.site.prefixes[0].sends[i]), 0);
		ck_assert_uint_eq(meter_sum(&w.site.sends[i]), 0);
	}
	ck_assert_uint_eq(sketch_sum(&w.site.addresses, &w.terms.address,
				  &settings.budget.address.rates[0], 0, w.now.wall_s),
		0);
}
END_TEST

START_TEST(b5_a_success_gives_back_to_number_and_address_not_to_money)
{
	struct world w;

	begin(&w);
	settings.budget.all.automatic = false;
	settings.budget.all.rates[0] = (struct number_rate){ 100, HOUR };
	settings.budget.prefix = settings.budget.all;
	w.terms.number = spot_of(1);
	w.terms.address = spot_of(2);
	w.terms.prefix = "+49";
	for (int i = 0; i < 60; i++) {
		ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
		pass(&w, 5);
		succeed(&w, 1);
	}
	ck_assert_uint_eq(meter_sum(&w.site.prefixes[0].sends[0]), 60);
	ck_assert_uint_eq(meter_sum(&w.site.sends[0]), 60);
	ck_assert_uint_eq(sketch_sum(&w.site.numbers, &w.terms.number,
				  &settings.budget.number.rates[1], 1, w.now.wall_s),
		0);
	ck_assert_uint_eq(sketch_sum(&w.site.addresses, &w.terms.address,
				  &settings.budget.address.rates[0], 0, w.now.wall_s),
		0);
	/* beyond the cap of successes nothing is given back to anybody */
	for (int i = 0; i < 5; i++) {
		ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
		pass(&w, 5);
		succeed(&w, 1);
	}
	next_user(&w);
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_SPENT_NUMBER);
}
END_TEST

START_TEST(e1_who_runs_as_the_user_gets_half_of_a_prefix)
{
	struct world w;
	int sent = 0;

	begin(&w);
	w.terms.prefix = "+49";
	w.terms.limit.purse = RECORD_PURSE_OWN;
	for (;; sent++) {
		next_user(&w);
		if (send_one(&w, 0).answer != LIMIT_GRANTED)
			break;
	}
	ck_assert_int_eq(sent, 15);
	w.terms.limit.purse = RECORD_PURSE_STRANGER;
	next_user(&w);
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
}
END_TEST

START_TEST(b3_no_budget_is_off)
{
	struct world w;

	for (int i = 0; i < 3; i++) {
		begin(&w);
		w.terms.number = spot_of(1);
		w.terms.address = spot_of(2);
		w.terms.prefix = "+49";
		ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
		memset(i == 0    ? &settings.budget.number
			: i == 1 ? &settings.budget.address
				 : &settings.budget.prefix,
			0, sizeof settings.budget.number);
		next_user(&w);
		ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_REFUSED);
	}
}
END_TEST

/* --- honest use (B5's number): virtual time --- */

/* One person's logins: from where, to which phone. */
struct person {
	struct record record;
	struct sketch_spot number, address;
};

enum login_end { LOGIN_RIGHT, LOGIN_ABANDONED };

/* One login that takes so long to be answered, or is abandoned. */
static enum limit_answer log_in(
	struct world *w, struct person *p, enum login_end end, int64_t answer_s)
{
	w->terms.number = p->number;
	w->terms.address = p->address;
	w->terms.since_site_s = w->now.wall_s;
	struct limit_result r = allowance_charge_send(&w->terms, &p->record, &w->site, 0);
	if (r.answer == LIMIT_WAIT) { /* asks for Enter, and sends then */
		pass(w, r.wait_s);
		r = allowance_charge_send(&w->terms, &p->record, &w->site, 0);
	}
	pass(w, answer_s);
	if (r.answer == LIMIT_GRANTED && end == LOGIN_RIGHT &&
		allowance_give_back(&w->terms.limit, &p->record, 1))
		allowance_give_back_shared(&w->terms, &w->site, 1);
	return r.answer;
}

/* ssh, sudo, scp, eight logins in an hour, ten colleagues behind one address. */
START_TEST(b5_ten_colleagues_behind_one_address)
{
	static struct person people[10];
	struct world w;

	begin(&w);
	w.site.enrolled = 10;
	memset(people, 0, sizeof people);
	for (uint32_t i = 0; i < 10; i++) {
		people[i].number = spot_of(100 + i);
		people[i].address = spot_of(1);
	}
	/* 80 logins in the hour, 45 s each with the way to the phone */
	settings.budget.all.automatic = false;
	settings.budget.all.rates[0] = (struct number_rate){ 200, HOUR };
	for (int login = 0; login < 80; login++)
		ck_assert_int_eq(log_in(&w, &people[login % 10], LOGIN_RIGHT, 45), LIMIT_GRANTED);
	/* and the same again: the money caps are what counts it */
	ck_assert_uint_eq(meter_sum(&w.site.sends[0]), 80);
}
END_TEST

/* All of them at once: nine o'clock, nobody has typed a code yet. */
START_TEST(b5_ten_colleagues_in_the_same_minute)
{
	static struct person people[10];
	struct world w;

	begin(&w);
	memset(people, 0, sizeof people);
	for (uint32_t i = 0; i < 10; i++) {
		people[i].number = spot_of(100 + i);
		people[i].address = w.terms.address = spot_of(1);
		w.terms.number = people[i].number;
		ck_assert_int_eq(
			allowance_charge_send(&w.terms, &people[i].record, &w.site, 0).answer,
			LIMIT_GRANTED);
		pass(&w, 3);
	}
	for (int i = 0; i < 10; i++) {
		w.terms.number = people[i].number;
		ck_assert(allowance_give_back(&w.terms.limit, &people[i].record, 1));
		allowance_give_back_shared(&w.terms, &w.site, 1);
		pass(&w, 3);
	}
	ck_assert_uint_eq(sketch_sum(&w.site.addresses, &w.terms.address,
				  &settings.budget.address.rates[0], 0, w.now.wall_s),
		0);
}
END_TEST

/* So many people behind one address begin within so many minutes, each at its own second; who answers does so 8 to 60 s
 * later, three in a hundred do not. How many were refused? */
static int refused_behind_one_address(uint32_t people, int minutes, uint32_t limit)
{
	struct one {
		struct person who;
		int begins_s, answers_s; /* answers_s -1: never */
	} *all = calloc(people, sizeof *all);
	int refused = 0;
	struct world w;

	ck_assert_ptr_nonnull(all);
	begin(&w);
	settings.budget.address.rates[0].count = limit;
	w.site.enrolled = people;
	w.terms.limit.purse = RECORD_PURSE_KNOWN;
	for (uint32_t i = 0; i < people; i++) {
		all[i].who.number = spot_of(1000 + i);
		all[i].begins_s = (int)(random() % (minutes * MINUTE));
		all[i].answers_s = random() % 100 < 3 ? -1 : all[i].begins_s + 8 + (int)(random() % 53);
	}
	w.terms.address = spot_of(1);
	for (int s = 0; s <= (minutes + 1) * MINUTE; s++, pass(&w, 1)) {
		for (uint32_t i = 0; i < people; i++) {
			struct one *p = &all[i];
			w.terms.number = p->who.number;
			w.terms.since_site_s = w.now.wall_s - (s - p->begins_s);
			if (p->begins_s == s &&
				allowance_charge_send(&w.terms, &p->who.record, &w.site, 0).answer !=
					LIMIT_GRANTED) {
				p->answers_s = -1;
				refused++;
			} else if (p->answers_s == s) {
				ck_assert(allowance_give_back(&w.terms.limit, &p->who.record, 1));
				allowance_give_back_shared(&w.terms, &w.site, 1);
			}
		}
	}
	free(all);
	return refused;
}

/* Eight o'clock in an office. What is under way counts, and who does not answer: the default is enough for fifty
 * people who begin within a quarter of an hour, and a fifth of them for more (sms-otp.conf(5)). */
START_TEST(b5_an_office_behind_one_address_at_eight)
{
	srandom((unsigned)_i + 1);
	ck_assert_int_eq(refused_behind_one_address(50, 15, 10), 0);
	ck_assert_int_eq(refused_behind_one_address(300, 15, 60), 0);
	/* three hundred are too many for the default */
	ck_assert_int_gt(refused_behind_one_address(300, 15, 10), 0);
}
END_TEST

/* A working day of so many people, eight logins each, three in a hundred of them abandoned; half at home, half in offices
 * of ten. Nobody is refused. */
static void working_day(uint32_t npeople, unsigned seed)
{
	enum { LOGINS = 8 };
	struct person *people = calloc(npeople, sizeof *people);
	int64_t nlogins = (int64_t)npeople * LOGINS, abandoned = 0;
	struct world w;

	ck_assert_ptr_nonnull(people);
	begin(&w);
	w.site.enrolled = npeople;
	srandom(seed);
	for (uint32_t i = 0; i < npeople; i++) {
		people[i].number = spot_of(10000 + i);
		people[i].address = spot_of(50000 + (i < npeople / 2 ? i : i / 10));
	}
	/* sms-otp.conf(5): as often again for each 4,000 people */
	for (int i = 0; i < NUMBER_RATES_MAX; i++)
		settings.budget.number.rates[i].count *= (npeople + 3999) / 4000;
	const int64_t morning_s = w.now.wall_s;
	for (int64_t login = 0; login < nlogins; login++) {
		/* nine hours, in order of time; each is answered at once in this thread */
		pass(&w, morning_s + login * 9 * HOUR / nlogins - w.now.wall_s);
		bool gone = random() % 100 < 3;
		abandoned += gone;
		enum limit_answer a = log_in(&w, &people[(size_t)random() % npeople],
			gone ? LOGIN_ABANDONED : LOGIN_RIGHT, 0);
		ck_assert_msg(a == LIMIT_GRANTED, "login %d: %d", (int)login, a);
	}
	ck_assert_int_gt(abandoned, nlogins / 50);
	free(people);
}

START_TEST(b5_a_working_day_of_two_thousand)
{
	working_day(2000, (unsigned)_i + 11);
}
END_TEST

START_TEST(b5_a_working_day_of_a_large_site)
{
	static const uint32_t npeople[] = { 4000, 8000, 20000 };

	working_day(npeople[_i], 3);
}
END_TEST

/* Strangers with passwords, from many addresses to few numbers and from few addresses to many: never
 * above any budget in any window. */
START_TEST(b5_no_sequence_gets_above_any_budget)
{
	enum { SENDS = 4000, NUMBERS = 12, ADDRESSES = 5 };
	static struct {
		int64_t at_s;
		uint32_t number, address;
	} sent[SENDS];
	static struct person people[NUMBERS];
	int n = 0;
	struct world w;

	begin(&w);
	memset(people, 0, sizeof people);
	srandom((unsigned)_i + 3);
	for (int step = 0; step < 4000; step++) {
		uint32_t who = (uint32_t)random() % NUMBERS, from = (uint32_t)random() % ADDRESSES;
		pass(&w, random() % (random() % 10 ? 60 : 9000));
		if (random() % 200 == 0)
			reboot(&w, random() % 60);
		people[who].number = spot_of(100 + who / 2); /* two users share a phone */
		people[who].address = spot_of(300 + from);
		w.terms.number = people[who].number;
		w.terms.address = people[who].address;
		w.terms.since_site_s = w.now.wall_s;
		w.terms.prefix = "+49";
		if (allowance_charge_send(&w.terms, &people[who].record, &w.site, 0).answer !=
			LIMIT_GRANTED)
			continue;
		if (random() % 4 == 0) {
			allowance_refund_send(&w.terms, &people[who].record, &w.site);
			continue;
		}
		sent[n].at_s = w.now.wall_s;
		sent[n].number = who / 2;
		sent[n++].address = from;
	}
	ck_assert_int_gt(n, 100);
	for (int i = 0; i < n; i++) {
		int number_hour = 0, number_day = 0, address = 0, prefix = 0, all = 0;
		for (int k = i; k < n && sent[k].at_s - sent[i].at_s < DAY; k++) {
			bool hour = sent[k].at_s - sent[i].at_s < HOUR;
			number_hour += hour && sent[k].number == sent[i].number;
			number_day += sent[k].number == sent[i].number;
			address += hour && sent[k].address == sent[i].address;
			prefix += hour;
			all++;
		}
		ck_assert_int_le(number_hour, 5);
		ck_assert_int_le(number_day, 10);
		ck_assert_int_le(address, 10);
		ck_assert_int_le(prefix, 30);
		ck_assert_int_le(all, 150);
	}
}
END_TEST

START_TEST(b3_unlock_clears_the_waits)
{
	struct world w;

	begin(&w);
	send_one(&w, 0);
	send_one(&w, 0);
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_WAIT);
	allowance_unlock(&w.user);
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_GRANTED);
}
END_TEST

START_TEST(b3_unlock_of_waits_touches_nothing_else)
{
	struct world w;

	begin(&w);
	memset(&w.user, 0x11, sizeof w.user);
	struct record want = w.user;
	for (int i = 0; i < RECORD_PURSES; i++) {
		want.purse[i].sends_since_success = 0;
		want.purse[i].last_send_wall_s = want.purse[i].last_send_boot_ms = 0;
		memset(want.purse[i].last_send_boot_id, 0, sizeof want.purse[i].last_send_boot_id);
	}
	allowance_unlock(&w.user);
	ck_assert_mem_eq(&w.user, &want, sizeof want);
}
END_TEST

START_TEST(b3_who_is_locked_or_has_no_purse_sends_nothing)
{
	struct world w;

	begin(&w);
	w.user.block = RECORD_BLOCK_ADMIN;
	const struct world before = w;
	ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_BLOCKED);
	ck_assert_int_eq(
		allowance_charge_further(&w.terms, &w.user, &w.site).answer, LIMIT_BLOCKED);
	w.user.block = RECORD_BLOCK_NONE;
	for (int purse = RECORD_PURSES; purse <= RECORD_PURSES + RECORD_OFFLINE_PURSES; purse++) {
		w.terms.limit.purse = (enum record_purse)purse;
		ck_assert_int_eq(send_one(&w, 0).answer, LIMIT_REFUSED);
		ck_assert_int_eq(
			allowance_charge_further(&w.terms, &w.user, &w.site).answer, LIMIT_REFUSED);
		allowance_refund_send(&w.terms, &w.user, &w.site);
		ck_assert(!allowance_give_back(&w.terms.limit, &w.user, 3));
	}
	ck_assert_mem_eq(&before.site, &w.site, sizeof w.site);
	ck_assert_mem_eq(&before.user.purse, &w.user.purse, sizeof w.user.purse);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("allowance");
	TCase *tc = tcase_create("allowance");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, b5_give_back_is_about_sends_only);
	tcase_add_test(tc, b5_waits_grow_and_success_clears_them);
	tcase_add_test(tc, a7_a_resend_cools_down);
	tcase_add_test(tc, b5_a_users_budget_is_spent_and_comes_back);
	tcase_add_test(tc, b5_the_site_total_charges_all_or_none);
	tcase_add_test(tc, b3_a_budget_without_a_rate_is_not_off);
	tcase_add_test(tc, b2_a_refunded_send_leaves_nothing);
	tcase_add_test(tc, b2_a_refund_goes_no_deeper_than_nothing);
	tcase_add_test(tc, b5_the_count_of_sends_stays_at_its_height);
	tcase_add_test(tc, b5_what_cannot_be_counted_is_not_sent);
	tcase_add_test(tc, b5_a_success_gives_all_its_sends_back_to_number_and_address);
	tcase_add_test(tc, b3_unlock_of_waits_touches_nothing_else);
	tcase_add_test(tc, b5_honest_use_spends_nothing);
	tcase_add_test(tc, b5_a_success_gives_its_resends_back);
	tcase_add_loop_test(tc, b5_no_sequence_sends_more, 0, 10);
	tcase_add_loop_test(
		tc, b5_auto_scales_and_has_a_floor, 0, (int)(sizeof autos / sizeof autos[0]));
	tcase_add_test(tc, e1_who_runs_as_the_user_gets_half_the_sites_sends);
	tcase_add_test(tc, b5_every_budget_is_charged_and_refuses);
	tcase_add_test(tc, b5_an_unknown_address_and_a_single_prefix_are_not_charged);
	tcase_add_test(tc, b5_the_time_is_when_all_have_room);
	tcase_add_test(tc, b2_a_refund_reaches_every_budget);
	tcase_add_test(tc, b5_a_success_gives_back_to_number_and_address_not_to_money);
	tcase_add_test(tc, e1_who_runs_as_the_user_gets_half_of_a_prefix);
	tcase_add_test(tc, b3_no_budget_is_off);
	tcase_add_test(tc, b5_ten_colleagues_behind_one_address);
	tcase_add_test(tc, b5_ten_colleagues_in_the_same_minute);
	tcase_add_loop_test(tc, b5_an_office_behind_one_address_at_eight, 0, 20);
	tcase_add_loop_test(tc, b5_a_working_day_of_two_thousand, 0, 3);
	tcase_add_loop_test(tc, b5_a_working_day_of_a_large_site, 0, 3);
	tcase_add_loop_test(tc, b5_no_sequence_gets_above_any_budget, 0, 10);
	tcase_add_test(tc, b3_unlock_clears_the_waits);
	tcase_add_test(tc, b3_who_is_locked_or_has_no_purse_sends_nothing);
	suite_add_tcase(suite, tc);
	return suite;
}
