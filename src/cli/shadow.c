#include "cli/shadow.h"

#include <string.h>

#include "core/rules.h"

/* Two lists of one kind: the earlier rule's and the later one's. */
struct pair {
	struct pattern_words earlier, later;
	/* what is held against the list is one name, and there always is one */
	bool single;
};

static bool has(const struct pattern_words *w, const char *pattern)
{
	const char *at = w->first;

	for (size_t i = 0; i < w->n; i++, at = pattern_next(at))
		if (strcmp(at, pattern) == 0)
			return true;
	return false;
}

static bool all_plain(const struct pattern_words *w)
{
	const char *at = w->first;

	for (size_t i = 0; i < w->n; i++, at = pattern_next(at))
		if (at[0] != '!' && !pattern_plain(at))
			return false;
	return true;
}

/* Some pattern of the earlier list that is not negated takes whatever this one does. */
static bool taken(const struct pattern_words *earlier, const char *later)
{
	const char *at = earlier->first;

	for (size_t i = 0; i < earlier->n; i++, at = pattern_next(at)) {
		if (at[0] == '!')
			continue;
		if (strcmp(at, later) == 0 || strcmp(at, "*") == 0 ||
			(pattern_plain(later) && pattern_matches(at, later)))
			return true;
	}
	return false;
}

/* What the earlier list shuts out the later one shuts out as well, or never lets in. */
static bool shut_out(const struct pair *p, const char *negated)
{
	const char *at = p->later.first;

	if (has(&p->later, negated))
		return true;
	if (!p->single || !all_plain(&p->later))
		return false;
	for (size_t i = 0; i < p->later.n; i++, at = pattern_next(at))
		if (at[0] != '!' && pattern_matches(negated + 1, at))
			return false;
	return true;
}

static bool covers(const struct pair *p)
{
	const char *at;

	if (p->earlier.n == 0)
		return true;
	if (p->later.n == 0) /* everybody */
		return p->single && p->earlier.n == 1 && strcmp(p->earlier.first, "*") == 0;
	at = p->later.first;
	for (size_t i = 0; i < p->later.n; i++, at = pattern_next(at))
		if (at[0] != '!' && !taken(&p->earlier, at))
			return false;
	at = p->earlier.first;
	for (size_t i = 0; i < p->earlier.n; i++, at = pattern_next(at))
		if (at[0] == '!' && !shut_out(p, at))
			return false;
	return true;
}

static bool lists_cover(const struct settings *s, const struct settings_rule *earlier,
	const struct settings_rule *later)
{
	const struct pair pairs[] = {
		{ rules_words(s, &earlier->users), rules_words(s, &later->users), true },
		{ rules_words(s, &earlier->services), rules_words(s, &later->services), true },
		{ rules_words(s, &earlier->groups), rules_words(s, &later->groups), false },
		{ rules_words(s, &earlier->terminals), rules_words(s, &later->terminals), false },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (!covers(&pairs[i]))
			return false;
	return true;
}

static bool network_covered(const struct settings_rule *earlier, const struct network *n)
{
	for (size_t i = 0; i < earlier->nnetworks; i++)
		if (network_contains(&earlier->networks[i], n))
			return true;
	return false;
}

static bool networks_cover(const struct settings_rule *earlier, const struct settings_rule *later)
{
	if (earlier->nnetworks == 0)
		return true;
	for (size_t i = 0; i < later->nnetworks; i++)
		if (!network_covered(earlier, &later->networks[i]))
			return false;
	return later->nnetworks > 0;
}

static bool uids_covered(const struct settings_rule *earlier, struct settings_uids u)
{
	for (size_t i = 0; i < earlier->nuids; i++)
		if (earlier->uids[i].from <= u.from && u.to <= earlier->uids[i].to)
			return true;
	return false;
}

static bool uids_cover(const struct settings_rule *earlier, const struct settings_rule *later)
{
	if (earlier->nuids == 0)
		return true;
	for (size_t i = 0; i < later->nuids; i++)
		if (!uids_covered(earlier, later->uids[i]))
			return false;
	return later->nuids > 0;
}

/* The earlier one lasts at least as long. */
static bool time_covers(const struct settings_rule *earlier, const struct settings_rule *later)
{
	return !earlier->has_until || (later->has_until && later->until <= earlier->until);
}

static bool only_negated(const struct settings *s, const struct settings_words *w)
{
	struct pattern_words words = rules_words(s, w);
	const char *at = words.first;

	for (size_t i = 0; i < words.n; i++, at = pattern_next(at))
		if (at[0] != '!')
			return false;
	return words.n > 0;
}

static const char *negated_list(const struct settings *s, const struct settings_rule *rule)
{
	if (only_negated(s, &rule->users))
		return "users";
	if (only_negated(s, &rule->groups))
		return "groups";
	if (only_negated(s, &rule->services))
		return "services";
	return only_negated(s, &rule->terminals) ? "terminals" : NULL;
}

/* What is not listed never comes to the rules. */
static bool no_service_listed(const struct settings *s, const struct settings_rule *rule)
{
	struct pattern_words words = rules_words(s, &rule->services);

	if (!s->services_given || words.n == 0)
		return false;
	for (size_t i = 0; i < s->nservices; i++)
		if (pattern_list_one(&words, s->services[i]))
			return false;
	return true;
}

static bool no_remote(const struct settings *s, const struct settings_rule *rule)
{
	struct pattern_words words = rules_words(s, &rule->services);
	const char *at = words.first;

	if (rule->nnetworks == 0 || words.n == 0 || !all_plain(&words))
		return false;
	for (size_t i = 0; i < words.n; i++, at = pattern_next(at))
		if (at[0] != '!' && facts_has_remote(at))
			return false;
	return true;
}

struct shadow shadow_of(const struct settings *s, size_t place, int32_t today)
{
	const struct settings_rule *rule = &s->rules[place];
	struct shadow out = { SHADOW_NONE, NULL, negated_list(s, rule) };

	if (rules_over(rule, today))
		out.kind = SHADOW_OVER;
	else if (out.list != NULL)
		out.kind = SHADOW_NEGATED;
	else if (no_service_listed(s, rule))
		out.kind = SHADOW_SERVICES;
	else if (no_remote(s, rule))
		out.kind = SHADOW_REMOTE;
	for (size_t i = 0; i < place && out.kind == SHADOW_NONE; i++) {
		const struct settings_rule *earlier = &s->rules[i];

		if (!lists_cover(s, earlier, rule) || !networks_cover(earlier, rule) ||
			!uids_cover(earlier, rule) || !time_covers(earlier, rule))
			continue;
		out.kind = SHADOW_EARLIER;
		out.by = earlier;
	}
	return out;
}
