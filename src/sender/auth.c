#include "sender/auth.h"

#include <stdbool.h>
#include <string.h>

#include "sender/template.h"

struct kind {
	const char *name;
	const char *keys[3]; /* texts with placeholders, all of them wanted */
};

static const struct kind kinds[] = {
	{ "none", { NULL } },
	{ "basic", { "user", "password" } },
	{ "header", { "name", "value" } },
	{ "sigv4", { "provider", "user", "password" } },
};

static const struct kind *find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

static bool reserved(const char *name)
{
	static const char *const names[] = { "oauth2", "ovh", "azure", "jwt" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static bool has_key(const struct kind *k, const char *name)
{
	for (size_t i = 0; i < 3 && k->keys[i]; i++)
		if (!strcmp(k->keys[i], name))
			return true;
	return false;
}

static int check_keys(const struct tree_node *auth, const struct kind *k,
	const struct values *known, struct fault *f)
{
	for (const struct tree_node *n = auth->child; n; n = n->next) {
		if (!strcmp(n->name, "kind"))
			continue;
		if (n->kind != TREE_TEXT || !has_key(k, n->name))
			return tree_fault(
				n, f, "auth of kind %s has no text `%s`", k->name, n->name);
		if (template_check(n->text, known, f) < 0)
			return tree_fault_at(n, f);
	}
	for (size_t i = 0; i < 3 && k->keys[i]; i++)
		if (!tree_find(auth, k->keys[i]))
			return tree_fault(
				auth, f, "auth of kind %s wants `%s`", k->name, k->keys[i]);
	return 0;
}

int auth_check(const struct tree_node *auth, const struct values *known, struct fault *f)
{
	const struct tree_node *kind = tree_find(auth, "kind");
	if (!kind || kind->kind != TREE_TEXT)
		return tree_fault(
			auth, f, "auth is a group with a kind: none, basic, header, sigv4");
	if (reserved(kind->text))
		return tree_fault(
			kind, f, "auth of kind %s is reserved, and not built yet", kind->text);
	const struct kind *k = find_kind(kind->text);
	if (!k)
		return tree_fault(kind, f, "the kind of auth is none, basic, header or sigv4");
	if (check_keys(auth, k, known, f) < 0)
		return -1;
	const struct tree_node *name = tree_find(auth, "name");
	if (name && !envelope_header_name(name->text))
		return tree_fault(name, f, "not the name of a header that can be set");
	return 0;
}

static int expand(const struct tree_node *auth, const char *key, const struct values *v,
	struct buffer *out, struct fault *f)
{
	const struct tree_node *n = tree_find(auth, key);
	return n ? template_expand(n->text, TEMPLATE_PLAIN, v, out, f) : 0;
}

int auth_apply(
	const struct tree_node *auth, const struct values *v, struct envelope *e, struct fault *f)
{
	const char *kind = tree_find(auth, "kind")->text;
	if (!strcmp(kind, "header")) {
		struct buffer value = { 0 };
		int rc = expand(auth, "value", v, &value, f);
		if (rc == 0)
			rc = envelope_header(
				e, tree_find(auth, "name")->text, buffer_string(&value), f);
		buffer_wipe(&value);
		return rc;
	}
	e->basic = !strcmp(kind, "basic");
	if (expand(auth, "user", v, &e->user, f) < 0 ||
		expand(auth, "password", v, &e->password, f) < 0 ||
		expand(auth, "provider", v, &e->sigv4, f) < 0)
		return -1;
	/* basic joins the two by a colon */
	if (e->basic && strchr(buffer_string(&e->user), ':'))
		return fault_set(f, FAULT_BAD, 0, "the user of basic authentication has a colon");
	return 0;
}
