#include "cli/shadow.h"

#include <string.h>

#include "core/rules.h"
#include "fuzz.h"
#include "unit.h"

static struct settings s;

/* "a|b|" as a list of the rules. */
static struct settings_words list(const char *text)
{
	struct settings_words w = { s.rule_text_len, 0 };

	for (; text && *text; text++) {
		s.rule_text[s.rule_text_len++] = *text == '|' ? '\0' : *text;
		w.n += *text == '|';
	}
	return w;
}

/* NULL or 0: not said. */
struct said {
	const char *users, *groups, *services, *terminals, *network, *second;
	uint32_t uid_from, uid_to;
	int32_t until;
};

static void add_rule(const struct said *said)
{
	struct settings_rule *rule = &s.rules[s.nrules++];
	const char *networks[] = { said->network, said->second };
	struct fault f = FAULT_INIT;

	memset(rule, 0, sizeof *rule);
	rule->users = list(said->users);
	rule->groups = list(said->groups);
	rule->services = list(said->services);
	rule->terminals = list(said->terminals);
	for (size_t i = 0; i < 2 && networks[i]; i++)
		ck_assert_int_eq(
			network_parse(networks[i], &rule->networks[rule->nnetworks++], &f), 0);
	if (said->uid_to) {
		rule->nuids = 1;
		rule->uids[0] = (struct settings_uids){ said->uid_from, said->uid_to };
	}
	rule->has_until = said->until != 0;
	rule->until = said->until;
	rule->then = SETTINGS_THEN_SKIP;
}

static void begin(void)
{
	s.nrules = s.rule_text_len = s.nservices = 0;
	s.services_given = false;
}

