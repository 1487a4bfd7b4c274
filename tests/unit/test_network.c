#include "core/network.h"

#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "unit.h"

START_TEST(networks_are_read_and_shown)
{
	static const struct {
		const char *text, *shown; /* NULL: refused */
	} cases[] = {
		{ "10.0.0.0/8", "10.0.0.0/8" },
		{ "0.0.0.0/0", "0.0.0.0/0" },
		{ "192.0.2.7", "192.0.2.7/32" },
		{ "192.0.2.7/32", "192.0.2.7/32" },
		{ "192.0.2.6/31", "192.0.2.6/31" },
		{ "2001:db8::/32", "2001:db8::/32" },
		{ "2001:0DB8:0::/32", "2001:db8::/32" },
		{ "::/0", "::/0" },
		{ "::1", "::1/128" },
		{ "2001:db8::/127", "2001:db8::/127" },
		{ "d13 ::ffff:10.0.0.0/104", "10.0.0.0/8" },
		{ "d13 ::ffff:192.0.2.7", "192.0.2.7/32" },
		{ "d13 ::ffff:0:0/96", "0.0.0.0/0" },
		{ "::ffff:0:0/95", NULL },
		{ "10.0.0.1/8", NULL },
		{ "10.128.0.0/8", NULL },
		{ "2001:db8::1/32", NULL },
		{ "::ffff:10.0.0.1/104", NULL },
		{ "10.0.0.0/33", NULL },
		{ "::/129", NULL },
		{ "10.0.0.0/", NULL },
		{ "10.0.0.0/08", NULL },
		{ "10.0.0.0/-1", NULL },
		{ "10.0.0.0/8/8", NULL },
		{ "10.0.0.0/255.0.0.0", NULL },
		{ "10.0.0/8", NULL },
		{ "10", NULL },
		{ "/8", NULL },
		{ "", NULL },
		{ "localhost", NULL },
		{ "fe80::%eth0/64", NULL },
		{ "fe80::/64%eth0", NULL },
		{ " 10.0.0.0/8", NULL },
		{ "[::1]", NULL },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct network n;
		struct fault f = FAULT_INIT;
		char shown[60];
		const char *text = cases[i].text + (strncmp(cases[i].text, "d13 ", 4) == 0 ? 4 : 0);
		int rc = network_parse(text, &n, &f);
		ck_assert_msg(rc == (cases[i].shown ? 0 : -1), "%s: %s", text, f.text);
		if (rc < 0) {
			ck_assert_int_eq(f.class, FAULT_BAD);
			continue;
		}
		network_show(&n, shown, sizeof shown);
		ck_assert_str_eq(shown, cases[i].shown);
	}
}
END_TEST

static struct network parsed(const char *text)
{
	struct network n;
	struct fault f = FAULT_INIT;

	ck_assert_msg(network_parse(text, &n, &f) == 0, "%s: %s", text, f.text);
	return n;
}

