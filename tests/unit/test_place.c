#include "core/place.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static const unsigned char key[DIGEST_SIZE] = { 1, 2, 3 };
static struct record r;

static struct place of(const struct facts *facts, uint32_t uid)
{
	struct fault f = FAULT_INIT;
	struct place p;

	ck_assert_int_eq(place_of(key, uid, facts, &p, &f), 0);
	return p;
}

static struct facts from(const char *service, const char *address, const char *public_key)
{
	struct facts facts = { .trusted = true };

	strcpy(facts.service, service);
	strcpy(facts.key, public_key);
	strcpy(facts.rhost, address);
	facts_parse_address(address, &facts.address);
	return facts;
}

static struct facts on_terminal(uint64_t device, uint64_t session, uint64_t start)
{
	struct facts facts = { .trusted = true };

	strcpy(facts.service, "sudo");
	facts.terminal.device = device;
	facts.terminal.session = session;
	facts.terminal.start = start;
	facts.terminal.boot_id[0] = 7;
	return facts;
}

static struct place address(const char *text)
{
	struct facts facts = from("sshd", text, "");

	return of(&facts, 1000);
}

static bool same(const struct place *a, const struct place *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

START_TEST(an_address_is_one_place_by_32_and_64_bits)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ "192.0.2.7", "192.0.2.7", true },
		{ "192.0.2.7", "::ffff:192.0.2.7", true },
		{ "192.0.2.7", "192.0.2.8", false },
		{ "2001:db8:0:1::7", "2001:db8:0:1:ffff::1", true },
		{ "2001:db8:0:1::7", "2001:db8:0:2::7", false },
		{ "192.0.2.7", "c000:207::", false },
		/* all of the link's, or of the IPv4 internet's, have these 64 bits */
		{ "fe80::1", "fe80::2", false },
		{ "fe80::1%eth0", "fe80::1", true },
		{ "64:ff9b::192.0.2.7", "64:ff9b::198.51.100.66", false },
		{ "64:ff9b:1::192.0.2.7", "64:ff9b:1::198.51.100.66", false },
		{ "2001:0:c000:207::1", "2001:0:c000:207::2", false },
		{ "::1", "::192.0.2.7", false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct place a = address(cases[i].a), b = address(cases[i].b);
		ck_assert_int_eq(a.kind, RECORD_PLACE_ADDRESS);
		ck_assert_msg(same(&a, &b) == cases[i].same, "%s %s", cases[i].a, cases[i].b);
	}
}
END_TEST

START_TEST(a_key_counts_instead_of_the_address_and_beside_one_only)
{
	struct facts one = from("sshd", "192.0.2.7", "ssh-ed25519 AAAA");
	struct facts moved = from("sshd", "192.0.2.8", "ssh-ed25519 AAAA");
	struct facts other = from("sshd", "192.0.2.7", "ssh-ed25519 AAAB");
	struct facts alone = from("su", "", "ssh-ed25519 AAAA");
	struct place a = of(&one, 1000), b = of(&moved, 1000), c = of(&other, 1000),
		     d = of(&alone, 1000);

	ck_assert_int_eq(a.kind, RECORD_PLACE_KEY);
	ck_assert(same(&a, &b));
	ck_assert(!same(&a, &c));
	ck_assert_int_eq(d.kind, RECORD_PLACE_NONE);
}
END_TEST

START_TEST(another_users_place_is_another)
{
	struct facts facts = from("sshd", "192.0.2.7", "");
	struct place a = of(&facts, 1000), b = of(&facts, 1001);

	ck_assert(!same(&a, &b));
}
END_TEST

START_TEST(a_session_is_its_terminal_leader_and_boot)
{
	struct facts one = on_terminal(34816, 100, 5000), cases[4];
	struct place a = of(&one, 1000);

	ck_assert_int_eq(a.kind, RECORD_PLACE_SESSION);
	cases[0] = on_terminal(34817, 100, 5000);
	cases[1] = on_terminal(34816, 101, 5000);
	cases[2] = on_terminal(34816, 100, 5001); /* the same pid, later */
	cases[3] = on_terminal(34816, 100, 5000);
	cases[3].terminal.boot_id[0] = 8;
	for (size_t i = 0; i < 4; i++) {
		struct place b = of(&cases[i], 1000);
		ck_assert_msg(!same(&a, &b), "%zu", i);
	}
	/* on the console each login is a session of its own, and the place stays */
	one.terminal.console = true;
	cases[2].terminal.console = true;
	a = of(&one, 1000);
	struct place b = of(&cases[2], 1000);
	ck_assert_int_eq(a.kind, RECORD_PLACE_CONSOLE);
	ck_assert(same(&a, &b));
}
END_TEST

