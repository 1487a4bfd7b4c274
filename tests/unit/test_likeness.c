#include "wire/likeness.h"

#include <string.h>

#include "unit.h"

static const unsigned char key[DIGEST_SIZE] = "a key", other_key[DIGEST_SIZE] = "another";

static void put(struct order *o, const char *name, const char *value)
{
	struct fault f = FAULT_INIT;
	struct secret s = { 0 };
	ck_assert_int_eq(secret_set(&s, value, strlen(value)), 0);
	ck_assert_int_eq(order_add_variable(o, name, &s, &f), 0);
}

static struct order base(void)
{
	struct order o = { .action = ORDER_ACTION_SEND, .time_ms = 5000, .description = "dexatel", .number = "+491701234512",
		.text = "123456 is your code", .ca_file = "/a.pem", .proxy = "http://p:1" };
	put(&o, "from", "ACME");
	put(&o, "key", "s3cret");
	return o;
}

static bool alike(const struct order *a, const struct order *b)
{
	struct fault f = FAULT_INIT;
	unsigned char one[DIGEST_SIZE], two[DIGEST_SIZE];
	ck_assert_int_eq(likeness_take(a, key, one, &f), 0);
	ck_assert_int_eq(likeness_take(b, key, two, &f), 0);
	return memcmp(one, two, sizeof one) == 0;
}

START_TEST(messages_of_one_route_are_alike)
{
	struct order a = base(), b = base();
	b.action = ORDER_ACTION_VOICE;
	b.time_ms = 300;
	strcpy(b.number, "+436641234556");
	strcpy(b.text, "654321 is another");
	ck_assert(alike(&a, &b));
}
END_TEST

START_TEST(e7_whatever_else_differs_is_another_route)
{
	struct order a = base(), b;
	b = base(), strcpy(b.description, "twilio");
	ck_assert_msg(!alike(&a, &b), "description");
	b = base(), strcpy(b.ca_file, "");
	ck_assert_msg(!alike(&a, &b), "ca_file");
	b = base(), strcpy(b.proxy, "");
	ck_assert_msg(!alike(&a, &b), "proxy");
	b = base(), b.loopback_http = 1;
	ck_assert_msg(!alike(&a, &b), "loopback_http");
	b = base(), put(&b, "more", "");
	ck_assert_msg(!alike(&a, &b), "one variable more");
	b = base(), b.nvariables = 1;
	ck_assert_msg(!alike(&a, &b), "one variable less");
	b = base(), b.variables[1].value.bytes[0] ^= 1;
	ck_assert_msg(!alike(&a, &b), "a value");
	b = base(), strcpy(b.variables[1].name, "kez");
	ck_assert_msg(!alike(&a, &b), "a name");
	/* the same bytes, cut elsewhere */
	a.nvariables = b.nvariables = 0;
	put(&a, "ab", "c");
	put(&b, "a", "bc");
	ck_assert_msg(!alike(&a, &b), "name and value");
}
END_TEST

START_TEST(another_key_tells_nothing)
{
	struct fault f = FAULT_INIT;
	struct order a = base();
	unsigned char one[DIGEST_SIZE], two[DIGEST_SIZE];
	ck_assert_int_eq(likeness_take(&a, key, one, &f), 0);
	ck_assert_int_eq(likeness_take(&a, other_key, two, &f), 0);
	ck_assert(memcmp(one, two, sizeof one) != 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("likeness");
	TCase *t = tcase_create("likeness");
	tcase_add_test(t, messages_of_one_route_are_alike);
	tcase_add_test(t, e7_whatever_else_differs_is_another_route);
	tcase_add_test(t, another_key_tells_nothing);
	suite_add_tcase(s, t);
	return s;
}
