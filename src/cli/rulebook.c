#include "cli/rulebook.h"

#include <string.h>

#include "base/clock.h"
#include "cli/moment.h"
#include "cli/shadow.h"
#include "core/account.h"
#include "core/day.h"
#include "core/group.h"
#include "core/rules.h"

enum { RULE_SHOWN = 512 };

/* One rule, while it is looked at. */
struct page {
	struct inspection *i;
	const struct settings *s;
	const char *file;
	const struct settings_rule *rule;
	int32_t today;
};

static void inspect_dead(const struct page *p, size_t place)
{
	struct shadow dead = shadow_of(p->s, place, p->today);
	const char *file = p->file;
	char day[DAY_MAX];
	int line = p->rule->line;

	switch (dead.kind) {
	case SHADOW_NONE:
		break;
	case SHADOW_EARLIER:
		inspection_add(p->i, INSPECTION_FINDING, "rules",
			"%s:%d: can never match: the rule of line %d matches first", file, line,
			dead.by->line);
		break;
	case SHADOW_OVER:
		inspection_add(p->i, INSPECTION_FINDING, "rules",
			"%s:%d: can never match again: it ended with %s; take it out", file, line,
			day_text(p->rule->until, day));
		break;
	case SHADOW_NEGATED:
		inspection_add(p->i, INSPECTION_FINDING, "rules",
			"%s:%d: can never match: %s has negated patterns only; write \"*\" before "
			"them",
			file, line, dead.list);
		break;
	case SHADOW_SERVICES:
		inspection_add(p->i, INSPECTION_FINDING, "rules",
			"%s:%d: can never match: none of the settings' services is among its own",
			file, line);
		break;
	case SHADOW_REMOTE:
		inspection_add(p->i, INSPECTION_FINDING, "rules",
			"%s:%d: can never match: sudo has no address that could be in networks",
			file, line);
		break;
	}
}

/* Names without a `*` or `?`, negated or not, and a way to find out whether somebody has them. */
static void inspect_names(const struct page *p, const struct settings_words *w, const char *what,
	int (*exists)(const char *name, bool *exists, struct fault *f))
{
	struct pattern_words words = rules_words(p->s, w);
	const char *at = words.first;

	for (size_t k = 0; k < words.n; k++, at = pattern_next(at)) {
		const char *name = at[0] == '!' ? at + 1 : at;
		struct fault f = FAULT_INIT;
		bool there;

		if (!pattern_plain(name))
			continue;
		if (exists(name, &there, &f) != 0) {
			fault_prefix(&f, "%s:%d", p->file, p->rule->line);
			inspection_add_fault(p->i, INSPECTION_FINDING, "rules", &f);
			return;
		}
		if (!there)
			inspection_add(p->i, INSPECTION_FINDING, "rules",
				"%s:%d: the system has no %s %s", p->file, p->rule->line, what,
				name);
	}
}

static int user_exists(const char *name, bool *exists, struct fault *f)
{
	struct account a;

	*exists = account_find(name, &a, f) == 0;
	return *exists || f->class == FAULT_ABSENT ? 0 : -1;
}

static void inspect_exemption(const struct page *p)
{
	char text[RULE_SHOWN], day[DAY_MAX];
	int32_t left = p->rule->until - p->today;

	if (p->rule->then != SETTINGS_THEN_SKIP || rules_over(p->rule, p->today))
		return;
	rules_show(p->s, p->rule, text, sizeof(text));
	if (!p->rule->has_until)
		inspection_add(p->i, INSPECTION_NOTE, "rules",
			"%s:%d: an exemption without an end: %s", p->file, p->rule->line, text);
	else if (left <= RULEBOOK_WARN_DAYS)
		inspection_add(p->i, INSPECTION_FINDING, "rules",
			"%s:%d: the exemption ends with %s, in %d day%s: %s", p->file,
			p->rule->line, day_text(p->rule->until, day), (int)left,
			left == 1 ? "" : "s", text);
	else
		inspection_add(p->i, INSPECTION_NOTE, "rules", "%s:%d: an exemption until %s: %s",
			p->file, p->rule->line, day_text(p->rule->until, day), text);
}

/* What spares a code as an exemption does, for a while. */
static void inspect_remembered(struct inspection *i, const struct settings *s)
{
	char span[MOMENT_MAX];

	for (size_t k = 0; k < s->nremember; k++) {
		const char *service = s->remember[k].service;
		bool listed = !s->services_given;

		for (size_t n = 0; n < s->nservices; n++)
			listed = listed || strcmp(s->services[n], service) == 0;
		if (listed)
			inspection_add(i, INSPECTION_NOTE, "remember",
				"%s: not asked again from the same place for %s", service,
				moment_span(s->remember[k].seconds, span));
		else
			inspection_add(i, INSPECTION_FINDING, "remember",
				"%s is not among `services`, so that nobody is asked through it",
				service);
	}
}

void rulebook_inspect(struct inspection *i, const struct settings *s, const char *file)
{
	struct page p = { .i = i, .s = s, .file = file };
	struct fault f = FAULT_INIT;
	struct clock_now now;

	inspect_remembered(i, s);
	if (s->nrules == 0)
		return;
	unsigned before = i->counts[INSPECTION_FINDING];
	if (clock_read(&now, &f) != 0 || day_of(now.wall_s, &p.today, &f) != 0) {
		inspection_add_fault(i, INSPECTION_TROUBLE, "rules", &f);
		return;
	}
	for (size_t k = 0; k < s->nrules; k++) {
		p.rule = &s->rules[k];
		inspect_dead(&p, k);
		inspect_names(&p, &p.rule->users, "user", user_exists);
		inspect_names(&p, &p.rule->groups, "group", group_exists);
		inspect_exemption(&p);
	}
	if (i->counts[INSPECTION_FINDING] == before)
		inspection_add(i, INSPECTION_FINE, "rules", "%zu", s->nrules);
}
