#include "core/rules.h"

#include <string.h>

#include "base/text.h"
#include "core/day.h"

enum { NETWORK_SHOWN = 60 };

struct pattern_words rules_words(const struct settings *s, const struct settings_words *w)
{
	struct pattern_words words = { s->rule_text + w->at, w->n };

	return words;
}

static bool in_list(const struct settings *s, const struct settings_words *w, const char *name)
{
	struct pattern_words patterns = rules_words(s, w);

	return w->n == 0 || pattern_list_one(&patterns, name);
}

/* "/dev/pts/0" is called so and "pts/0": hosts do either. */
static bool on_terminal(const struct settings *s, const struct settings_rule *rule, const char *tty)
{
	struct pattern_words patterns = rules_words(s, &rule->terminals);
	char both[2 * (TALK_PLACE_MAX + 1)];
	struct pattern_words names = { both, 2 };
	size_t len = strlen(tty);

	if (rule->terminals.n == 0)
		return true;
	if (len == 0 || len > TALK_PLACE_MAX)
		return false;
	memcpy(both, tty, len + 1);
	const char *plain = text_starts(tty, "/dev/") ? tty + strlen("/dev/") : tty;
	memcpy(both + len + 1, plain, strlen(plain) + 1);
	return pattern_list(&patterns, &names);
}

static bool in_network(const struct settings_rule *rule, const struct facts_address *a)
{
	for (size_t i = 0; i < rule->nnetworks; i++)
		if (network_has(&rule->networks[i], a))
			return true;
	return rule->nnetworks == 0;
}

static bool in_uids(const struct settings_rule *rule, uid_t uid)
{
	for (size_t i = 0; i < rule->nuids; i++)
		if (uid >= rule->uids[i].from && uid <= rule->uids[i].to)
			return true;
	return rule->nuids == 0;
}

bool rules_over(const struct settings_rule *rule, int32_t today)
{
	return rule->has_until && today > rule->until;
}

/* Everything but the groups. */
static bool matches(const struct rules_case *c, const struct settings_rule *rule)
{
	const struct settings *s = c->settings;

	return !rules_over(rule, c->today) && in_list(s, &rule->users, c->account->name) &&
	       in_list(s, &rule->services, c->facts->service) &&
	       on_terminal(s, rule, c->facts->tty) && in_network(rule, &c->facts->address) &&
	       in_uids(rule, c->account->uid);
}

static void decided(struct rules_answer *out, const struct settings_rule *rule, enum rules_why why)
{
	out->rule = rule;
	out->why = why;
	out->then = why == RULES_MATCHED ? rule->then : SETTINGS_THEN_REQUIRE;
}

void rules_decide(const struct rules_case *c, struct rules_answer *out)
{
	struct pattern_words names = { NULL, 0 };

	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < c->settings->nrules; i++) {
		const struct settings_rule *rule = &c->settings->rules[i];
		struct pattern_words groups = rules_words(c->settings, &rule->groups);
		if (!matches(c, rule))
			continue;
		if (groups.n > 0 && !out->asked) {
			out->asked = true;
			if (c->groups(c->ctx, c->account, &names, &out->fault) < 0) {
				decided(out, rule, RULES_LOOKUP);
				return;
			}
		}
		if (groups.n > 0 && !pattern_list(&groups, &names))
			continue;
		bool hollow = rule->then == SETTINGS_THEN_SKIP && !c->facts->trusted;
		decided(out, rule, hollow ? RULES_UNTRUSTED : RULES_MATCHED);
		return;
	}
	decided(out, NULL, RULES_NONE);
}

const char *rules_then_word(enum settings_then then)
{
	if (then == SETTINGS_THEN_SKIP)
		return "skip";
	return then == SETTINGS_THEN_REQUIRE ? "require" : "refuse";
}

static void show_words(struct text_line *line, const char *key, struct pattern_words words)
{
	const char *at = words.first;

	for (size_t i = 0; i < words.n; i++, at = pattern_next(at))
		text_add(line, "%s\"%s\"", i > 0 ? ", " : key, at);
	if (words.n > 0)
		text_add(line, " ];");
}

static void show_networks(struct text_line *line, const struct settings_rule *rule)
{
	char network[NETWORK_SHOWN];

	for (size_t i = 0; i < rule->nnetworks; i++) {
		network_show(&rule->networks[i], network, sizeof network);
		text_add(line, "%s\"%s\"", i > 0 ? ", " : " networks = [ ", network);
	}
	if (rule->nnetworks > 0)
		text_add(line, " ];");
}

static void show_uids(struct text_line *line, const struct settings_rule *rule)
{
	for (size_t i = 0; i < rule->nuids; i++) {
		text_add(line, "%s\"%u", i > 0 ? ", " : " uids = [ ",
			(unsigned int)rule->uids[i].from);
		if (rule->uids[i].to != rule->uids[i].from)
			text_add(line, "-%u", (unsigned int)rule->uids[i].to);
		text_add(line, "\"");
	}
	if (rule->nuids > 0)
		text_add(line, " ];");
}

void rules_show(const struct settings *s, const struct settings_rule *rule, char *out, size_t cap)
{
	struct text_line line;
	char day[DAY_MAX];

	text_begin(&line, out, cap);
	text_add(&line, "{");
	show_words(&line, " users = [ ", rules_words(s, &rule->users));
	show_words(&line, " groups = [ ", rules_words(s, &rule->groups));
	show_words(&line, " services = [ ", rules_words(s, &rule->services));
	show_words(&line, " terminals = [ ", rules_words(s, &rule->terminals));
	show_networks(&line, rule);
	show_uids(&line, rule);
	if (rule->has_until)
		text_add(&line, " until = \"%s\";", day_text(rule->until, day));
	text_add(&line, " then = \"%s\"; }", rules_then_word(rule->then));
}
