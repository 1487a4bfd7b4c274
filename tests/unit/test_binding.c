#include "core/binding.h"

#include <string.h>

#include "core/challenge.h"
#include "unit.h"

static const unsigned char key[DIGEST_SIZE] = { 1, 2, 3 };

static struct binding of(uint32_t uid, const char *service, const char *address)
{
	struct facts facts;
	struct binding b;
	struct fault f = FAULT_INIT;

	memset(&facts, 0, sizeof facts);
	strcpy(facts.service, service);
	facts_parse_address(address, &facts.address);
	ck_assert_int_eq(binding_make(key, uid, &facts, &b, &f), 0);
	ck_assert(!b.alone);
	return b;
}

static const struct {
	const char *name;
	uint32_t uid;
	const char *service, *address;
	bool same; /* as uid 1000 through imap from 192.0.2.7 */
} cases[] = {
	{ "the same", 1000, "imap", "192.0.2.7", true },
	{ "the same address in IPv6", 1000, "imap", "::ffff:192.0.2.7", true },
	{ "another user", 1001, "imap", "192.0.2.7", false },
	{ "another service", 1000, "pop3", "192.0.2.7", false },
	{ "a longer service", 1000, "imap1", "192.0.2.7", false },
	{ "another address", 1000, "imap", "192.0.2.8", false },
	{ "no address", 1000, "imap", "", false },
	{ "a name for an address", 1000, "imap", "mail.example.net", false },
};

START_TEST(a4_of_user_service_and_address)
{
	struct binding a = of(1000, "imap", "192.0.2.7"),
		       b = of(cases[_i].uid, cases[_i].service, cases[_i].address);

	ck_assert_msg(
		(memcmp(a.mac, b.mac, sizeof a.mac) == 0) == cases[_i].same, "%s", cases[_i].name);
}
END_TEST

START_TEST(a_slash_64_is_one_place_and_none_is_another)
{
	struct binding a = of(0, "imap", "2001:db8::7"), b = of(0, "imap", "2001:db8::ffff:8"),
		       c = of(0, "imap", "2001:db8:0:1::7"), none = of(0, "imap", ""),
		       name = of(0, "imap", "localhost"), link = of(0, "imap", "fe80::1"),
		       other = of(0, "imap", "fe80::2");

	ck_assert_mem_eq(a.mac, b.mac, sizeof a.mac);
	ck_assert_mem_ne(a.mac, c.mac, sizeof a.mac);
	ck_assert_mem_eq(none.mac, name.mac, sizeof a.mac);
	ck_assert_mem_ne(none.mac, a.mac, sizeof a.mac);
	ck_assert_mem_ne(link.mac, other.mac, sizeof a.mac);
}
END_TEST

START_TEST(under_the_sites_key)
{
	const unsigned char another[DIGEST_SIZE] = { 9 };
	struct facts facts;
	struct binding a = of(0, "imap", ""), b;
	struct fault f = FAULT_INIT;

	memset(&facts, 0, sizeof facts);
	strcpy(facts.service, "imap");
	facts.password_digits = true;
	ck_assert_int_eq(binding_make(another, 0, &facts, &b, &f), 0);
	ck_assert_mem_ne(a.mac, b.mac, sizeof a.mac);
	ck_assert(b.alone);
}
END_TEST

static struct record r;
static struct clock_now now = { 5000000, 1, { 7 } };

static int enter(const struct binding *b, unsigned char id)
{
	int at = challenge_place(&r, &now, RECORD_PURSE_STRANGER);

	ck_assert_int_ge(at, 0);
	struct record_challenge *p = &r.challenges[at];
	memset(p->id, id, sizeof p->id);
	memcpy(p->boot_id, now.boot_id, sizeof p->boot_id);
	p->tries_left = 3;
	binding_enter(b, &now, 90, p);
	return at;
}

