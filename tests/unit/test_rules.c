#include "core/rules.h"

#include <stdio.h>
#include <string.h>

#include "core/day.h"
#include "fuzz.h"
#include "unit.h"

static struct settings s;

/* "a|b|" as a list of the rules. */
static struct settings_words list(const char *text)
{
	struct settings_words w = { s.rule_text_len, 0 };

	for (; *text; text++) {
		s.rule_text[s.rule_text_len++] = *text == '|' ? '\0' : *text;
		w.n += *text == '|';
	}
	return w;
}

static void add_network(struct settings_rule *rule, const char *text)
{
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(network_parse(text, &rule->networks[rule->nnetworks++], &f), 0);
}

/* What one rule of a test says; NULL or 0: nothing. */
struct said {
	const char *users, *groups, *services, *terminals, *network;
	uint32_t uid_from, uid_to;
	int32_t until;
	enum settings_then then;
};

static void add_rule(const struct said *said)
{
	struct settings_rule *rule = &s.rules[s.nrules++];

	memset(rule, 0, sizeof *rule);
	rule->line = (int)s.nrules * 10;
	if (said->users)
		rule->users = list(said->users);
	if (said->groups)
		rule->groups = list(said->groups);
	if (said->services)
		rule->services = list(said->services);
	if (said->terminals)
		rule->terminals = list(said->terminals);
	if (said->network)
		add_network(rule, said->network);
	if (said->uid_to) {
		rule->nuids = 1;
		rule->uids[0] = (struct settings_uids){ said->uid_from, said->uid_to };
	}
	rule->has_until = said->until != 0;
	rule->until = said->until;
	rule->then = said->then;
}

static void no_rules(void)
{
	s.nrules = 0;
	s.rule_text_len = 0;
}

/* The one who logs in. */
static struct facts facts;
static struct account account;
static const char *groups_of; /* "a|b|"; NULL: cannot be found out */
static int times_asked;

static int groups(void *ctx, const struct account *a, struct pattern_words *out, struct fault *f)
{
	static char buf[200];

	ck_assert_ptr_eq(ctx, &s);
	ck_assert_ptr_eq(a, &account);
	times_asked++;
	if (!groups_of)
		return fault_set(f, FAULT_SYSTEM, 0, "no server");
	out->n = 0;
	out->first = buf;
	strcpy(buf, groups_of);
	for (char *c = buf; *c; c++)
		if (*c == '|') {
			*c = '\0';
			out->n++;
		}
	return 0;
}

static void person(
	const char *user, uid_t uid, const char *service, const char *from, const char *tty)
{
	memset(&facts, 0, sizeof facts);
	memset(&account, 0, sizeof account);
	strcpy(account.name, user);
	account.uid = uid;
	strcpy(facts.user, "as-the-host-said");
	strcpy(facts.service, service);
	strcpy(facts.tty, tty);
	facts_parse_address(from, &facts.address);
	facts.trusted = true;
}

static struct rules_answer decide(int32_t today)
{
	struct rules_case c = { &s, &facts, &account, today, groups, &s };
	struct rules_answer a;

	times_asked = 0;
	rules_decide(&c, &a);
	return a;
}

#define SKIP    SETTINGS_THEN_SKIP
#define REQUIRE SETTINGS_THEN_REQUIRE
#define REFUSE  SETTINGS_THEN_REFUSE