START_TEST(d13_an_address_is_in_a_network_or_not)
{
	static const struct {
		const char *network, *address;
		bool in;
	} cases[] = {
		{ "10.0.0.0/8", "10.255.255.255", true },
		{ "10.0.0.0/8", "11.0.0.0", false },
		{ "10.0.0.0/8", "::ffff:10.1.2.3", true },
		{ "10.0.0.0/8", "a00::", false },
		{ "a00::/8", "10.0.0.0", false },
		{ "0.0.0.0/0", "255.255.255.255", true },
		{ "0.0.0.0/0", "::1", false },
		{ "::/0", "192.0.2.1", false },
		{ "::/0", "::ffff:192.0.2.1", false },
		{ "::/0", "::1", true },
		{ "192.0.2.128/25", "192.0.2.127", false },
		{ "192.0.2.128/25", "192.0.2.128", true },
		{ "2001:db8::/33", "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff", true },
		{ "2001:db8::/33", "2001:db8:8000::", false },
		{ "fe80::/10", "fe80::1%eth0", true },
		{ "0.0.0.0/0", "", false },
		{ "::/0", "", false },
		{ "0.0.0.0/0", "gateway.example", false },
		{ "0.0.0.0/0", "10.0.0.1 ", false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct network n = parsed(cases[i].network);
		struct facts_address a;
		facts_parse_address(cases[i].address, &a);
		ck_assert_msg(network_has(&n, &a) == cases[i].in, "%s in %s", cases[i].address,
			cases[i].network);
	}
}
END_TEST

START_TEST(a_network_in_another)
{
	static const struct {
		const char *outer, *inner;
		bool in;
	} cases[] = {
		{ "10.0.0.0/8", "10.1.0.0/16", true },
		{ "10.0.0.0/8", "10.0.0.0/8", true },
		{ "10.1.0.0/16", "10.0.0.0/8", false },
		{ "10.0.0.0/8", "11.0.0.0/16", false },
		{ "0.0.0.0/0", "::/0", false },
		{ "::/0", "2001:db8::/32", true },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct network outer = parsed(cases[i].outer), inner = parsed(cases[i].inner);
		ck_assert_msg(network_contains(&outer, &inner) == cases[i].in, "%s in %s",
			cases[i].inner, cases[i].outer);
	}
}
END_TEST

static bool bit(const struct facts_address *a, unsigned i)
{
	return (a->bytes[i / 8] >> (7 - i % 8)) & 1;
}

/* Bit by bit, for random prefixes; and a contained network has no address that its outer lacks. */
START_TEST(random_networks_agree_bit_by_bit)
{
	struct fuzz fz = { (uint64_t)_i + 1 };
	int in = 0;

	for (int k = 0; k < 20000; k++) {
		struct network n[2];
		struct facts_address a = { .family = FACTS_IPV6 };
		for (int i = 0; i < 2; i++) {
			n[i] = (struct network){ { FACTS_IPV6, { 0 } }, fuzz_below(&fz, 20) };
			for (unsigned b = 0; b < n[i].bits; b++)
				n[i].address.bytes[b / 8] |=
					(unsigned char)((fuzz_below(&fz, 4) == 0) << (7 - b % 8));
		}
		for (unsigned b = 0; b < 24; b++)
			a.bytes[b / 8] |= (unsigned char)((fuzz_below(&fz, 4) == 0) << (7 - b % 8));
		bool same = true;
		for (unsigned b = 0; b < n[0].bits; b++)
			same = same && bit(&n[0].address, b) == bit(&a, b);
		ck_assert_int_eq(network_has(&n[0], &a), same);
		if (network_contains(&n[0], &n[1]) && network_has(&n[1], &a))
			ck_assert(same);
		in += same;
	}
	ck_assert_int_gt(in, 500);
}
END_TEST

/* No text is read past its end, and what is taken comes back from how it is shown. */
START_TEST(random_texts_are_judged)
{
	struct fuzz fz = { (uint64_t)_i + 1 };
	static const char *const seeds[] = { "10.0.0.0/8", "2001:db8::/32", "::ffff:10.0.0.0/104" };

	for (int k = 0; k < 20000; k++) {
		unsigned char text[64] = "";
		struct network n, again;
		struct fault f = FAULT_INIT;
		char shown[60];
		size_t len = strlen(seeds[k % 3]);
		memcpy(text, seeds[k % 3], len);
		len = fuzz_mutate(&fz, text, len, sizeof text - 1);
		text[len] = '\0';
		if (network_parse((const char *)text, &n, &f) < 0)
			continue;
		network_show(&n, shown, sizeof shown);
		ck_assert_msg(network_parse(shown, &again, &f) == 0, "%s", shown);
		ck_assert_mem_eq(&n.address.bytes, &again.address.bytes, 16);
		ck_assert_uint_eq(n.bits, again.bits);
	}
}
END_TEST

START_TEST(b5_a_house_is_one_ipv4_address_or_a_64)
{
	static const struct {
		const char *text;
		size_t len;
	} cases[] = {
		{ "192.0.2.7", 4 },
		{ "::ffff:192.0.2.7", 4 },
		{ "2001:db8:1:2:3:4:5:6", 8 },
		{ "fe80::1", 16 },            /* every machine on the link */
		{ "::1", 16 },
		{ "64:ff9b::c000:207", 16 },  /* IPv4 behind a translator */
		{ "64:ff9b:1::1", 16 },
		{ "2001:0:1:2::5", 16 },      /* Teredo */
		{ "2001:1::5", 8 },
		{ "fec0::1", 8 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct facts_address a;
		unsigned char out[16];
		facts_parse_address(cases[i].text, &a);
		ck_assert_msg(network_house(&a, out) == cases[i].len, "%s", cases[i].text);
		ck_assert_mem_eq(out, a.bytes, cases[i].len);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("network");
	TCase *t = tcase_create("network");

	tcase_add_test(t, networks_are_read_and_shown);
	tcase_add_test(t, d13_an_address_is_in_a_network_or_not);
	tcase_add_test(t, a_network_in_another);
	tcase_add_loop_test(t, random_networks_agree_bit_by_bit, 0, 2);
	tcase_add_loop_test(t, random_texts_are_judged, 0, 2);
	tcase_add_test(t, b5_a_house_is_one_ipv4_address_or_a_64);
	suite_add_tcase(s, t);
	return s;
}