START_TEST(e1_d13_what_is_no_place)
{
	struct facts cases[6];

	cases[0] = from("sshd", "192.0.2.7", "");
	cases[0].trusted = false;
	cases[1] = on_terminal(34816, 100, 5000);
	cases[1].trusted = false;
	cases[2] = from("sshd", "192.0.2.7", "");
	cases[2].change = true;
	cases[3] = from("sshd", "host.example", "");
	cases[4] = from("sshd", "host.example", "");
	cases[4].terminal = on_terminal(34816, 100, 5000).terminal;
	cases[5] = on_terminal(0, 100, 5000);
	for (size_t i = 0; i < 6; i++) {
		struct place p = of(&cases[i], 1000);
		ck_assert_msg(p.kind == RECORD_PLACE_NONE, "%zu", i);
	}
	/* what sudo calls its remote side is none (D13) */
	cases[1].trusted = true;
	strcpy(cases[1].rhost, "host.example");
	struct place p = of(&cases[1], 1000);
	ck_assert_int_eq(p.kind, RECORD_PLACE_SESSION);
}
END_TEST

static struct place_moment at(const char *service, uint32_t remember_s, int64_t wall_s)
{
	return (struct place_moment){ service, remember_s, wall_s, wall_s };
}

START_TEST(remembered_for_its_service_and_time_and_known_for_30_days)
{
	static const struct {
		const char *name, *service;
		uint32_t remember_s;
		int64_t after_s, clock_s;
		enum place_standing is;
	} cases[] = {
		{ "at once", "sshd", 60, 0, 0, PLACE_REMEMBERED },
		{ "the last second", "sshd", 60, 59, 59, PLACE_REMEMBERED },
		{ "over", "sshd", 60, 60, 60, PLACE_KNOWN },
		{ "never asked for", "sshd", 0, 0, 0, PLACE_KNOWN },
		{ "another service", "su", 60, 0, 0, PLACE_KNOWN },
		{ "f5: only the clock went on", "sshd", 60, 1, 60, PLACE_KNOWN },
		{ "f5: the clock was set back", "sshd", 60, 60, -9999, PLACE_KNOWN },
		{ "f5: the record's time is behind", "sshd", 60, -1, -1, PLACE_UNKNOWN },
		{ "b6: the last second of 30 days", "sshd", 0, 30 * 86400 - 1, 0, PLACE_KNOWN },
		{ "b6: over", "sshd", 0, 30 * 86400, 0, PLACE_UNKNOWN },
		{ "b6: longer than remembered", "sshd", 2592000, 30 * 86400, 0, PLACE_UNKNOWN },
	};
	struct place p = address("192.0.2.7"), other = address("192.0.2.8"), none = { 0 };

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct place_moment then = at("sshd", 0, 1000000);
		struct place_moment now = { cases[i].service, cases[i].remember_s,
			1000000 + cases[i].after_s, 1000000 + cases[i].clock_s };
		record_init(&r, 1000, "alice");
		place_note(&r, &p, &then);
		ck_assert_msg(place_look(&r, &p, &now) == cases[i].is, "%s", cases[i].name);
		ck_assert_int_eq(place_look(&r, &other, &now), PLACE_UNKNOWN);
		ck_assert_int_eq(place_look(&r, &none, &now), PLACE_UNKNOWN);
		place_forget_all(&r);
		ck_assert_int_eq(place_look(&r, &p, &now), PLACE_UNKNOWN);
	}
}
END_TEST

static int used(void)
{
	int n = 0;

	for (int i = 0; i < RECORD_PLACES; i++)
		n += r.places[i].kind != RECORD_PLACE_NONE;
	return n;
}

START_TEST(one_entry_for_place_and_service_and_the_oldest_gives_way)
{
	struct place p[RECORD_PLACES + 1];
	char text[32];

	record_init(&r, 1000, "alice");
	for (int i = 0; i <= RECORD_PLACES; i++) {
		struct place_moment m = at("sshd", 60, 1000 + i);
		snprintf(text, sizeof text, "192.0.2.%d", i);
		p[i] = address(text);
		place_note(&r, &p[i], &m);
		place_note(&r, &p[i], &m);
		ck_assert_int_eq(used(), i < RECORD_PLACES ? i + 1 : RECORD_PLACES);
	}
	struct place_moment now = at("sshd", 60, 1020);
	ck_assert_int_eq(place_look(&r, &p[0], &now), PLACE_UNKNOWN);
	for (int i = 1; i <= RECORD_PLACES; i++)
		ck_assert_int_eq(place_look(&r, &p[i], &now), PLACE_REMEMBERED);
}
END_TEST