START_TEST(one_rule_matches_or_not)
{
	static const struct {
		const char *name;
		struct said said;
		bool match;
	} cases[] = {
		{ "everybody", { .then = SKIP }, true },
		{ "user", { .users = "bob|alice|", .then = SKIP }, true },
		{ "another user", { .users = "bob|", .then = SKIP }, false },
		{ "what the host calls the user is no name",
			{ .users = "as-the-host-said|", .then = SKIP }, false },
		{ "negated user", { .users = "*|!alice|", .then = SKIP }, false },
		{ "only negated", { .users = "!bob|", .then = SKIP }, false },
		{ "service", { .services = "ss*|", .then = SKIP }, true },
		{ "another service", { .services = "sudo|", .then = SKIP }, false },
		{ "group", { .groups = "wheel|", .then = SKIP }, true },
		{ "another group", { .groups = "admin|", .then = SKIP }, false },
		{ "negated group", { .groups = "wheel|!staff|", .then = SKIP }, false },
		{ "terminal", { .terminals = "pts/*|", .then = SKIP }, true },
		{ "terminal with its folder", { .terminals = "/dev/pts/*|", .then = SKIP }, true },
		{ "another terminal", { .terminals = "tty*|", .then = SKIP }, false },
		{ "negated terminal", { .terminals = "*|!pts/3|", .then = SKIP }, false },
		{ "negated terminal with its folder",
			{ .terminals = "*|!/dev/pts/3|", .then = SKIP }, false },
		{ "network", { .network = "192.0.2.0/24", .then = SKIP }, true },
		{ "another network", { .network = "192.0.3.0/24", .then = SKIP }, false },
		{ "uids", { .uid_from = 1000, .uid_to = 1000, .then = SKIP }, true },
		{ "uids below", { .uid_from = 1, .uid_to = 999, .then = SKIP }, false },
		{ "uids above", { .uid_from = 1001, .uid_to = 9999, .then = SKIP }, false },
		{ "its last day", { .until = 20849, .then = SKIP }, true },
		{ "the day after", { .until = 20848, .then = SKIP }, false },
		{ "all at once",
			{ "alice|", "staff|", "sshd|", "pts/3|", "192.0.2.7", 1000, 1999, 20849,
				SKIP },
			true },
		{ "all but one",
			{ "alice|", "staff|", "sshd|", "pts/4|", "192.0.2.7", 1000, 1999, 20849,
				SKIP },
			false },
	};

	groups_of = "wheel|staff|";
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		no_rules();
		add_rule(&cases[i].said);
		person("alice", 1000, "sshd", "::ffff:192.0.2.7", "/dev/pts/3");
		struct rules_answer a = decide(20849);
		ck_assert_msg((a.then == SKIP) == cases[i].match, "%s", cases[i].name);
		ck_assert_msg(a.why == (cases[i].match ? RULES_MATCHED : RULES_NONE), "%s",
			cases[i].name);
		ck_assert_msg((a.rule != NULL) == cases[i].match, "%s", cases[i].name);
		if (!cases[i].match)
			ck_assert_int_eq(a.then, REQUIRE);
	}
}
END_TEST

START_TEST(what_is_not_known_matches_nothing)
{
	groups_of = "";
	no_rules();
	add_rule(&(struct said){ .network = "0.0.0.0/0", .then = SKIP });
	add_rule(&(struct said){ .network = "::/0", .then = SKIP });
	add_rule(&(struct said){ .terminals = "*|", .then = SKIP });
	add_rule(&(struct said){ .groups = "*|", .then = SKIP });
	person("alice", 1000, "sshd", "", "");
	ck_assert_int_eq(decide(1).why, RULES_NONE);
}
END_TEST

START_TEST(the_first_match_wins)
{
	groups_of = "";
	for (size_t first = 0; first < SETTINGS_RULES_MAX; first += 9) {
		no_rules();
		for (size_t i = 0; i < SETTINGS_RULES_MAX; i++)
			add_rule(&(struct said){ .users = i < first ? "bob|" : "alice|",
				.then = i == first ? REFUSE : SKIP });
		person("alice", 1000, "sshd", "", "");
		struct rules_answer a = decide(1);
		ck_assert_int_eq(a.then, REFUSE);
		ck_assert_ptr_eq(a.rule, &s.rules[first]);
	}
}
END_TEST

