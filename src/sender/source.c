#include "sender/source.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Ends of one path that are looked at. Each is sought from the start, and an answer has room for
 * thousands: with more, no test holds. */
enum { ENDS_MAX = 256 };

enum { REPEATS_MAX = 8 };

enum { SCALAR = TREE_TEXT | TREE_INTEGER | TREE_BOOLEAN };

static const struct test_key {
	const char *name;
	unsigned kinds;
} tests[] = {
	{ "equals", SCALAR },
	{ "in", TREE_LIST },
	{ "not_in", TREE_LIST },
	{ "prefix", TREE_TEXT },
	{ "exists", TREE_BOOLEAN },
	{ "absent", TREE_BOOLEAN },
};

static const struct test_key *find_test(const char *name)
{
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		if (!strcmp(tests[i].name, name))
			return &tests[i];
	return NULL;
}

static int check_path(const struct tree_node *n, struct fault *f)
{
	const struct tree_node *one = n->kind == TREE_LIST ? n->child : n;
	if (!one)
		return tree_fault(n, f, "a list of paths is empty");
	for (; one; one = n->kind == TREE_LIST ? one->next : NULL)
		if (one->kind != TREE_TEXT || !document_path_fits(one->text))
			return tree_fault(
				one, f, "a path is written like data[0].id, messages[*].status");
	return 0;
}

/* What regcomp needs doubles with each repetition around another, and is multiplied by a {N}. */
static bool regex_is_small(const char *s)
{
	size_t repeats = 0, bounds = 0;
	for (; *s; s++) {
		repeats += strchr("*+?{", *s) != NULL;
		bounds += *s == '{';
	}
	return repeats <= REPEATS_MAX && bounds <= 1;
}

static int check_regex(const struct tree_node *n, struct fault *f)
{
	regex_t re;
	if (n->kind == TREE_TEXT && !regex_is_small(n->text))
		return tree_fault(n, f,
			"a regular expression has at most %d repetitions, one of them with { }",
			REPEATS_MAX);
	if (n->kind != TREE_TEXT || regcomp(&re, n->text, REG_EXTENDED) != 0)
		return tree_fault(n, f, "not an extended regular expression");
	regfree(&re);
	return 0;
}

/* 1: a key of a source, 0: not, -1: one, and wrong. */
static int check_key(const struct tree_node *n, struct fault *f)
{
	if (!strcmp(n->name, "path"))
		return check_path(n, f) < 0 ? -1 : 1;
	if (!strcmp(n->name, "regex"))
		return check_regex(n, f) < 0 ? -1 : 1;
	if (strcmp(n->name, "header") != 0)
		return 0;
	return n->kind == TREE_TEXT ? 1 : tree_fault(n, f, "header is a text");
}

static int check_group(const struct tree_node *group, struct fault *f)
{
	for (const struct tree_node *n = group->child; n; n = n->next) {
		int known = check_key(n, f);
		if (known < 0)
			return -1;
		if (!known)
			return tree_fault(n, f,
				"a value is found by path, header or regex, not `%s`", n->name);
	}
	if (tree_find(group, "path") && tree_find(group, "header"))
		return tree_fault(group, f, "path and header exclude each other");
	return group->child ? 0 : tree_fault(group, f, "path, header or regex is missing");
}

/* NOLINTNEXTLINE(misc-no-recursion): a list has no lists */
int source_check(const struct tree_node *source, struct fault *f)
{
	if (source->kind == TREE_GROUP)
		return check_group(source, f);
	if (source->kind == TREE_TEXT)
		return check_path(source, f);
	if (source->kind != TREE_LIST || !source->child)
		return tree_fault(source, f, "a path, { path, header, regex }, or a list of them");
	for (const struct tree_node *n = source->child; n; n = n->next)
		if (n->kind == TREE_LIST || source_check(n, f) < 0)
			return n->kind == TREE_LIST ? tree_fault(n, f, "a list in a list") : -1;
	return 0;
}

static enum document_found by_path(
	const struct tree_node *n, struct document *d, size_t nth, const char **text)
{
	if (n->kind != TREE_LIST)
		return document_path(d, n->text, nth, text);
	for (const struct tree_node *one = n->child; one; one = one->next) {
		enum document_found found = document_path(d, one->text, 0, text);
		if (found != DOCUMENT_ABSENT)
			return nth == 0 ? found : document_path(d, one->text, nth, text);
	}
	return DOCUMENT_ABSENT;
}

/* The first group of the expression, or all that it matched. */
static enum document_found by_regex(
	const struct tree_node *n, struct document *d, const char **text)
{
	regex_t re;
	regmatch_t m[2];
	enum document_found found = DOCUMENT_ABSENT;
	if (regcomp(&re, n->text, REG_EXTENDED) != 0)
		return found;
	if (regexec(&re, *text, 2, m, 0) == 0) {
		const regmatch_t *hit = re.re_nsub > 0 && m[1].rm_so >= 0 ? &m[1] : &m[0];
		size_t len = (size_t)(hit->rm_eo - hit->rm_so);
		/* what is too long to compare is there all the same */
		found = DOCUMENT_OTHER;
		if (len < sizeof d->scratch) {
			/* *text may be the scratch itself */
			memmove(d->scratch, *text + hit->rm_so, len);
			d->scratch[len] = '\0';
			*text = d->scratch;
			found = DOCUMENT_TEXT;
		}
	}
	regfree(&re);
	return found;
}