START_TEST(sessions_do_not_push_out_addresses)
{
	struct place home = address("192.0.2.7"), last = { 0 };
	struct place_moment m = at("sshd", 60, 1000);

	record_init(&r, 1000, "alice");
	place_note(&r, &home, &m);
	for (uint64_t i = 0; i < 100; i++) {
		struct facts facts = on_terminal(34816, 100 + i, 5000);
		last = of(&facts, 1000);
		m = at("sudo", 60, 1001 + (int64_t)i);
		place_note(&r, &last, &m);
	}
	ck_assert_int_eq(used(), 1 + PLACE_SESSIONS);
	ck_assert_int_eq(place_look(&r, &last, &m), PLACE_REMEMBERED);
	m.service = "sshd";
	ck_assert_int_eq(place_look(&r, &home, &m), PLACE_KNOWN);
}
END_TEST

/* Of a long name only a part is kept, so that it is known but never remembered. */
START_TEST(a_long_service_is_never_remembered)
{
	struct place p = address("192.0.2.7");
	struct place_moment m = at("a-service-with-a-name-of-40-characters-xx", 60, 1000);

	record_init(&r, 1000, "alice");
	place_note(&r, &p, &m);
	place_note(&r, &p, &m);
	ck_assert_int_eq(used(), 1);
	ck_assert_int_eq(place_look(&r, &p, &m), PLACE_KNOWN);
	m.service = "a-service-with-a-name-of-40-yyyyyyyyyyyyy";
	ck_assert_int_eq(place_look(&r, &p, &m), PLACE_KNOWN);
	m = at("sshd", 60, 0);
	place_forget_all(&r);
	place_note(&r, &p, &m);
	ck_assert_int_eq(used(), 0);
}
END_TEST

START_TEST(the_rest_of_a_place_s_time_and_devices)
{
	struct place home = address("192.0.2.7"), other = address("192.0.2.8");
	struct facts terminal = on_terminal(34816, 100, 5);
	struct place session = of(&terminal, 1000);
	struct place_moment m = at("sshd", 60, 1000);

	record_init(&r, 1000, "alice");
	ck_assert(!place_among_devices(&r, &home));
	ck_assert_int_eq(place_remembered_s(&r, &home, &m), 0);
	place_note(&r, &session, &m);
	ck_assert(!place_among_devices(&r, &home));
	place_note(&r, &home, &m);
	ck_assert(place_among_devices(&r, &home));
	ck_assert(place_among_devices(&r, &other));
	ck_assert(!place_among_devices(&r, &session));
	m = at("sshd", 60, 1020);
	ck_assert_int_eq(place_remembered_s(&r, &home, &m), 40);
	ck_assert_int_eq(place_remembered_s(&r, &other, &m), 0);
	m = at("sshd", 60, 1060);
	ck_assert_int_eq(place_remembered_s(&r, &home, &m), 0);
}
END_TEST

/* What is noted can be written, whatever the clock says. */
START_TEST(what_is_noted_has_a_place_on_the_disk)
{
	unsigned char slot[RECORD_SLOT_SIZE];
	struct place p = address("192.0.2.7");
	struct place_moment m = { "sshd", 60, 1000, -5 };
	struct fault f = FAULT_INIT;

	record_init(&r, 1000, "alice");
	place_note(&r, &p, &m);
	ck_assert_int_eq(used(), 1);
	ck_assert_int_eq(record_encode(&r, 1, slot, &f), 0);
	ck_assert_str_eq(place_kind_name(r.places[0].kind), "address");
	ck_assert_str_eq(place_kind_name(RECORD_PLACE_KINDS), "");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("place");
	TCase *t = tcase_create("place");
	tcase_add_test(t, an_address_is_one_place_by_32_and_64_bits);
	tcase_add_test(t, a_key_counts_instead_of_the_address_and_beside_one_only);
	tcase_add_test(t, another_users_place_is_another);
	tcase_add_test(t, a_session_is_its_terminal_leader_and_boot);
	tcase_add_test(t, e1_d13_what_is_no_place);
	tcase_add_test(t, remembered_for_its_service_and_time_and_known_for_30_days);
	tcase_add_test(t, one_entry_for_place_and_service_and_the_oldest_gives_way);
	tcase_add_test(t, sessions_do_not_push_out_addresses);
	tcase_add_test(t, a_long_service_is_never_remembered);
	tcase_add_test(t, the_rest_of_a_place_s_time_and_devices);
	tcase_add_test(t, what_is_noted_has_a_place_on_the_disk);
	suite_add_tcase(s, t);
	return s;
}