START_TEST(one_rule_behind_another)
{
	static const struct {
		const char *name;
		struct said earlier, later;
		bool dead;
	} cases[] = {
		{ "an empty rule", { 0 }, { .users = "a|" }, true },
		{ "the same", { .users = "a|" }, { .users = "a|" }, true },
		{ "another", { .users = "a|" }, { .users = "b|" }, false },
		{ "fewer", { .users = "a|" }, { .users = "a|b|" }, false },
		{ "more", { .users = "b|a|" }, { .users = "a|" }, true },
		{ "everybody behind somebody", { .users = "a|" }, { 0 }, false },
		{ "star", { .users = "*|" }, { 0 }, true },
		{ "star for services", { .services = "*|" }, { .users = "a|" }, true },
		{ "not every user is in a group", { .groups = "*|" }, { 0 }, false },
		{ "not every login has a terminal", { .terminals = "*|" }, { 0 }, false },
		{ "any group", { .groups = "*|" }, { .groups = "w|" }, true },
		{ "a pattern takes a name", { .users = "a*|" }, { .users = "ab|ac|" }, true },
		{ "a pattern and a pattern", { .users = "a*|" }, { .users = "ab*|" }, false },
		{ "negated", { .users = "*|!b|" }, { .users = "a|" }, true },
		{ "negated, hit", { .users = "*|!b|" }, { .users = "b|" }, false },
		{ "negated in both", { .users = "*|!b|" }, { .users = "*|!b|!c|" }, true },
		{ "negated in the first only", { .users = "*|!b|" }, { .users = "*|" }, false },
		{ "negated groups are others'", { .groups = "w|!i|" }, { .groups = "w|" }, false },
		{ "negated groups in both", { .groups = "w|!i|" }, { .groups = "w|!i|" }, true },
		{ "negated terminals have two names", { .terminals = "*|!/dev/*|" },
			{ .terminals = "pts/0|" }, false },
		{ "more asked for", { .users = "a|" }, { .users = "a|", .services = "sshd|" },
			true },
		{ "less asked for", { .users = "a|", .services = "sshd|" }, { .users = "a|" },
			false },
		{ "a network within", { .network = "10.0.0.0/8" }, { .network = "10.1.0.0/16" },
			true },
		{ "a network around", { .network = "10.1.0.0/16" }, { .network = "10.0.0.0/8" },
			false },
		{ "one of two networks", { .network = "10.0.0.0/8" },
			{ .network = "10.1.0.0/16", .second = "11.0.0.0/8" }, false },
		{ "both of two networks", { .network = "10.0.0.0/8", .second = "::/0" },
			{ .network = "::1", .second = "10.1.0.0/16" }, true },
		{ "every address is not every login", { .network = "0.0.0.0/0", .second = "::/0" },
			{ 0 }, false },
		{ "uids within", { .uid_from = 1, .uid_to = 9 }, { .uid_from = 2, .uid_to = 9 },
			true },
		{ "uids across", { .uid_from = 1, .uid_to = 9 }, { .uid_from = 2, .uid_to = 10 },
			false },
		{ "uids and none", { .uid_from = 1, .uid_to = 9 }, { .users = "a|" }, false },
		{ "the first ends", { .until = 200 }, { .users = "a|" }, false },
		{ "the second ends before", { .until = 200 }, { .until = 200 }, true },
		{ "the first has ended", { .until = 99 }, { .until = 150 }, false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		begin();
		add_rule(&cases[i].earlier);
		add_rule(&cases[i].later);
		struct shadow dead = shadow_of(&s, 1, 100);
		ck_assert_msg((dead.kind == SHADOW_EARLIER) == cases[i].dead, "%s: %d",
			cases[i].name, dead.kind);
		if (cases[i].dead)
			ck_assert_ptr_eq(dead.by, &s.rules[0]);
	}
}
END_TEST

START_TEST(one_rule_by_itself)
{
	static const struct {
		const char *name;
		struct said said;
		const char *service; /* the one of `services` */
		enum shadow_kind kind;
		const char *list;
	} cases[] = {
		{ "alive", { .users = "a|!b|" }, NULL, SHADOW_NONE, NULL },
		{ "only negated users", { .users = "!b|" }, NULL, SHADOW_NEGATED, "users" },
		{ "only negated groups", { .groups = "!b|!c|" }, NULL, SHADOW_NEGATED, "groups" },
		{ "only negated services", { .services = "!b|" }, NULL, SHADOW_NEGATED,
			"services" },
		{ "only negated terminals", { .terminals = "!b|" }, NULL, SHADOW_NEGATED,
			"terminals" },
		{ "its last day", { .until = 100 }, NULL, SHADOW_NONE, NULL },
		{ "over", { .until = 99 }, NULL, SHADOW_OVER, NULL },
		{ "a listed service", { .services = "ss*|" }, "sshd", SHADOW_NONE, NULL },
		{ "an unlisted service", { .services = "sudo|" }, "sshd", SHADOW_SERVICES, NULL },
		{ "any service", { .users = "a|" }, "sshd", SHADOW_NONE, NULL },
		{ "d13 sudo from a network",
			{ .services = "sudo|sudo-i|", .network = "10.0.0.0/8" }, NULL,
			SHADOW_REMOTE, NULL },
		{ "sudo and sshd", { .services = "sudo|sshd|", .network = "10.0.0.0/8" }, NULL,
			SHADOW_NONE, NULL },
		{ "sudo without a network", { .services = "sudo|" }, NULL, SHADOW_NONE, NULL },
		{ "what may be more than sudo", { .services = "su*|", .network = "10.0.0.0/8" },
			NULL, SHADOW_NONE, NULL },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		begin();
		add_rule(&cases[i].said);
		if (cases[i].service) {
			s.services_given = true;
			s.nservices = 1;
			strcpy(s.services[0], cases[i].service);
		}
		struct shadow dead = shadow_of(&s, 0, 100);
		ck_assert_msg(dead.kind == cases[i].kind, "%s: %d", cases[i].name, dead.kind);
		if (cases[i].list)
			ck_assert_str_eq(dead.list, cases[i].list);
	}
}
END_TEST

/* --- what is called dead decides nothing --- */

static const char *const users[] = { NULL, "alice|", "bob|", "a*|b*|", "*|!bob|", "!bob|", "*|",
	"alice|bob|", "*|!a*|" };
static const char *const groups[] = { NULL, "wheel|", "staff|!wheel|", "*|", "w*|", "*|!staff|",
	"wheel|staff|" };
static const char *const services[] = { NULL, "sshd|", "sudo|", "s*|", "*|!sudo|", "sshd|sudo|" };
static const char *const terminals[] = { NULL, "pts/*|", "*|!/dev/*|", "pts/0|", "*|" };
static const char *const networks[] = { NULL, "10.0.0.0/8", "10.1.0.0/16", "::/0", "0.0.0.0/0" };

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static void add_random(struct fuzz *fz)
{
	uint32_t ids = fuzz_below(fz, 3);

	add_rule(&(struct said){ .users = users[fuzz_below(fz, COUNT(users))],
		.groups = fuzz_below(fz, 2) ? groups[fuzz_below(fz, COUNT(groups))] : NULL,
		.services = fuzz_below(fz, 2) ? services[fuzz_below(fz, COUNT(services))] : NULL,
		.terminals = fuzz_below(fz, 3) ? NULL : terminals[fuzz_below(fz, COUNT(terminals))],
		.network = networks[fuzz_below(fz, COUNT(networks))],
		.uid_from = ids == 2 ? 1001 : 0,
		.uid_to = ids == 0 ? 0 : 1000 + ids,
		.until = fuzz_below(fz, 4) ? 0 : 99 + (int32_t)fuzz_below(fz, 4) });
}

static const char *memberships; /* "a|b|"; NULL: unknown */

static int ask(void *ctx, const struct account *a, struct pattern_words *out, struct fault *f)
{
	static char buf[40];

	(void)ctx, (void)a;
	if (!memberships)
		return fault_set(f, FAULT_SYSTEM, 0, "down");
	*out = (struct pattern_words){ buf, 0 };
	strcpy(buf, memberships);
	for (char *c = buf; *c; c++)
		if (*c == '|') {
			*c = '\0';
			out->n++;
		}
	return 0;
}

/* Everybody of a small world. */
static void live(bool decided[SETTINGS_RULES_MAX])
{
	static const char *const names[] = { "alice", "bob" },
				 *const in[] = { NULL, "", "wheel|", "staff|", "wheel|staff|" },
				 *const through[] = { "sshd", "sudo" };
	static const char *const from[] = { "", "10.2.0.1", "10.1.0.1", "::1" };
	static const char *const ttys[] = { "", "pts/0", "/dev/pts/0", "tty1" };

	for (unsigned i = 0; i < 2 * 5 * 2 * 4 * 4 * 2 * 2; i++) {
		struct facts facts = { .trusted = true };
		struct account account = { .uid = 1001 + i / 320 % 2 };
		struct rules_case c = { &s, &facts, &account, 100 + (int32_t)(i / 640) * 2, ask,
			NULL };
		struct rules_answer a;
		strcpy(account.name, names[i % 2]);
		memberships = in[i / 2 % 5];
		strcpy(facts.service, through[i / 10 % 2]);
		if (facts_has_remote(facts.service))
			facts_parse_address(from[i / 20 % 4], &facts.address);
		strcpy(facts.tty, ttys[i / 80 % 4]);
		if (s.services_given && strcmp(s.services[0], facts.service) != 0)
			continue;
		rules_decide(&c, &a);
		if (a.rule)
			decided[a.rule - s.rules] = true;
	}
}

START_TEST(random_rules_that_are_called_dead_are)
{
	struct fuzz fz = { (uint64_t)_i + 1 };
	int kinds[SHADOW_REMOTE + 1] = { 0 };

	for (int k = 0; k < 1500; k++) {
		bool decided[SETTINGS_RULES_MAX] = { false };
		begin();
		for (uint32_t n = 1 + fuzz_below(&fz, 6); n > 0; n--)
			add_random(&fz);
		if (fuzz_below(&fz, 3) == 0) {
			s.services_given = true;
			s.nservices = 1;
			strcpy(s.services[0], fuzz_below(&fz, 2) ? "sshd" : "sudo");
		}
		live(decided);
		for (size_t i = 0; i < s.nrules; i++) {
			struct shadow dead = shadow_of(&s, i, 100);
			kinds[dead.kind]++;
			ck_assert_msg(dead.kind == SHADOW_NONE || !decided[i],
				"kind %d, place %zu of %zu", dead.kind, i, s.nrules);
		}
	}
	for (int i = 0; i <= SHADOW_REMOTE; i++)
		ck_assert_msg(kinds[i] > 20, "kind %d: %d", i, kinds[i]);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("shadow");
	TCase *t = tcase_create("shadow");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, one_rule_behind_another);
	tcase_add_test(t, one_rule_by_itself);
	tcase_add_loop_test(t, random_rules_that_are_called_dead_are, 0, 3);
	suite_add_tcase(suite, t);
	return suite;
}
