#include "cli/grace.h"

#include "base/clock.h"
#include "base/text.h"
#include "cli/rulebook.h"
#include "core/day.h"
#include "core/group.h"
#include "core/pattern.h"
#include "core/rules.h"
#include "core/unenrolled.h"

enum { FIRST_PERSON = 1000, NOBODY = 65534, NAMES_SHOWN = 20, NAMES_MAX = 512, GROUPS_MAX = 256 };

/* Whom the end will meet. */
struct search {
	const struct house *h;
	int32_t today;
	unsigned n, unknown;
	struct text_line names;
};

static int find_groups(
	void *ctx, const struct account *a, struct pattern_words *out, struct fault *f)
{
	struct group_names *names = ctx;

	if (group_names_of(a, names, f) != 0)
		return -1;
	*out = names->words;
	return 0;
}

/* Services' own accounts log in nowhere. */
static bool is_person(const struct account *a)
{
	return a->uid == 0 || (a->uid >= FIRST_PERSON && a->uid != NOBODY);
}

static int look_at(void *ctx, const struct account *a)
{
	struct search *s = ctx;
	struct facts facts = { .first_factor = true, .trusted = true };
	struct group_names names = { NULL, { NULL, 0 } };
	struct rules_case c = { &s->h->settings, &facts, a, s->today, find_groups, &names };
	struct directory_entry unused;
	struct unenrolled_answer u;
	struct fault f = FAULT_INIT;

	if (!is_person(a) || directory_find(&s->h->directory, a, &unused, &f) == 0 ||
		f.class != FAULT_ABSENT)
		return 0;
	unenrolled_decide(&c, &u);
	group_free(&names);
	if (u.why == UNENROLLED_LOOKUP)
		s->unknown++;
	if (u.then == SETTINGS_REFUSE)
		return 0;
	if (s->n < NAMES_SHOWN)
		text_add(&s->names, "%s%s", s->n > 0 ? ", " : "", a->name);
	s->n++;
	return 0;
}

static void inspect_end(struct inspection *i, const struct house *h, int32_t today)
{
	int32_t until = h->settings.unenrolled_terms.until, left = until - today;
	struct search s = { .h = h, .today = today };
	struct fault f = FAULT_INIT;
	char names[NAMES_MAX], day[DAY_MAX];

	text_begin(&s.names, names, sizeof(names));
	if (h->directory.folder >= 0 && account_walk(look_at, &s, &f) != 0)
		inspection_add_fault(i, INSPECTION_FINDING, "unenrolled", &f);
	inspection_add(i, INSPECTION_FINDING, "unenrolled",
		"ends with %s, in %d day%s; then denied, as no phone is recorded for them: %s%s",
		day_text(until, day), (int)left, left == 1 ? "" : "s",
		s.n == 0 ? "nobody whom the system lists" : names,
		s.n > NAMES_SHOWN ? ", and others" : "");
	if (s.unknown > 0)
		inspection_add(i, INSPECTION_FINDING, "unenrolled",
			"the groups of %u users cannot be found out", s.unknown);
}

/* "[ "staff", "!interns" ]", or everybody */
static void groups(const struct settings *s, char *out, size_t cap)
{
	struct pattern_words words = rules_words(s, &s->unenrolled_terms.groups);
	const char *at = words.first;
	struct text_line line;

	text_begin(&line, out, cap);
	if (words.n == 0)
		text_add(&line, "every user");
	for (size_t k = 0; k < words.n; k++, at = pattern_next(at))
		text_add(&line, "%s\"%s\"", k == 0 ? "groups " : ", ", at);
}

void grace_inspect(struct inspection *i, const struct house *h)
{
	const struct settings *s = &h->settings;
	bool enroll = s->unenrolled == SETTINGS_ENROLL;
	struct fault f = FAULT_INIT;
	struct clock_now now;
	char who[GROUPS_MAX], day[DAY_MAX];
	int32_t today;

	if (s->unenrolled == SETTINGS_REFUSE)
		return;
	if (clock_read(&now, &f) != 0 || day_of(now.wall_s, &today, &f) != 0) {
		inspection_add_fault(i, INSPECTION_TROUBLE, "unenrolled", &f);
		return;
	}
	if (unenrolled_over(s, today)) {
		inspection_add(i, INSPECTION_FINDING, "unenrolled",
			"ended with %s: who has no phone on record is denied; take it out",
			day_text(s->unenrolled_terms.until, day));
		return;
	}
	groups(s, who, sizeof(who));
	inspection_add(i, INSPECTION_NOTE, "unenrolled", "who has no phone on record %s (%s), %s%s",
		enroll ? "may record one at a login" : "needs no code", who,
		s->unenrolled_terms.has_until ? "until " : "without an end",
		s->unenrolled_terms.has_until ? day_text(s->unenrolled_terms.until, day) : "");
	if (s->unenrolled_terms.has_until &&
		s->unenrolled_terms.until - today <= RULEBOOK_WARN_DAYS)
		inspect_end(i, h, today);
}
