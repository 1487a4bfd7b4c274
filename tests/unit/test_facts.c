#include "core/facts.h"

#include <string.h>

#include "unit.h"

START_TEST(d13_addresses_are_numeric_and_normal)
{
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{ "192.0.2.7", "192.0.2.7" }, { "::ffff:192.0.2.7", "192.0.2.7" },
		{ "2001:DB8:0:0::1", "2001:db8::1" }, { "fe80::1%eth0", "fe80::1" }, { "::1", "::1" },
		{ "", "-" }, { "localhost", "-" }, { "192.0.2.7%eth0", "-" }, { "192.0.2", "-" },
		{ "192.0.2.007", "-" }, { "192.0.2.7 ", "-" }, { "%eth0", "-" },
		{ "host.example.org", "-" }, { "1:2:3", "-" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct facts_address a;
		char shown[64];
		facts_parse_address(cases[i].text, &a);
		facts_show_address(&a, shown, sizeof shown);
		ck_assert_msg(strcmp(shown, cases[i].shown) == 0, "%s: %s", cases[i].text, shown);
	}
}
END_TEST

static struct talk_login login_of(const char *user, const char *service)
{
	struct talk_login l;

	memset(&l, 0, sizeof l);
	strncpy(l.user, user, sizeof l.user - 1);
	strncpy(l.service, service, sizeof l.service - 1);
	return l;
}

START_TEST(d4_first_factor_evidence)
{
	static const struct {
		uint32_t flags;
		const char *info;
		uid_t peer;
		bool factor;
	} cases[] = {
		{ 0, "", 0, false },
		{ TALK_LOGIN_AUTHTOK, "", 0, true },
		{ TALK_LOGIN_AUTHTOK, "", 1000, true },
		{ TALK_LOGIN_SILENT, "", 0, false },
		{ 0, "publickey ssh-ed25519 AAAA", 0, true },
		{ 0, "publickey ssh-ed25519 AAAA", 1000, false },
		{ 0, "password", 0, true },
		{ 0, "gssapi-with-mic x", 0, true },
		{ 0, "hostbased", 0, true },
		{ 0, "keyboard-interactive/pam", 0, false },
		{ 0, "keyboard-interactive\npublickey ssh-rsa AA", 0, true },
		{ 0, "publickeys", 0, false },
		{ 0, "xpublickey a", 0, false },
		{ 0, " publickey a", 0, false },
		{ 0, "none publickey", 0, false },
		{ 0, "\n\n", 0, false },
		{ 0, "none", 0, false },
		{ 0, "publickey", 0, true },
		{ 0, "Publickey", 0, false },
		{ 0, "publickey/x", 0, false },
		{ 0, "hostbased-x\npasswords\ngssapi", 0, false },
		/* a login: what speaks for a change says nothing */
		{ TALK_LOGIN_OLDAUTHTOK, "", 0, false },
		{ TALK_LOGIN_ROOT_CALLER, "", 0, false },
		/* forward_pass: what was taken has the code in it, and nobody has looked at it */
		{ TALK_LOGIN_FORWARD, "", 0, false },
		{ TALK_LOGIN_FORWARD | TALK_LOGIN_AUTHTOK, "publickey", 0, false },
		/* a change: the old password, or root as a root host sees it, and nothing else */
		{ TALK_LOGIN_CHANGE, "", 0, false },
		{ TALK_LOGIN_CHANGE | TALK_LOGIN_AUTHTOK, "", 0, false },
		{ TALK_LOGIN_CHANGE, "publickey ssh-ed25519 AAAA\npassword", 0, false },
		{ TALK_LOGIN_CHANGE | TALK_LOGIN_OLDAUTHTOK, "", 0, true },
		{ TALK_LOGIN_CHANGE | TALK_LOGIN_OLDAUTHTOK, "", 1000, true },
		{ TALK_LOGIN_CHANGE | TALK_LOGIN_ROOT_CALLER, "", 0, true },
		{ TALK_LOGIN_CHANGE | TALK_LOGIN_ROOT_CALLER, "", 1000, false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct talk_login l = login_of("alice", "sshd");
		struct facts out;
		struct fault f = FAULT_INIT;
		l.flags = cases[i].flags;
		strncpy(l.auth_info, cases[i].info, sizeof l.auth_info - 1);
		ck_assert_int_eq(facts_from_login(&l, cases[i].peer, &out, &f), 0);
		ck_assert_msg(out.first_factor == cases[i].factor, "%s", cases[i].info);
		ck_assert_int_eq(out.trusted, cases[i].peer == 0);
	}
}
END_TEST

START_TEST(the_first_key_that_is_there_and_short_enough)
{
	static const struct {
		const char *info, *key;
		uid_t peer;
	} cases[] = {
		{ "publickey ssh-ed25519 AAAA", "ssh-ed25519 AAAA", 0 },
		{ "publickey ssh-ed25519 AAAA\n", "ssh-ed25519 AAAA", 0 },
		{ "publickey ssh-ed25519 AAAA\npublickey ssh-rsa BBBB", "ssh-ed25519 AAAA", 0 },
		{ "password\npublickey ssh-rsa BBBB\npassword", "ssh-rsa BBBB", 0 },
		{ "publickey ssh-ed25519 AAAA", "", 1000 },
		{ "publickey\npassword", "", 0 },
		{ "publickey ", "", 0 },
		{ "publickeys ssh-rsa BBBB\nxpublickey a", "", 0 },
		{ "hostbased ssh-rsa BBBB", "", 0 },
		{ "", "", 0 },
		{ "\n\n", "", 0 },
	};
	struct talk_login l = login_of("alice", "sshd");
	struct fault f = FAULT_INIT;
	struct facts out;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		l = login_of("alice", "sshd");
		strcpy(l.auth_info, cases[i].info);
		ck_assert_int_eq(facts_from_login(&l, cases[i].peer, &out, &f), 0);
		ck_assert_msg(strcmp(out.key, cases[i].key) == 0, "%s", cases[i].info);
	}
	for (size_t len = FACTS_KEY_MAX; len <= FACTS_KEY_MAX + 1; len++) {
		memset(l.auth_info, 0, sizeof l.auth_info);
		strcpy(l.auth_info, "publickey ");
		memset(l.auth_info + 10, 'k', len);
		ck_assert_int_eq(facts_from_login(&l, 0, &out, &f), 0);
		ck_assert_uint_eq(strlen(out.key), len == FACTS_KEY_MAX ? len : 0);
	}
}
END_TEST

