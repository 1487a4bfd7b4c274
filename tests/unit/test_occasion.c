#include "cli/occasion.h"

#include <string.h>

#include "unit.h"

static struct settings s;

START_TEST(what_is_not_said_is_supposed)
{
	static const struct {
		const char *name;
		bool given;
		const char *services[2];
		const char *said, *service;
	} cases[] = {
		{ "every service", false, { NULL, NULL }, NULL, "sshd" },
		{ "sshd is listed", true, { "sudo", "sshd" }, NULL, "sshd" },
		{ "sshd is not listed", true, { "sudo", "su" }, NULL, "sudo" },
		{ "one is said", true, { "sudo", "su" }, "login", "login" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct occasion o = { .user = "alice", .service = cases[i].said };
		struct fault f = FAULT_INIT;
		struct facts facts;
		memset(&s, 0, sizeof s);
		s.services_given = cases[i].given;
		for (size_t k = 0; k < 2 && cases[i].services[k]; k++)
			strcpy(s.services[s.nservices++], cases[i].services[k]);
		ck_assert_int_eq(occasion_facts(&o, &s, &facts, &f), 0);
		ck_assert_msg(strcmp(facts.service, cases[i].service) == 0, "%s", cases[i].name);
		ck_assert_str_eq(facts.user, "alice");
		ck_assert_int_eq(facts.address.family, FACTS_NO_ADDRESS);
		ck_assert_str_eq(facts.tty, "");
		ck_assert(facts.trusted && facts.first_factor && !facts.change);
	}
}
END_TEST

START_TEST(d13_addresses_are_numeric_or_refused)
{
	static const struct {
		const char *from, *service;
		int rc;
		enum facts_family family;
	} cases[] = {
		{ "192.0.2.7", "sshd", 0, FACTS_IPV4 },
		{ "::ffff:192.0.2.7", "sshd", 0, FACTS_IPV4 },
		{ "2001:db8::1", "sshd", 0, FACTS_IPV6 },
		{ "192.0.2.7", "sudo", 0, FACTS_NO_ADDRESS },
		{ "web01.example", "sshd", -1, FACTS_NO_ADDRESS },
		{ "web01.example", "sudo", -1, FACTS_NO_ADDRESS },
		{ "", "sshd", -1, FACTS_NO_ADDRESS },
		{ "192.0.2.0/24", "sshd", -1, FACTS_NO_ADDRESS },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct occasion o = { .user = "alice",
			.service = cases[i].service,
			.from = cases[i].from,
			.tty = "/dev/pts/0" };
		struct fault f = FAULT_INIT;
		struct facts facts;
		ck_assert_msg(
			occasion_facts(&o, &s, &facts, &f) == cases[i].rc, "%s", cases[i].from);
		if (cases[i].rc != 0)
			continue;
		ck_assert_int_eq(facts.address.family, cases[i].family);
		ck_assert_str_eq(facts.tty, "/dev/pts/0");
	}
}
END_TEST

START_TEST(names_that_cannot_be_one)
{
	struct occasion users[] = { { .user = "-alice" }, { .user = "" }, { .user = "a/b" },
		{ .user = "alice", .service = "../sshd" } };

	for (size_t i = 0; i < sizeof users / sizeof users[0]; i++) {
		struct fault f = FAULT_INIT;
		struct facts facts;
		ck_assert_int_eq(occasion_facts(&users[i], &s, &facts, &f), -1);
		ck_assert_int_eq(f.class, FAULT_BAD);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("occasion");
	TCase *t = tcase_create("occasion");

	tcase_add_test(t, what_is_not_said_is_supposed);
	tcase_add_test(t, d13_addresses_are_numeric_or_refused);
	tcase_add_test(t, names_that_cannot_be_one);
	suite_add_tcase(suite, t);
	return suite;
}
