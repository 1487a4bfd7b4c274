/* The second half of property: `success`, read once more. */
#include <jansson.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "claim.h"
#include "property.h"

enum { ENDS_MAX = 512, ENDS_TAKEN = 255, TEXT_MAX = 70000 };

/* What one test looks at: all values that its path, header or body gives. NULL: an object or array. */
struct ends {
	size_t n;
	char *text[ENDS_MAX];
};

static void add(struct ends *e, const char *text)
{
	if (e->n == ENDS_MAX)
		return;
	e->text[e->n] = text ? strdup(text) : NULL;
	CLAIM(!text || e->text[e->n]);
	e->n++;
}

static void forget(struct ends *e)
{
	for (size_t i = 0; i < e->n; i++)
		free(e->text[i]);
	e->n = 0;
}

static void add_value(struct ends *e, const json_t *v)
{
	char number[64];
	if (json_is_string(v)) {
		add(e, json_string_value(v));
	} else if (json_is_boolean(v)) {
		add(e, json_is_true(v) ? "true" : "false");
	} else if (json_is_integer(v)) {
		snprintf(number, sizeof number, "%lld", (long long)json_integer_value(v));
		add(e, number);
	} else if (json_is_real(v)) {
		snprintf(number, sizeof number, "%.10g", json_real_value(v));
		add(e, number);
	} else if (!json_is_null(v)) {
		add(e, NULL);
	}
}

/* a.b[0]["k"][*] */
static void follow(const json_t *v, const char *path, struct ends *e)
{
	char key[128];
	if (!v)
		return;
	if (*path == '\0') {
		add_value(e, v);
	} else if (!strncmp(path, "[*]", 3)) {
		for (size_t i = 0; i < json_array_size(v); i++)
			follow(json_array_get(v, i), path + 3, e);
	} else if (!strncmp(path, "[\"", 2)) {
		const char *end = strchr(path + 2, '"');
		snprintf(key, sizeof key, "%.*s", (int)(end - path - 2), path + 2);
		follow(json_object_get(v, key), end + 2, e);
	} else if (*path == '[') {
		unsigned long index = strtoul(path + 1, NULL, 10);
		follow(json_array_get(v, index), strchr(path, ']') + 1, e);
	} else {
		path += *path == '.';
		size_t len = strcspn(path, ".[");
		snprintf(key, sizeof key, "%.*s", (int)len, path);
		follow(json_object_get(v, key), path + len, e);
	}
}

static void by_path(const struct tree_node *path, const char *body, struct ends *e)
{
	json_t *json = json_loads(body, JSON_DECODE_ANY, NULL);
	const struct tree_node *one = path->kind == TREE_LIST ? path->child : path;
	for (; json && one && e->n == 0; one = path->kind == TREE_LIST ? one->next : NULL)
		follow(json, one->text, e);
	json_decref(json);
}

static void by_header(const char *name, const char *headers, struct ends *e)
{
	static char line[TEXT_MAX];
	for (const char *at = headers; *at;) {
		size_t len = strcspn(at, "\r\n"), n = strlen(name);
		if (len > n && !strncasecmp(at, name, n) && at[n] == ':') {
			snprintf(line, sizeof line, "%.*s", (int)(len - n - 1), at + n + 1);
			/* a long one is there, and is no value that can be compared */
			const char *value = line + strspn(line, " \t");
			add(e, strlen(value) < 1024 ? value : NULL);
			return;
		}
		at += len;
		at += strspn(at, "\r\n");
	}
}

/* Each value becomes what the expression finds in it; where it finds nothing, *missed counts it. */
static void by_regex(const char *expression, struct ends *e, size_t *missed)
{
	regex_t re;
	struct ends found = { 0 };
	CLAIM(regcomp(&re, expression, REG_EXTENDED) == 0);
	for (size_t i = 0; i < e->n; i++) {
		regmatch_t m[2];
		if (!e->text[i]) {
			add(&found, NULL);
		} else if (regexec(&re, e->text[i], 2, m, 0) != 0) {
			++*missed;
		} else {
			const regmatch_t *hit = re.re_nsub > 0 && m[1].rm_so >= 0 ? &m[1] : &m[0];
			e->text[i][hit->rm_eo] = '\0';
			const char *value = e->text[i] + hit->rm_so;
			add(&found, strlen(value) < 1024 ? value : NULL);
		}
	}
	regfree(&re);
	forget(e);
	*e = found;
}

