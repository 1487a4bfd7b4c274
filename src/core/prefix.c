#include "core/prefix.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

_Static_assert((int)SITE_PREFIXES >= (int)SETTINGS_PREFIXES_MAX, "an entry for each of them");

const char *prefix_of(const struct settings *s, const char *e164)
{
	const char *longest = "";

	for (size_t i = 0; s->nprefixes > 1 && i < s->nprefixes; i++)
		if (text_starts(e164, s->prefixes[i]) && strlen(s->prefixes[i]) > strlen(longest))
			longest = s->prefixes[i];
	return longest;
}

static int find(const struct site *site, const char *prefix)
{
	for (int i = 0; i < SITE_PREFIXES; i++)
		if (strcmp(site->prefixes[i].prefix, prefix) == 0)
			return i;
	return -1;
}

const struct site_prefix *prefix_look(const struct site *site, const char *prefix)
{
	int at = prefix[0] ? find(site, prefix) : -1;

	return at < 0 ? NULL : &site->prefixes[at];
}

static bool in_settings(const struct settings *s, const char *prefix)
{
	for (size_t i = 0; i < s->nprefixes; i++)
		if (strcmp(s->prefixes[i], prefix) == 0)
			return true;
	return false;
}

struct site_prefix *prefix_entry(struct site *site, const struct settings *s, const char *prefix)
{
	int at = prefix[0] ? find(site, prefix) : -1;

	if (at >= 0)
		return &site->prefixes[at];
	at = find(site, "");
	for (int i = 0; at < 0 && i < SITE_PREFIXES; i++)
		if (!in_settings(s, site->prefixes[i].prefix))
			at = i;
	if (at < 0 || !prefix[0])
		return NULL;
	struct site_prefix *fresh = &site->prefixes[at];
	memset(fresh, 0, sizeof *fresh);
	return text_copy(fresh->prefix, sizeof fresh->prefix, prefix) < 0 ? NULL : fresh;
}