START_TEST(d3_what_was_taken_before_us)
{
	static const struct {
		uint32_t flags;
		bool taken, change;
	} cases[] = {
		{ 0, false, false },
		{ TALK_LOGIN_AUTHTOK, true, false },
		{ TALK_LOGIN_OLDAUTHTOK, false, false },
		{ TALK_LOGIN_CHANGE | TALK_LOGIN_OLDAUTHTOK, true, true },
		{ TALK_LOGIN_CHANGE | TALK_LOGIN_AUTHTOK, false, true },
		{ TALK_LOGIN_CHANGE | TALK_LOGIN_ROOT_CALLER, false, true },
		{ TALK_LOGIN_FORWARD, false, false },
		{ TALK_LOGIN_FORWARD | TALK_LOGIN_AUTHTOK, false, false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct talk_login l = login_of("alice", "passwd");
		struct facts out;
		struct fault f = FAULT_INIT;
		l.flags = cases[i].flags;
		ck_assert_int_eq(facts_from_login(&l, 0, &out, &f), 0);
		ck_assert_int_eq(out.password_taken, cases[i].taken);
		ck_assert_int_eq(out.change, cases[i].change);
		ck_assert_int_eq(out.forward, (cases[i].flags & TALK_LOGIN_FORWARD) != 0);
	}
}
END_TEST

START_TEST(no_password_is_changed_through_one_field)
{
	struct talk_login l = login_of("alice", "passwd");
	struct facts out;
	struct fault f = FAULT_INIT;

	l.flags = TALK_LOGIN_CHANGE | TALK_LOGIN_OLDAUTHTOK | TALK_LOGIN_FORWARD;
	ck_assert_int_eq(facts_from_login(&l, 0, &out, &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
}
END_TEST

START_TEST(two_steps)
{
	static const struct {
		uint32_t flags;
		uid_t peer;
		int rc;
		bool forward, two_step, digits, first_factor, taken;
	} cases[] = {
		{ TALK_LOGIN_TWO_STEP, 0, 0, false, true, false, false, false },
		{ TALK_LOGIN_TWO_STEP | TALK_LOGIN_AUTHTOK, 0, 0, false, true, false, true, true },
		{ TALK_LOGIN_TWO_STEP | TALK_LOGIN_AUTHTOK | TALK_LOGIN_DIGITS, 0, 0, false, true, true, true,
			true },
		{ TALK_LOGIN_TWO_STEP | TALK_LOGIN_FORWARD | TALK_LOGIN_AUTHTOK, 0, 0, true, true, false, false,
			false },
		{ TALK_LOGIN_DIGITS, 0, 0, false, false, false, false, false },
		/* E1: what a host of an ordinary user says is no binding */
		{ TALK_LOGIN_TWO_STEP | TALK_LOGIN_AUTHTOK, 1000, -1, false, false, false, false, false },
		{ TALK_LOGIN_TWO_STEP | TALK_LOGIN_FORWARD, 1000, -1, false, false, false, false, false },
		{ TALK_LOGIN_TWO_STEP | TALK_LOGIN_CHANGE, 0, -1, false, false, false, false, false },
		{ TALK_LOGIN_TWO_STEP | TALK_LOGIN_FORWARD | TALK_LOGIN_CHANGE, 0, -1, false, false, false,
			false, false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct talk_login l = login_of("alice", "imap");
		struct facts out;
		struct fault f = FAULT_INIT;
		l.flags = cases[i].flags;
		ck_assert_msg(facts_from_login(&l, cases[i].peer, &out, &f) == cases[i].rc, "case %zu", i);
		if (cases[i].rc < 0)
			continue;
		ck_assert_int_eq(out.forward, cases[i].forward);
		ck_assert_int_eq(out.two_step, cases[i].two_step);
		ck_assert_int_eq(out.password_digits, cases[i].digits);
		ck_assert_int_eq(out.first_factor, cases[i].first_factor);
		ck_assert_int_eq(out.password_taken, cases[i].taken);
	}
}
END_TEST

START_TEST(d15_decoys_are_for_logins_at_hosts_of_root)
{
	static const struct {
		uint32_t flags;
		uid_t peer;
		int rc;
		bool decoy, conceal;
	} cases[] = {
		{ 0, 0, 0, false, false },
		{ TALK_LOGIN_DECOY, 0, 0, true, false },
		{ TALK_LOGIN_CONCEAL, 0, 0, false, true },
		{ TALK_LOGIN_DECOY, 1000, 0, true, false },
		{ TALK_LOGIN_CONCEAL, 1000, 0, false, false },
		{ TALK_LOGIN_DECOY | TALK_LOGIN_CHANGE, 0, -1, true, false },
		{ TALK_LOGIN_CONCEAL | TALK_LOGIN_CHANGE, 0, -1, false, true },
		{ TALK_LOGIN_DECOY | TALK_LOGIN_FORWARD, 0, -1, true, false },
		{ TALK_LOGIN_CONCEAL | TALK_LOGIN_FORWARD, 0, -1, false, true },
		{ TALK_LOGIN_DECOY | TALK_LOGIN_TWO_STEP, 0, -1, true, false },
		{ TALK_LOGIN_CONCEAL | TALK_LOGIN_TWO_STEP, 0, -1, false, true },
	};
	struct facts out;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct talk_login l = login_of("alice", "sshd");
		struct fault f = FAULT_INIT;
		l.flags = cases[i].flags;
		ck_assert_int_eq(facts_from_login(&l, cases[i].peer, &out, &f), cases[i].rc);
		ck_assert(out.decoy == cases[i].decoy && out.conceal == cases[i].conceal);
	}
}
END_TEST

START_TEST(d13_sudo_has_no_remote_side)
{
	static const struct {
		const char *service;
		enum facts_family family;
	} cases[] = { { "sshd", FACTS_IPV4 }, { "sudo", FACTS_NO_ADDRESS }, { "sudo-i", FACTS_NO_ADDRESS },
		{ "su", FACTS_IPV4 } };

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct talk_login l = login_of("alice", cases[i].service);
		struct facts out;
		struct fault f = FAULT_INIT;
		strcpy(l.rhost, "192.0.2.7");
		ck_assert_int_eq(facts_from_login(&l, 0, &out, &f), 0);
		ck_assert_int_eq(out.address.family, cases[i].family);
	}
}
END_TEST

START_TEST(d12_bad_names_are_refused)
{
	static const struct {
		const char *user, *service;
	} cases[] = { { "", "sshd" }, { "-r", "sshd" }, { "a/b", "sshd" }, { "alice", "" }, { "alice", "../x" },
		{ "alice", "a b" }, { "alice", ".hidden" }, { "alice", "a\"b" }, { "alice", "-x" } };

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct talk_login l = login_of(cases[i].user, cases[i].service);
		struct facts out;
		struct fault f = FAULT_INIT;
		ck_assert_msg(facts_from_login(&l, 0, &out, &f) == -1, "%s %s", cases[i].user, cases[i].service);
		ck_assert_int_eq(f.class, FAULT_BAD);
	}
}
END_TEST

START_TEST(only_our_languages_are_taken)
{
	static const char *const others[] = { "xx", "DE", "de_DE", "/", "." };
	struct talk_login l = { .user = "alice", .service = "sshd" };
	struct facts out;
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(facts_from_login(&l, 0, &out, &f), 0);
	ck_assert_int_eq(out.language, LANGUAGE_NONE);
	strcpy(l.language, "fr");
	ck_assert_int_eq(facts_from_login(&l, 1000, &out, &f), 0);
	ck_assert_int_eq(out.language, LANGUAGE_FR);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		strcpy(l.language, others[i]);
		ck_assert_msg(facts_from_login(&l, 0, &out, &f) == -1, "%s", others[i]);
	}
}
END_TEST