static enum document_found by_group(
	const struct tree_node *group, struct document *d, size_t nth, const char **text)
{
	const struct tree_node *path = tree_find(group, "path");
	const struct tree_node *header = tree_find(group, "header");
	const struct tree_node *regex = tree_find(group, "regex");
	enum document_found found = nth == 0 ? DOCUMENT_TEXT : DOCUMENT_ABSENT;
	*text = d->body;
	if (path)
		found = by_path(path, d, nth, text);
	else if (header && nth == 0)
		found = document_header(d, header->text, text);
	if (regex && found == DOCUMENT_TEXT)
		found = by_regex(regex, d, text);
	return found;
}

/* NOLINTNEXTLINE(misc-no-recursion): a list has no lists */
enum document_found source_text(
	const struct tree_node *source, struct document *d, const char **text)
{
	if (source->kind == TREE_GROUP)
		return by_group(source, d, 0, text);
	if (source->kind == TREE_TEXT)
		return by_path(source, d, 0, text);
	for (const struct tree_node *n = source->child; n; n = n->next) {
		enum document_found found = source_text(n, d, text);
		if (found != DOCUMENT_ABSENT)
			return found;
	}
	*text = "";
	return DOCUMENT_ABSENT;
}

static int check_list(const struct tree_node *list, struct fault *f)
{
	for (const struct tree_node *n = list->child; n; n = n->next)
		if (!(n->kind & SCALAR))
			return tree_fault(n, f, "a list of texts or whole numbers");
	return list->child ? 0 : tree_fault(list, f, "the list is empty");
}

static int check_one_test(const struct tree_node *n, const struct test_key *key, struct fault *f)
{
	if (!(n->kind & key->kinds))
		return tree_fault(n, f, "the value of `%s` has the wrong type", n->name);
	if (n->kind == TREE_LIST)
		return check_list(n, f);
	if ((!strcmp(n->name, "exists") || !strcmp(n->name, "absent")) && !n->truth)
		return tree_fault(n, f, "%s can only be true", n->name);
	return 0;
}

static bool is_other(const char *const *others, const char *name)
{
	for (; *others; others++)
		if (!strcmp(*others, name))
			return true;
	return false;
}

int source_check_test(const struct tree_node *test, const char *const *others, struct fault *f)
{
	size_t ntests = 0, nothers = 0;
	if (test->kind != TREE_GROUP)
		return tree_fault(
			test, f, "a test is a group: { path = \"...\"; equals = \"...\"; }");
	for (const struct tree_node *n = test->child; n; n = n->next) {
		const struct test_key *key = find_test(n->name);
		int known = check_key(n, f);
		if (known < 0 || (key && check_one_test(n, key, f) < 0))
			return -1;
		ntests += key != NULL;
		nothers += is_other(others, n->name);
		if (!strcmp(n->name, "ignore_case") && n->kind == TREE_BOOLEAN)
			continue;
		if (!known && !key && !is_other(others, n->name))
			return tree_fault(n, f, "a test has no `%s`", n->name);
	}
	if (ntests > 1 || (ntests == 0 && nothers == 0))
		return tree_fault(
			test, f, "exactly one of equals, in, not_in, prefix, exists, absent");
	return 0;
}

bool source_among(const struct tree_node *list, const char *text, bool ignore_case)
{
	char number[24];
	const struct tree_node *n = list->kind == TREE_LIST ? list->child : list;
	for (; n; n = list->kind == TREE_LIST ? n->next : NULL) {
		const char *expected = n->text;
		if (n->kind == TREE_BOOLEAN)
			expected = n->truth ? "true" : "false";
		if (n->kind == TREE_INTEGER) {
			snprintf(number, sizeof number, "%lld", (long long)n->integer);
			expected = number;
		}
		if (ignore_case ? !strcasecmp(expected, text) : !strcmp(expected, text))
			return true;
	}
	return false;
}

/* E6: an id that is false, zero or an empty text is none. */
static bool is_something(const char *text)
{
	static const char *const nothing[] = { "", "0", "false", "true" };

	for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++)
		if (!strcmp(text, nothing[i]))
			return false;
	return true;
}

static bool value_holds(const struct tree_node *test, const struct tree_node *key,
	enum document_found found, const char *text)
{
	const struct tree_node *fold = tree_find(test, "ignore_case");
	bool ignore_case = fold && fold->truth;
	if (!strcmp(key->name, "exists"))
		return found == DOCUMENT_TEXT && is_something(text);
	if (found != DOCUMENT_TEXT)
		return false;
	if (!strcmp(key->name, "not_in"))
		return !source_among(key, text, ignore_case);
	if (!strcmp(key->name, "prefix"))
		return ignore_case ? !strncasecmp(text, key->text, strlen(key->text))
				   : !strncmp(text, key->text, strlen(key->text));
	return source_among(key, text, ignore_case);
}

/* The test's path has an nth end, whatever its expression finds there. */
static bool leads_to(const struct tree_node *test, struct document *d, size_t nth)
{
	const char *text;
	const struct tree_node *path = tree_find(test, "path");
	return path && by_path(path, d, nth, &text) != DOCUMENT_ABSENT;
}

bool source_holds(const struct tree_node *test, struct document *d)
{
	const struct tree_node *key = test->child;
	while (key && !find_test(key->name))
		key = key->next;
	if (!key)
		return true;
	/* not_in of what is not there holds, and absent; all else wants one value at least */
	bool missing_holds = !strcmp(key->name, "absent") || !strcmp(key->name, "not_in");
	for (size_t nth = 0; nth < ENDS_MAX; nth++) {
		const char *text = "";
		enum document_found found = by_group(test, d, nth, &text);
		if (found == DOCUMENT_ABSENT && !leads_to(test, d, nth))
			return nth > 0 || missing_holds;
		/* an end in which the expression finds nothing is one all the same */
		if (found == DOCUMENT_ABSENT && missing_holds)
			continue;
		if (!strcmp(key->name, "absent") || !value_holds(test, key, found, text))
			return false;
	}
	return false;
}