START_TEST(e1_who_is_not_root_skips_nothing)
{
	static const enum settings_then thens[] = { SKIP, REQUIRE, REFUSE };

	groups_of = "";
	for (size_t i = 0; i < 3; i++) {
		no_rules();
		add_rule(&(struct said){ .then = thens[i] });
		add_rule(&(struct said){ .then = REFUSE });
		person("alice", 1000, "swaylock", "", "");
		facts.trusted = false;
		struct rules_answer a = decide(1);
		ck_assert_int_eq(a.then, thens[i] == SKIP ? REQUIRE : thens[i]);
		ck_assert_int_eq(a.why, thens[i] == SKIP ? RULES_UNTRUSTED : RULES_MATCHED);
		ck_assert_ptr_eq(a.rule, &s.rules[0]);
	}
}
END_TEST

START_TEST(c6_groups_that_cannot_be_found_out)
{
	static const enum settings_then thens[] = { SKIP, REQUIRE, REFUSE };

	groups_of = NULL;
	person("alice", 1000, "sshd", "192.0.2.7", "");
	for (size_t i = 0; i < 3; i++) {
		no_rules();
		add_rule(&(struct said){ .users = "bob|", .groups = "wheel|", .then = SKIP });
		add_rule(&(struct said){ .groups = "!wheel|", .then = thens[i] });
		add_rule(&(struct said){ .then = SKIP });
		struct rules_answer a = decide(1);
		ck_assert_int_eq(a.then, REQUIRE);
		ck_assert_int_eq(a.why, RULES_LOOKUP);
		ck_assert_ptr_eq(a.rule, &s.rules[1]);
		ck_assert_str_eq(a.fault.text, "no server");
		ck_assert_int_eq(times_asked, 1);
	}
}
END_TEST

START_TEST(groups_are_asked_for_once_and_only_where_they_matter)
{
	groups_of = "staff|";
	no_rules();
	person("alice", 1000, "sshd", "192.0.2.7", "");
	add_rule(&(struct said){ .services = "sudo|", .groups = "staff|", .then = SKIP });
	add_rule(&(struct said){ .users = "alice|", .then = REQUIRE });
	add_rule(&(struct said){ .groups = "staff|", .then = SKIP });
	ck_assert_int_eq(decide(1).then, REQUIRE);
	ck_assert_int_eq(times_asked, 0);
	strcpy(account.name, "bob");
	s.rules[2].groups = list("wheel|");
	add_rule(&(struct said){ .groups = "staff|", .then = SKIP });
	ck_assert_int_eq(decide(1).then, SKIP);
	ck_assert_int_eq(times_asked, 1);
}
END_TEST

START_TEST(a_rule_is_shown_as_it_could_be_written)
{
	char text[400];

	no_rules();
	add_rule(&(struct said){
		"a*|!b|", "c|", "sshd|", "pts/?|", "::ffff:10.0.0.0/104", 0, 7, 20849, SKIP });
	add_network(&s.rules[0], "::1");
	rules_show(&s, &s.rules[0], text, sizeof text);
	ck_assert_str_eq(text,
		"{ users = [ \"a*\", \"!b\" ]; groups = [ \"c\" ]; services = [ \"sshd\" ]; "
		"terminals = [ \"pts/?\" ]; networks = [ \"10.0.0.0/8\", \"::1/128\" ]; "
		"uids = [ \"0-7\" ]; until = \"2027-01-31\"; then = \"skip\"; }");
	add_rule(&(struct said){ .uid_from = 5, .uid_to = 5, .then = REFUSE });
	rules_show(&s, &s.rules[1], text, sizeof text);
	ck_assert_str_eq(text, "{ uids = [ \"5\" ]; then = \"refuse\"; }");
	rules_show(&s, &s.rules[0], text, 30);
	ck_assert_uint_lt(strlen(text), 30);
	ck_assert_str_eq(rules_then_word(REQUIRE), "require");
	ck_assert_str_eq(rules_then_word((enum settings_then)1), "refuse");
}
END_TEST

