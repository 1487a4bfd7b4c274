#include "core/pattern.h"

#include <string.h>

#include "fuzz.h"
#include "unit.h"

START_TEST(a_pattern_is_held_against_a_whole_name)
{
	static const struct {
		const char *pattern, *name;
		bool match;
	} cases[] = {
		{ "alice", "alice", true },
		{ "alice", "alic", false },
		{ "alice", "alicee", false },
		{ "alice", "Alice", false },
		{ "", "", true },
		{ "", "a", false },
		{ "*", "", true },
		{ "**", "anything", true },
		{ "?", "", false },
		{ "?", "a", true },
		{ "?", "ab", false },
		{ "a*", "a", true },
		{ "*a", "ba", true },
		{ "*a", "bab", false },
		{ "a*b*c", "axxbyyc", true },
		{ "a*b*c", "axxcyyb", false },
		{ "*ab", "aaab", true },
		{ "*a?b", "aacab", false },
		{ "*a?b", "aacacb", true },
		{ "pts/*", "pts/0", true },
		{ "[a]", "a", false },
		{ "a\\*", "a*", false },
		{ "*?*?*", "a", false },
		{ "*?*?*", "ab", true },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		ck_assert_msg(pattern_matches(cases[i].pattern, cases[i].name) == cases[i].match,
			"%s against %s", cases[i].pattern, cases[i].name);
}
END_TEST

/* Words in a row are written with a bar between them, and one at the end. */
static struct pattern_words words(char *buf, const char *text)
{
	struct pattern_words w = { buf, 0 };

	strcpy(buf, text);
	for (char *c = buf; *c; c++)
		if (*c == '|') {
			*c = '\0';
			w.n++;
		}
	return w;
}

START_TEST(a_list_matches_as_openssh_has_it)
{
	static const struct {
		const char *patterns, *names;
		bool match;
	} cases[] = {
		{ "wheel|", "wheel|", true },
		{ "wheel|", "users|wheel|", true },
		{ "wheel|", "users|", false },
		{ "wheel|", "", false },
		{ "", "wheel|", false },
		{ "*|", "wheel|", true },
		{ "*|", "", false },
		{ "wheel|!interns|", "wheel|users|", true },
		{ "wheel|!interns|", "wheel|interns|", false },
		{ "!interns|wheel|", "wheel|interns|", false },
		{ "!interns|wheel|", "interns|wheel|", false },
		{ "!interns|", "wheel|", false },
		{ "!interns|*|", "wheel|", true },
		{ "a*|!ab*|", "abc|", false },
		{ "a*|!ab*|", "acb|", true },
		{ "!*|*|", "a|", false },
	};
	char p[64], n[64];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct pattern_words patterns = words(p, cases[i].patterns);
		struct pattern_words names = words(n, cases[i].names);
		ck_assert_msg(pattern_list(&patterns, &names) == cases[i].match, "%s against %s",
			cases[i].patterns, cases[i].names);
	}
	struct pattern_words two = words(p, "a|b|");
	ck_assert(pattern_list_one(&two, "b"));
	ck_assert(!pattern_list_one(&two, "c"));
	ck_assert_str_eq(pattern_next(two.first), "b");
}
END_TEST

START_TEST(plain_patterns_are_names)
{
	ck_assert(pattern_plain("alice"));
	ck_assert(pattern_plain("a!"));
	ck_assert(!pattern_plain("!alice"));
	ck_assert(!pattern_plain("a*"));
	ck_assert(!pattern_plain("a?c"));
}
END_TEST

/* The same in other words: what the first character can be, and the rest. */
static bool model(const char *p, const char *n)
{
	if (*p == '*')
		return model(p + 1, n) || (*n && model(p, n + 1));
	if (!*p || !*n)
		return !*p && !*n;
	return (*p == '?' || *p == *n) && model(p + 1, n + 1);
}

START_TEST(random_patterns_mean_what_they_say)
{
	struct fuzz fz = { (uint64_t)_i + 1 };
	int matched = 0;

	for (int i = 0; i < 20000; i++) {
		char p[9] = "", n[9] = "";
		for (uint32_t k = fuzz_below(&fz, 9); k > 0; k--)
			p[k - 1] = "ab*?"[fuzz_below(&fz, 4)];
		for (uint32_t k = fuzz_below(&fz, 9); k > 0; k--)
			n[k - 1] = "ab"[fuzz_below(&fz, 2)];
		bool match = pattern_matches(p, n);
		ck_assert_msg(match == model(p, n), "%s against %s", p, n);
		matched += match;
	}
	ck_assert_int_gt(matched, 1000);
}
END_TEST

/* A stranger's name against a site's pattern must not take time in powers. */
START_TEST(many_stars_take_no_time)
{
	char pattern[256], name[256];

	for (int i = 0; i < 127; i++)
		memcpy(pattern + 2 * (size_t)i, "*a", 3);
	memset(name, 'a', sizeof name - 1);
	strcpy(name + 254, "b");
	for (int i = 0; i < 1000; i++)
		ck_assert(!pattern_matches(pattern, name));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("pattern");
	TCase *t = tcase_create("pattern");

	tcase_add_test(t, a_pattern_is_held_against_a_whole_name);
	tcase_add_test(t, a_list_matches_as_openssh_has_it);
	tcase_add_test(t, plain_patterns_are_names);
	tcase_add_loop_test(t, random_patterns_mean_what_they_say, 0, 3);
	tcase_add_test(t, many_stars_take_no_time);
	suite_add_tcase(s, t);
	return s;
}