START_TEST(d1_an_unprintable_prompt_is_refused)
{
	struct talk_login l = login_of("alice", "sshd");
	struct facts out;
	struct fault f = FAULT_INIT;

	strcpy(l.prompt, "Code\x1b[2J: ");
	ck_assert_int_eq(facts_from_login(&l, 0, &out, &f), -1);
	strcpy(l.prompt, "Code for the VPN: ");
	ck_assert_int_eq(facts_from_login(&l, 0, &out, &f), 0);
	ck_assert_str_eq(out.prompt, "Code for the VPN: ");
	strcpy(l.prompt, "Code f\xc3\xbcr das VPN: ");
	ck_assert_int_eq(facts_from_login(&l, 0, &out, &f), 0);
}
END_TEST

START_TEST(g1_hints_are_made_fit_for_a_log_line)
{
	struct talk_login l = login_of("alice", "sshd");
	struct facts out;
	struct fault f = FAULT_INIT;

	strcpy(l.ruser, "eve\nlogin verdict=accept");
	strcpy(l.tty, "pts/0\"");
	ck_assert_int_eq(facts_from_login(&l, 0, &out, &f), 0);
	ck_assert_str_eq(out.ruser, "eve?login verdict=accept");
	ck_assert_str_eq(out.tty, "pts/0?");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("facts");
	TCase *t = tcase_create("facts");
	tcase_add_test(t, d13_addresses_are_numeric_and_normal);
	tcase_add_test(t, d4_first_factor_evidence);
	tcase_add_test(t, the_first_key_that_is_there_and_short_enough);
	tcase_add_test(t, d3_what_was_taken_before_us);
	tcase_add_test(t, no_password_is_changed_through_one_field);
	tcase_add_test(t, two_steps);
	tcase_add_test(t, d15_decoys_are_for_logins_at_hosts_of_root);
	tcase_add_test(t, d13_sudo_has_no_remote_side);
	tcase_add_test(t, d12_bad_names_are_refused);
	tcase_add_test(t, only_our_languages_are_taken);
	tcase_add_test(t, d1_an_unprintable_prompt_is_refused);
	tcase_add_test(t, g1_hints_are_made_fit_for_a_log_line);
	suite_add_tcase(s, t);
	return s;
}
