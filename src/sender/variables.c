#include "sender/variables.h"

#include <string.h>

#include "base/text.h"

static bool name_fits(const char *s)
{
	static const char *const taken[] = { "number", "text", "id", "code", "use", "ca_file",
		"proxy", "loopback_http", "only" };
	size_t len = strlen(s);
	if (len == 0 || len > ORDER_NAME_MAX || *s < 'a' || *s > 'z' ||
		strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") != len)
		return false;
	/* `NAME_file` in the settings reads NAME from a file */
	if (len > 5 && !strcmp(s + len - 5, "_file"))
		return false;
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		if (!strcmp(s, taken[i]))
			return false;
	return true;
}

static int read_key(const struct tree_node *n, struct variables_one *one, struct fault *f)
{
	bool truth = n->kind == TREE_BOOLEAN, text = n->kind == TREE_TEXT;
	if (!strcmp(n->name, "required") && truth)
		one->required = n->truth;
	else if (!strcmp(n->name, "secret") && truth)
		one->secret = n->truth;
	else if (!strcmp(n->name, "fallback") && text)
		one->fallback = n->text;
	else if (!strcmp(n->name, "must") && text)
		one->must = n->text;
	else if (!strcmp(n->name, "doc") && text)
		one->doc = n->text;
	else if (!strcmp(n->name, "kind") && text) {
		if (values_kind_named(n->text, &one->kind) < 0)
			return tree_fault(n, f,
				"a kind is text, sender, host, label, url, program, folder or "
				"address");
	} else {
		return tree_fault(n, f,
			"a variable has kind, fallback, must and doc (text), required and secret "
			"(true or false), and no `%s`",
			n->name);
	}
	return 0;
}

static int read_one(const struct tree_node *n, struct variables_one *one, struct fault *f)
{
	*one = (struct variables_one){ .name = n->name, .doc = "" };
	if (!name_fits(n->name))
		return tree_fault(n, f, "`%s` cannot be the name of a variable", n->name);
	if (n->kind != TREE_GROUP)
		return tree_fault(n, f, "a variable is a group: %s = { doc = \"...\"; }", n->name);
	for (const struct tree_node *key = n->child; key; key = key->next)
		if (read_key(key, one, f) < 0)
			return -1;
	const char *want = one->fallback ? values_expected(one->kind, one->fallback) : NULL;
	if (want)
		return tree_fault(n, f, "the fallback of `%s` must be %s", n->name, want);
	if (one->fallback && one->required)
		return tree_fault(n, f, "`%s` has a fallback and cannot be required", n->name);
	/* the one value is meant to be written by a person, who then has read of it */
	if (one->must && (one->fallback || values_expected(VALUES_SENDER, one->must)))
		return tree_fault(n, f,
			"what `%s` must be is at most 32 printable characters, without a fallback",
			n->name);
	return 0;
}

static bool known(const struct variables *v, const char *name)
{
	for (size_t i = 0; i < v->n; i++)
		if (!strcmp(v->at[i].name, name))
			return true;
	return false;
}

static int check_one_of(const struct variables *v, struct fault *f)
{
	if (v->one_of->kind != TREE_LIST)
		return tree_fault(v->one_of, f, "one_of is a list of lists of names");
	for (const struct tree_node *set = v->one_of->child; set; set = set->next) {
		if (set->kind != TREE_LIST || set->length < 2)
			return tree_fault(set, f, "one_of is a list of lists of names");
		for (const struct tree_node *n = set->child; n; n = n->next)
			if (n->kind != TREE_TEXT || !known(v, n->text))
				return tree_fault(n, f, "there is no variable `%s`", n->text);
	}
	return 0;
}

int variables_read(const struct tree_node *root, struct variables *v, struct fault *f)
{
	memset(v, 0, sizeof *v);
	const struct tree_node *group = tree_find(root, "variables");
	if (!group)
		return 0;
	if (group->kind != TREE_GROUP || group->length > ORDER_VARIABLES_MAX)
		return tree_fault(group, f, "variables is a group of at most %d variables",
			ORDER_VARIABLES_MAX);
	for (const struct tree_node *n = group->child; n; n = n->next)
		if (read_one(n, &v->at[v->n++], f) < 0)
			return -1;
	v->one_of = tree_find(root, "one_of");
	return v->one_of ? check_one_of(v, f) : 0;
}

static const char *given(const struct order *o, const char *name)
{
	for (size_t i = 0; i < o->nvariables; i++)
		if (!strcmp(o->variables[i].name, name))
			return (const char *)o->variables[i].value.bytes;
	return NULL;
}

static int check_given(const struct variables *v, const struct order *o, struct fault *f)
{
	for (size_t i = 0; i < o->nvariables; i++) {
		const struct order_variable *var = &o->variables[i];
		if (!known(v, var->name))
			return fault_set(f, FAULT_BAD, 0, "%s has no variable `%s`", o->description,
				var->name);
		if (memchr(var->value.bytes, 0, var->value.len))
			return fault_set(f, FAULT_BAD, 0, "%s: the value of `%s` has a NUL byte",
				o->description, var->name);
	}
	return 0;
}

static int check_sets(const struct variables *v, const struct order *o, struct fault *f)
{
	const struct tree_node *set = v->one_of ? v->one_of->child : NULL;
	for (; set; set = set->next) {
		char buf[128];
		struct text_line names;
		size_t n = 0;
		text_begin(&names, buf, sizeof buf);
		for (const struct tree_node *name = set->child; name; name = name->next) {
			n += given(o, name->text) != NULL;
			text_add(&names, "%s`%s`", name == set->child ? "" : ", ", name->text);
		}
		if (n != 1)
			return fault_set(f, FAULT_BAD, 0,
				"%s wants exactly one of the variables %s", o->description, buf);
	}
	return 0;
}

int variables_bind(
	const struct variables *v, const struct order *o, struct values *out, struct fault *f)
{
	if (check_given(v, o, f) < 0)
		return -1;
	for (size_t i = 0; i < v->n; i++) {
		const struct variables_one *one = &v->at[i];
		const char *value = given(o, one->name);
		if (!value && one->required)
			return fault_set(f, FAULT_BAD, 0, "%s wants the variable `%s`",
				o->description, one->name);
		const char *want = value ? values_expected(one->kind, value) : NULL;
		if (want)
			return fault_set(f, FAULT_BAD, 0, "%s: the value of `%s` must be %s",
				o->description, one->name, want);
		if (value && one->must && strcmp(value, one->must) != 0)
			return fault_set(f, FAULT_BAD, 0, "%s: the value of `%s` must be \"%s\"",
				o->description, one->name, one->must);
		if (values_add(out, one->name, one->kind, value ? value : one->fallback) < 0)
			return fault_set(f, FAULT_BAD, 0, "%s: too many variables", o->description);
	}
	return check_sets(v, o, f);
}

int variables_names(const struct variables *v, struct values *out)
{
	for (size_t i = 0; i < v->n; i++)
		if (values_add(out, v->at[i].name, v->at[i].kind, NULL) < 0)
			return -1;
	return 0;
}