static bool same(const struct tree_node *expected, const char *text, bool fold)
{
	char number[32];
	const char *s = expected->text;
	if (expected->kind == TREE_BOOLEAN)
		s = expected->truth ? "true" : "false";
	if (expected->kind == TREE_INTEGER) {
		snprintf(number, sizeof number, "%lld", (long long)expected->integer);
		s = number;
	}
	return fold ? !strcasecmp(s, text) : !strcmp(s, text);
}

static bool in(const struct tree_node *list, const char *text, bool fold)
{
	for (const struct tree_node *n = list->child; n; n = n->next)
		if (same(n, text, fold))
			return true;
	return false;
}

static bool fits(const struct tree_node *test, const char *text)
{
	const struct tree_node *n, *ignore = tree_find(test, "ignore_case");
	bool fold = ignore && ignore->truth;
	if (!text)
		return false;
	if ((n = tree_find(test, "equals")))
		return same(n, text, fold);
	if ((n = tree_find(test, "in")))
		return in(n, text, fold);
	if ((n = tree_find(test, "not_in")))
		return !in(n, text, fold);
	if ((n = tree_find(test, "prefix")))
		return fold ? !strncasecmp(text, n->text, strlen(n->text))
			    : !strncmp(text, n->text, strlen(n->text));
	return *text && strcmp(text, "0") && strcmp(text, "true") && strcmp(text, "false");
}

static bool test_holds(const struct tree_node *test, const char *headers, const char *body)
{
	static struct ends e;
	size_t missed = 0;
	const struct tree_node *n;
	forget(&e);
	if ((n = tree_find(test, "path")))
		by_path(n, body, &e);
	else if ((n = tree_find(test, "header")))
		by_header(n->text, headers, &e);
	else
		add(&e, body);
	bool many = e.n > ENDS_TAKEN;
	if ((n = tree_find(test, "regex")))
		by_regex(n->text, &e, &missed);
	bool holds = !many;
	if (tree_find(test, "absent"))
		holds = holds && e.n == 0;
	else if (!tree_find(test, "not_in"))
		holds = holds && e.n > 0 && missed == 0;
	for (size_t i = 0; i < e.n && !tree_find(test, "absent"); i++)
		holds = holds && fits(test, e.text[i]);
	forget(&e);
	return holds;
}

static bool listed(const struct tree_node *numbers, int64_t number)
{
	const struct tree_node *n = numbers->kind == TREE_LIST ? numbers->child : numbers;
	for (; n; n = numbers->kind == TREE_LIST ? n->next : NULL)
		if (n->integer == number)
			return true;
	return false;
}

static bool all_hold(
	const struct tree_node *success, const char *headers, const struct buffer *body)
{
	const struct tree_node *all = tree_find(success, "all");
	const char *text = buffer_string(body);
	if (strlen(text) != body->len)
		text = "";
	for (const struct tree_node *n = all ? all->child : NULL; n; n = n->next)
		if (!test_holds(n, headers, text))
			return false;
	return true;
}

bool property_success(const struct tree_node *success, const struct http_answer *a)
{
	return a->fate == HTTP_ANSWERED && a->status >= 200 && a->status <= 299 &&
	       listed(tree_find(success, "status"), a->status) &&
	       all_hold(success, buffer_string(&a->headers), &a->body);
}

bool property_exit(const struct tree_node *success, const struct program_end *end)
{
	return end->fate == PROGRAM_ENDED && listed(tree_find(success, "exit"), end->status) &&
	       all_hold(success, "", &end->output);
}