/* The same in other words, over a small world. */
static const char *const user_lists[] = { NULL, "alice|", "bob|", "a*|b*|", "*|!bob|", "!bob|" };
static const char *const group_lists[] = { NULL, "wheel|", "staff|!wheel|", "*|" };
static const char *const nets[] = { NULL, "10.0.0.0/8", "10.1.0.0/16", "2001:db8::/32" };
static const bool user_in[6][2] = { { true, true }, { true, false }, { false, true },
	{ true, true }, { true, false }, { false, false } };
/* by groups: none, wheel, staff, both */
static const bool group_in[4][4] = { { true, true, true, true }, { false, true, false, true },
	{ false, false, true, false }, { false, true, true, true } };
/* by address: unknown, 10.2.0.1, 10.1.0.1, 2001:db8::1 */
static const bool net_in[4][4] = { { true, true, true, true }, { false, true, true, false },
	{ false, false, true, false }, { false, false, false, true } };

START_TEST(random_lists_decide_as_the_model)
{
	static const char *const addresses[] = { "", "::ffff:10.2.0.1", "10.1.0.1", "2001:db8::1" };
	static const char *const memberships[] = { "", "wheel|", "staff|", "wheel|staff|" };
	static const enum settings_then thens[] = { SKIP, REQUIRE, REFUSE };
	struct fuzz fz = { (uint64_t)_i + 1 };
	int seen[3] = { 0 };

	for (int k = 0; k < 5000; k++) {
		uint32_t u = fuzz_below(&fz, 2), g = fuzz_below(&fz, 4), a = fuzz_below(&fz, 4);
		bool trusted = fuzz_below(&fz, 4) > 0, down = fuzz_below(&fz, 8) == 0;
		uint32_t n = fuzz_below(&fz, 6);
		enum settings_then want = REQUIRE;
		bool over = false;
		no_rules();
		for (uint32_t i = 0; i < n; i++) {
			uint32_t ul = fuzz_below(&fz, 6), gl = fuzz_below(&fz, 4),
				 nl = fuzz_below(&fz, 4);
			uint32_t t = fuzz_below(&fz, 3), day = fuzz_below(&fz, 3);
			add_rule(&(struct said){ .users = user_lists[ul],
				.groups = group_lists[gl],
				.network = nets[nl],
				.until = (int32_t)day * 50,
				.then = thens[t] });
			if (over || !user_in[ul][u] || !net_in[nl][a] || day == 1)
				continue;
			if (gl > 0 && down) {
				over = true;
			} else if (group_in[gl][g]) {
				over = true;
				want = thens[t] == SKIP && !trusted ? REQUIRE : thens[t];
			}
		}
		person(u ? "bob" : "alice", 1000, "sshd", addresses[a], "");
		facts.trusted = trusted;
		groups_of = down ? NULL : memberships[g];
		struct rules_answer answer = decide(75);
		ck_assert_int_eq(answer.then, want);
		seen[want == SKIP ? 0 : want == REQUIRE ? 1 : 2]++;
	}
	for (int i = 0; i < 3; i++)
		ck_assert_int_gt(seen[i], 200);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("rules");
	TCase *t = tcase_create("rules");

	tcase_add_test(t, one_rule_matches_or_not);
	tcase_add_test(t, what_is_not_known_matches_nothing);
	tcase_add_test(t, the_first_match_wins);
	tcase_add_test(t, e1_who_is_not_root_skips_nothing);
	tcase_add_test(t, c6_groups_that_cannot_be_found_out);
	tcase_add_test(t, groups_are_asked_for_once_and_only_where_they_matter);
	tcase_add_test(t, a_rule_is_shown_as_it_could_be_written);
	tcase_add_loop_test(t, random_lists_decide_as_the_model, 0, 4);
	suite_add_tcase(suite, t);
	return suite;
}
