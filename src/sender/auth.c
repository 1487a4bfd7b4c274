#include "sender/auth.h"

#include <stdbool.h>
#include <string.h>

#include "sender/template.h"
#include "sender/url.h"

enum { KEYS_MAX = 3 };

#define KINDS "none, basic, header, sigv4, ovh, azure or oauth2"

static const struct kind {
	const char *name;
	const char *keys[KEYS_MAX]; /* texts with placeholders, all of them wanted */
	const char *optional[2];
} kinds[] = {
	{ "none", { NULL }, { NULL } },
	{ "basic", { "user", "password" }, { NULL } },
	{ "header", { "name", "value" }, { NULL } },
	{ "sigv4", { "provider", "user", "password" }, { NULL } },
	{ "ovh", { "application_key", "application_secret", "consumer_key" }, { NULL } },
	{ "azure", { "key" }, { NULL } },
	{ "oauth2", { "token_url", "client_id", "client_secret" }, { "scope", "credentials" } },
};

static const struct kind *find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

static bool among(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n && names[i]; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static int check_keys(const struct tree_node *auth, const struct kind *k,
	const struct values *known, struct fault *f)
{
	for (const struct tree_node *n = auth->child; n; n = n->next) {
		if (!strcmp(n->name, "kind"))
			continue;
		if (n->kind != TREE_TEXT ||
			(!among(k->keys, KEYS_MAX, n->name) && !among(k->optional, 2, n->name)))
			return tree_fault(
				n, f, "auth of kind %s has no text `%s`", k->name, n->name);
		if (template_check(n->text, known, f) < 0)
			return tree_fault_at(n, f);
	}
	for (size_t i = 0; i < KEYS_MAX && k->keys[i]; i++)
		if (!tree_find(auth, k->keys[i]))
			return tree_fault(
				auth, f, "auth of kind %s wants `%s`", k->name, k->keys[i]);
	return 0;
}

/* The texts that are more than texts. */
static int check_meanings(const struct tree_node *auth, const struct values *known, struct fault *f)
{
	const struct tree_node *name = tree_find(auth, "name");
	const struct tree_node *url = tree_find(auth, "token_url");
	const struct tree_node *credentials = tree_find(auth, "credentials");
	if (name && !envelope_header_name(name->text))
		return tree_fault(name, f, "not the name of a header that can be set");
	if (url && url_check(url->text, known, f) < 0)
		return tree_fault_at(url, f);
	if (credentials && strcmp(credentials->text, "basic") != 0 &&
		strcmp(credentials->text, "form") != 0)
		return tree_fault(credentials, f, "credentials is \"basic\" or \"form\"");
	return 0;
}

int auth_check(const struct tree_node *auth, const struct values *known, struct fault *f)
{
	const struct tree_node *kind = tree_find(auth, "kind");
	if (!kind || kind->kind != TREE_TEXT)
		return tree_fault(auth, f, "auth is a group with a kind: " KINDS);
	if (!strcmp(kind->text, "jwt"))
		return tree_fault(
			kind, f, "auth of kind %s is reserved, and not built yet", kind->text);
	const struct kind *k = find_kind(kind->text);
	if (!k)
		return tree_fault(kind, f, "the kind of auth is " KINDS);
	return check_keys(auth, k, known, f) < 0 || check_meanings(auth, known, f) < 0 ? -1 : 0;
}

/* Nothing for a key that is not there. */
static int expand(const struct tree_node *auth, const char *key, const struct values *v,
	struct buffer *out, struct fault *f)
{
	const struct tree_node *n = tree_find(auth, key);
	return n ? template_expand(n->text, TEMPLATE_PLAIN, v, out, f) : 0;
}

static int apply_header(
	const struct tree_node *auth, const struct values *v, struct envelope *e, struct fault *f)
{
	struct buffer value = { 0 };
	int rc = expand(auth, "value", v, &value, f);
	if (rc == 0)
		rc = envelope_header(e, tree_find(auth, "name")->text, buffer_string(&value), f);
	buffer_wipe(&value);
	return rc;
}

static int apply_grant(const struct tree_node *auth, const struct values *v,
	struct envelope_grant *g, struct fault *f)
{
	const struct tree_node *credentials = tree_find(auth, "credentials");
	g->in_form = credentials && !strcmp(credentials->text, "form");
	if (url_expand(tree_find(auth, "token_url")->text, v, &g->url, f) < 0 ||
		expand(auth, "client_id", v, &g->client, f) < 0 ||
		expand(auth, "client_secret", v, &g->secret, f) < 0 ||
		expand(auth, "scope", v, &g->scope, f) < 0)
		return -1;
	return 0;
}

static int apply_signing(
	const struct tree_node *auth, const struct values *v, struct envelope *e, struct fault *f)
{
	if (expand(auth, "application_key", v, &e->application, f) < 0 ||
		expand(auth, "application_secret", v, &e->key, f) < 0 ||
		expand(auth, "consumer_key", v, &e->consumer, f) < 0 ||
		expand(auth, "key", v, &e->key, f) < 0)
		return -1;
	return 0;
}

int auth_apply(
	const struct tree_node *auth, const struct values *v, struct envelope *e, struct fault *f)
{
	const char *kind = tree_find(auth, "kind")->text;
	if (!strcmp(kind, "header"))
		return apply_header(auth, v, e, f);
	if (!strcmp(kind, "oauth2"))
		return apply_grant(auth, v, &e->grant, f);
	e->signing = !strcmp(kind, "ovh")     ? ENVELOPE_OVH
		     : !strcmp(kind, "azure") ? ENVELOPE_AZURE
					      : ENVELOPE_UNSIGNED;
	if (e->signing != ENVELOPE_UNSIGNED)
		return apply_signing(auth, v, e, f);
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
