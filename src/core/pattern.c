#include "core/pattern.h"

#include <string.h>

const char *pattern_next(const char *at)
{
	return at + strlen(at) + 1;
}

/* Back to the last star only: what an earlier one took is as good as anything else that it could
 * take. */
bool pattern_matches(const char *pattern, const char *name)
{
	const char *star = NULL, *taken = NULL;

	while (*name) {
		if (*pattern == '*') {
			star = ++pattern;
			taken = name;
		} else if (*pattern == '?' || *pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star;
			name = ++taken;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

bool pattern_list(const struct pattern_words *patterns, const struct pattern_words *names)
{
	const char *pattern = patterns->first;
	bool found = false;

	for (size_t i = 0; i < patterns->n; i++, pattern = pattern_next(pattern)) {
		bool negated = pattern[0] == '!';
		const char *name = names->first;
		for (size_t k = 0; k < names->n; k++, name = pattern_next(name)) {
			if (!pattern_matches(pattern + negated, name))
				continue;
			if (negated)
				return false;
			found = true;
			break;
		}
	}
	return found;
}

bool pattern_list_one(const struct pattern_words *patterns, const char *name)
{
	struct pattern_words names = { name, 1 };

	return pattern_list(patterns, &names);
}

bool pattern_plain(const char *pattern)
{
	return pattern[0] != '!' && !strpbrk(pattern, "*?");
}
