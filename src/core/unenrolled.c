#include "core/unenrolled.h"

#include <string.h>

bool unenrolled_over(const struct settings *s, int32_t today)
{
	return s->unenrolled_terms.has_until && today > s->unenrolled_terms.until;
}

/* A password change names no login, and forward_pass, two_step and a line
 * with a decoy have no room for a number. */
static bool can_enrol(const struct facts *facts)
{
	return facts->trusted && facts->first_factor && !facts->change && !facts->forward &&
	       !facts->two_step && !facts->conceal;
}

static void refuse(struct unenrolled_answer *out, enum unenrolled_why why)
{
	out->then = SETTINGS_REFUSE;
	out->why = why;
}

static void ask_groups(const struct rules_case *c, struct unenrolled_answer *out)
{
	struct pattern_words patterns =
		rules_words(c->settings, &c->settings->unenrolled_terms.groups);
	struct pattern_words names = { NULL, 0 };

	if (c->groups(c->ctx, c->account, &names, &out->fault) < 0)
		refuse(out, UNENROLLED_LOOKUP);
	else if (!pattern_list(&patterns, &names))
		refuse(out, UNENROLLED_OUTSIDE);
}

void unenrolled_decide(const struct rules_case *c, struct unenrolled_answer *out)
{
	const struct settings *s = c->settings;

	memset(out, 0, sizeof *out);
	if (s->unenrolled != SETTINGS_IGNORE && s->unenrolled != SETTINGS_ENROLL)
		return;
	out->then = s->unenrolled;
	if (unenrolled_over(s, c->today))
		refuse(out, UNENROLLED_OVER);
	else if (s->unenrolled == SETTINGS_ENROLL && !can_enrol(c->facts))
		refuse(out, UNENROLLED_OCCASION);
	else if (s->unenrolled_terms.groups.n > 0)
		ask_groups(c, out);
}