START_TEST(a2_until_the_lifetime_and_a_minute)
{
	struct binding b = of(0, "imap", "192.0.2.7"), c = of(0, "imap", "192.0.2.8");
	struct clock_now later = now, rebooted = now;

	record_init(&r, 0, "root");
	ck_assert_int_eq(binding_find(&r, &b, &now), -1);
	int at = enter(&b, 1), other = enter(&c, 2);
	ck_assert_int_eq(binding_find(&r, &b, &now), at);
	ck_assert_int_eq(binding_find(&r, &c, &now), other);
	ck_assert_int_eq(binding_valid_until_ms(&r.challenges[at]), now.boot_ms + 90000);
	binding_sent(&r.challenges[at], now.boot_ms + 95000, 2);
	ck_assert_int_eq(binding_valid_until_ms(&r.challenges[at]), now.boot_ms + 95000);
	ck_assert_uint_eq(r.challenges[at].sends, 2);
	later.boot_ms += 94999;
	ck_assert(binding_stands(&r, &b, &later));
	rebooted.boot_id[0] = 8;
	ck_assert_int_eq(binding_find(&r, &b, &rebooted), -1);
	ck_assert(!binding_stands(&r, &b, &rebooted));
	later.boot_ms++;
	ck_assert_int_eq(binding_find(&r, &b, &later), at);
	later.boot_ms += BINDING_GRACE_MS;
	ck_assert_int_eq(binding_find(&r, &b, &later), -1);
}
END_TEST

START_TEST(an_expired_one_is_forgotten_and_no_other)
{
	struct binding b = of(0, "imap", "192.0.2.7"), c = of(0, "imap", "192.0.2.8");
	struct clock_now later = now;

	record_init(&r, 0, "root");
	int at = enter(&b, 1), other = enter(&c, 2);
	/* without tries it is still there: its last guess is being judged */
	r.challenges[at].tries_left = 0;
	ck_assert(binding_stands(&r, &b, &now));
	later.boot_ms += 90000;
	ck_assert(!binding_stands(&r, &b, &later));
	ck_assert_int_eq(r.challenges[at].gone_boot_ms, 0);
	ck_assert_int_eq(r.challenges[at].bound, RECORD_BOUND_NONE);
	ck_assert_int_ne(r.challenges[other].gone_boot_ms, 0);
}
END_TEST

START_TEST(a4_what_belongs_to_a_conversation_is_bound_to_nothing)
{
	static const struct binding nothing;
	struct binding b = of(0, "imap", "192.0.2.7");

	record_init(&r, 0, "root");
	int at = enter(&b, 1);
	r.challenges[at].bound = RECORD_BOUND_NONE;
	ck_assert_int_eq(binding_find(&r, &b, &now), -1);
	memset(r.challenges[at].binding, 0, sizeof nothing.mac);
	ck_assert_int_eq(binding_find(&r, &nothing, &now), -1);
}
END_TEST

/* As it lies on the disk; and what is never written is refused. */
START_TEST(c7_to_the_disk_and_back)
{
	static unsigned char both[2 * RECORD_SLOT_SIZE];
	struct record back;
	struct slot_cursor c;
	struct fault f = FAULT_INIT;
	uint64_t sequence;
	struct binding b = of(0, "imap", "192.0.2.7");

	record_init(&r, 0, "root");
	b.alone = true;
	enter(&b, 1);
	int at = enter(&b, 2);
	r.challenges[at].sends = 3;
	ck_assert_msg(record_encode(&r, 1, both, &f) == 0, "%s", f.text);
	ck_assert_int_eq(slot_pick(both, &record_shape, &sequence, &c, &f), 0);
	ck_assert_msg(record_decode(&c, &back, &f) == 0, "%s", f.text);
	for (int i = 0; i < RECORD_CHALLENGES; i++) {
		const struct record_challenge *p = &r.challenges[i], *q = &back.challenges[i];
		ck_assert_uint_eq(p->bound, q->bound);
		ck_assert_uint_eq(p->sends, q->sends);
		ck_assert_mem_eq(p->binding, q->binding, sizeof p->binding);
	}
	const struct record good = r;
	r.challenges[at].bound = 3;
	ck_assert_int_eq(record_encode(&r, 1, both, &f), -1);
	r.challenges[at].bound = RECORD_BOUND_NONE;
	ck_assert_int_eq(record_encode(&r, 1, both, &f), -1);
	r = good;
	r.challenges[3].bound = RECORD_BOUND_ANY;
	ck_assert_int_eq(record_encode(&r, 1, both, &f), -1);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("binding");
	TCase *t = tcase_create("binding");

	tcase_add_loop_test(t, a4_of_user_service_and_address, 0, sizeof cases / sizeof cases[0]);
	tcase_add_test(t, a_slash_64_is_one_place_and_none_is_another);
	tcase_add_test(t, under_the_sites_key);
	tcase_add_test(t, a2_until_the_lifetime_and_a_minute);
	tcase_add_test(t, an_expired_one_is_forgotten_and_no_other);
	tcase_add_test(t, a4_what_belongs_to_a_conversation_is_bound_to_nothing);
	tcase_add_test(t, c7_to_the_disk_and_back);
	suite_add_tcase(s, t);
	return s;
}
