#include "cli/candidate.h"

#include "base/text.h"

static void list_prefixes(const struct settings *s, char *out, size_t cap)
{
	struct text_line line;

	text_begin(&line, out, cap);
	for (size_t i = 0; i < s->nprefixes; i++)
		text_add(&line, "%s%s", i > 0 ? ", " : "", s->prefixes[i]);
}

/* With one of the prefixes, though that does not count: +1 is shared by many countries. */
static bool begins(const struct settings *s, const struct phone *p)
{
	for (size_t i = 0; i < s->nprefixes; i++)
		if (text_starts(p->e164, s->prefixes[i]))
			return true;
	return false;
}

int candidate_number(
	const struct settings *s, const char *typed, struct phone *out, struct fault *f)
{
	char list[128];

	if (phone_normalise(typed, out, f) != 0)
		return -1;
	if (!phone_allowed(out, s->prefixes, s->nprefixes) && begins(s, out))
		return fault_set(f, FAULT_BAD, 0,
			"%s is not in the United States or Canada, which is all that \"+1\" in "
			"numbers.prefixes stands for: add \"%.5s\" there with sms-otp edit",
			out->e164, out->e164);
	if (!phone_allowed(out, s->prefixes, s->nprefixes)) {
		list_prefixes(s, list, sizeof(list));
		return fault_set(f, FAULT_BAD, 0,
			"%s begins with none of numbers.prefixes (%s): add its country there with "
			"sms-otp edit",
			out->e164, list);
	}
	if (!s->premium && phone_premium(out))
		return fault_set(f, FAULT_BAD, 0,
			"%s is a premium number, which costs extra: numbers.premium = true would "
			"allow it",
			out->e164);
	return 0;
}
