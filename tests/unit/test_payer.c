#include "core/payer.h"

#include <string.h>
#include <unistd.h>

#include "house.h"
#include "unit.h"

static struct house h;
static struct facts_address address;
static struct payer payer;
static struct fault f;
static struct clock_now now;

static void begin(void)
{
	house_open(&h);
	facts_parse_address("192.0.2.7", &address);
	payer = (struct payer){ .settings = &h.settings,
		.state = &h.state,
		.e164 = "+491701234512",
		.address = &address,
		.purse = RECORD_PURSE_STRANGER,
		.began_boot_ms = clock_boot_ms() };
	ck_assert_int_eq(clock_read(&now, &f), 0);
}

static struct allowance_terms terms(void)
{
	static struct state_change ch;
	struct allowance_terms t;

	ch.now = now;
	ck_assert_int_eq(payer_terms(&payer, &ch, &t, &f), 0);
	return t;
}

static bool same(const struct sketch_spot *a, const struct sketch_spot *b)
{
	return a->known == b->known && memcmp(a->at, b->at, sizeof a->at) == 0;
}

START_TEST(b5_addresses_are_counted_by_house)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ "192.0.2.7", "192.0.2.7", true },
		{ "192.0.2.7", "::ffff:192.0.2.7", true },
		{ "192.0.2.7", "192.0.2.8", false },
		{ "2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true },
		{ "2001:db8:1:2::1", "2001:db8:1:3::1", false },
		{ "64:ff9b::192.0.2.7", "64:ff9b::192.0.2.8", false },
		{ "fe80::1", "fe80::2", false },
	};

	begin();
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		facts_parse_address(cases[i].a, &address);
		struct allowance_terms a = terms();
		facts_parse_address(cases[i].b, &address);
		struct allowance_terms b = terms();
		ck_assert(a.address.known && b.address.known);
		ck_assert_msg(same(&a.address, &b.address) == cases[i].same, "%s %s", cases[i].a, cases[i].b);
	}
	memset(&address, 0, sizeof address);
	ck_assert(!terms().address.known);
	payer.address = NULL;
	ck_assert(!terms().address.known);
	ck_assert(terms().number.known);
	house_close(&h);
}
END_TEST

START_TEST(b6_purses_and_kinds_and_sites_are_apart)
{
	struct state other;

	begin();
	struct allowance_terms stranger = terms();
	ck_assert(!same(&stranger.number, &stranger.address));
	payer.purse = RECORD_PURSE_KNOWN;
	struct allowance_terms known = terms();
	ck_assert(!same(&stranger.number, &known.number));
	ck_assert(!same(&stranger.address, &known.address));
	ck_assert_int_eq(known.limit.purse, RECORD_PURSE_KNOWN);
	/* E1: what such a host says of an address is not believed */
	payer.purse = RECORD_PURSE_OWN;
	struct allowance_terms own = terms();
	ck_assert(!own.address.known);
	ck_assert(!same(&known.number, &own.number));
	payer.purse = RECORD_PURSE_STRANGER;
	payer.e164 = "+491701234513";
	struct allowance_terms neighbour = terms();
	ck_assert(!same(&stranger.number, &neighbour.number));
	payer.e164 = "+491701234512";
	other = h.state;
	other.key[0] ^= 1;
	payer.state = &other;
	struct allowance_terms elsewhere = terms();
	ck_assert(!same(&stranger.number, &elsewhere.number));
	house_close(&h);
}
END_TEST

START_TEST(the_terms_are_the_logins)
{
	begin();
	ck_assert_str_eq(terms().prefix, "");
	strcpy(h.settings.prefixes[1], "+1");
	h.settings.nprefixes = 2;
	ck_assert_str_eq(terms().prefix, "+49");
	payer.began_boot_ms = now.boot_ms - 90500;
	ck_assert_int_eq(terms().since_site_s, now.wall_s - 91);
	payer.began_boot_ms = now.boot_ms + 5;
	ck_assert_int_eq(terms().since_site_s, now.wall_s);
	house_close(&h);
}
END_TEST

static uint32_t count(const struct sketch *s, const struct sketch_spot *spot)
{
	return sketch_sum(s, spot, &h.settings.budget.number.rates[0], 0, now.wall_s);
}

START_TEST(b5_a_success_gives_back_without_a_sync)
{
	struct allowance_terms t;
	struct state_change ch;
	struct site s;

	begin();
	ck_assert_int_eq(state_begin(&h.state, STATE_BOTH, &h.account, &ch, &f), 0);
	ck_assert_int_eq(payer_terms(&payer, &ch, &t, &f), 0);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(allowance_charge_send(&t, &ch.user, &ch.site, 0).answer, LIMIT_GRANTED);
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	house_write_fails_at = 1; /* a synced one would */
	payer_succeeded(&payer, 1, "sshd", &f);
	ck_assert_msg(f.class == FAULT_NONE, "%s", f.text);
	house_site(&h, &s);
	ck_assert_uint_eq(count(&s.numbers, &t.number), 1);
	ck_assert_uint_eq(count(&s.addresses, &t.address), 1);
	ck_assert_uint_eq(meter_sum(&s.sends[0]), 2);
	ck_assert(!site_wants_two_prompts(&s, "sshd"));
	payer_succeeded(&payer, 1, NULL, &f);
	house_site(&h, &s);
	ck_assert_uint_eq(count(&s.numbers, &t.number), 0);
	house_write_fails_at = 0;
	house_close(&h);
}
END_TEST

START_TEST(b5_each_number_gets_back_what_it_had)
{
	static const struct phone phones[2] = { { "+491701234512" }, { "+491701234599" } };
	struct numbers numbers = { .all = { { &phones[0], true, 1 }, { &phones[1], true, 2 } },
		.n = 2,
		.at = 1 };
	struct allowance_terms t[2];
	struct state_change ch;
	struct site s;

	begin();
	ck_assert_int_eq(state_begin(&h.state, STATE_BOTH, &h.account, &ch, &f), 0);
	for (int i = 0; i < 2; i++) {
		payer.e164 = phones[i].e164;
		ck_assert_int_eq(payer_terms(&payer, &ch, &t[i], &f), 0);
		for (int k = 0; k < 2; k++)
			ck_assert_int_eq(allowance_charge_further(&t[i], &ch.user, &ch.site).answer, LIMIT_GRANTED);
	}
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	payer.numbers = &numbers;
	payer_succeeded(&payer, 3, NULL, &f);
	house_site(&h, &s);
	ck_assert_uint_eq(count(&s.numbers, &t[0].number), 1);
	ck_assert_uint_eq(count(&s.numbers, &t[1].number), 0);
	ck_assert_uint_eq(count(&s.addresses, &t[0].address), 1);
	house_close(&h);
}
END_TEST

START_TEST(c5_what_cannot_be_given_back_is_told)
{
	begin();
	close(h.state.folder);
	payer_succeeded(&payer, 1, "sshd", &f);
	ck_assert_int_ne(f.class, FAULT_NONE);
	h.state.folder = -1;
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("payer");
	TCase *t = tcase_create("payer");

	tcase_add_test(t, b5_addresses_are_counted_by_house);
	tcase_add_test(t, b6_purses_and_kinds_and_sites_are_apart);
	tcase_add_test(t, the_terms_are_the_logins);
	tcase_add_test(t, b5_a_success_gives_back_without_a_sync);
	tcase_add_test(t, b5_each_number_gets_back_what_it_had);
	tcase_add_test(t, c5_what_cannot_be_given_back_is_told);
	suite_add_tcase(s, t);
	return s;
}
