#include "sender/block.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "sender/acceptance.h"
#include "sender/auth.h"
#include "sender/body.h"
#include "sender/envelope.h"
#include "sender/parcel.h"
#include "sender/refusal.h"
#include "sender/source.h"
#include "sender/template.h"
#include "sender/url.h"

enum { SEND = 1, VOICE = 2, POLL = 4, CHECK = 8, EVERY = 15, TOP = 16 };

typedef int check_fn(const struct tree_node *n, const struct values *known, struct fault *f);

static int check_method(const struct tree_node *n, const struct values *known, struct fault *f)
{
	(void)known;
	if (!strcmp(n->text, "GET") || !strcmp(n->text, "POST") || !strcmp(n->text, "PUT"))
		return 0;
	return tree_fault(n, f, "a method is GET, POST or PUT");
}

static int check_url(const struct tree_node *n, const struct values *known, struct fault *f)
{
	return url_check(n->text, known, f) < 0 ? tree_fault_at(n, f) : 0;
}

static int check_number(const struct tree_node *n, const struct values *known, struct fault *f)
{
	(void)known;
	return parcel_check_form(n, f);
}

static int check_headers(const struct tree_node *n, const struct values *known, struct fault *f)
{
	if (body_check_form(n, known, f) < 0)
		return -1;
	for (const struct tree_node *pair = n->child; pair; pair = pair->next)
		if (!envelope_header_name(pair->child->text))
			return tree_fault(pair, f, "not the name of a header that can be set");
	return 0;
}

static int check_template(const struct tree_node *n, const struct values *known, struct fault *f)
{
	return template_check(n->text, known, f) < 0 ? tree_fault_at(n, f) : 0;
}

static int check_source(const struct tree_node *n, const struct values *known, struct fault *f)
{
	(void)known;
	return source_check(n, f);
}

static int check_errors(const struct tree_node *n, const struct values *known, struct fault *f)
{
	(void)known;
	return refusal_check(n, f);
}

static int check_success(const struct tree_node *n, const struct values *known, struct fault *f)
{
	(void)known;
	return acceptance_check(n, f);
}

static int check_words(const struct tree_node *n, const struct values *known, struct fault *f)
{
	(void)known;
	for (const struct tree_node *w = n->child; w; w = w->next)
		if (w->kind != TREE_TEXT && w->kind != TREE_INTEGER)
			return tree_fault(w, f, "`%s` is a list of states", n->name);
	return n->child ? 0 : tree_fault(n, f, "the list is empty");
}

static int check_pending(const struct tree_node *n, const struct values *known, struct fault *f)
{
	(void)known;
	return strcmp(n->text, "pending") ? tree_fault(n, f, "not_found can only be \"pending\"")
					  : 0;
}

static int check_repeat(const struct tree_node *n, const struct values *known, struct fault *f)
{
	(void)known;
	return n->integer >= 1 && n->integer <= 3 ? 0 : tree_fault(n, f, "repeat is 1, 2 or 3");
}

#define AT(member) offsetof(struct block, member)
static const struct key {
	const char *name;
	size_t at;
	unsigned calls; /* where it may stand */
	unsigned kinds;
	check_fn *check; /* NULL: the type is enough */
} keys[] = {
	{ "method", AT(method), EVERY, TREE_TEXT, check_method },
	{ "url", AT(url), EVERY, TREE_TEXT, check_url },
	{ "number", AT(number), EVERY | TOP, TREE_TEXT, check_number },
	{ "headers", AT(headers), EVERY | TOP, TREE_LIST, check_headers },
	{ "auth", AT(auth), EVERY | TOP, TREE_GROUP, auth_check },
	{ "code", AT(code), EVERY | TOP, TREE_TEXT | TREE_GROUP | TREE_LIST, check_source },
	{ "errors", AT(errors), EVERY | TOP, TREE_LIST, check_errors },
	{ "query", AT(query), EVERY, TREE_LIST, body_check_form },
	{ "form", AT(form), EVERY, TREE_LIST, body_check_form },
	{ "json", AT(json), EVERY, TREE_GROUP | TREE_LIST, body_check_json },
	{ "text", AT(text), EVERY, TREE_TEXT, check_template },
	{ "content_type", AT(content_type), EVERY, TREE_TEXT, NULL },
	{ "success", AT(success), SEND | VOICE | CHECK, TREE_GROUP, check_success },
	{ "id", AT(id), SEND | VOICE, TREE_TEXT | TREE_GROUP | TREE_LIST, check_source },
	{ "balance", AT(balance), CHECK, TREE_TEXT | TREE_GROUP | TREE_LIST, check_source },
	{ "state", AT(state), POLL, TREE_TEXT | TREE_GROUP | TREE_LIST, check_source },
	{ "delivered", AT(delivered), POLL, TREE_LIST, check_words },
	{ "failed", AT(failed), POLL, TREE_LIST, check_words },
	{ "not_found", AT(not_found), POLL, TREE_TEXT, check_pending },
	{ "pause", AT(pause), VOICE, TREE_TEXT, NULL },
	{ "repeat", AT(repeat), VOICE, TREE_INTEGER, check_repeat },
};

static const struct key *find_key(const char *name, unsigned call)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (!strcmp(keys[i].name, name) && (keys[i].calls & call))
			return &keys[i];
	return NULL;
}

static const struct tree_node **slot(struct block *b, const struct key *key)
{
	return (const struct tree_node **)(void *)((char *)b + key->at);
}

static int read_key(const struct tree_node *n, const struct key *key, const struct values *known,
	struct block *b, struct fault *f)
{
	if (!(n->kind & key->kinds))
		return tree_fault(n, f, "`%s` has a value of the wrong type", n->name);
	if (key->check && key->check(n, known, f) < 0)
		return -1;
	*slot(b, key) = n;
	return 0;
}

int block_read_common(const struct tree_node *root, const struct variables *v, struct block *common,
	struct fault *f)
{
	struct values known = { 0 };
	memset(common, 0, sizeof *common);
	if (variables_names(v, &known) < 0)
		return tree_fault(root, f, "too many variables");
	for (const struct tree_node *n = root->child; n; n = n->next) {
		const struct key *key = find_key(n->name, TOP);
		if (key && read_key(n, key, &known, common, f) < 0)
			return -1;
	}
	return 0;
}

int block_names(enum order_action action, struct values *names)
{
	bool speaks = action == ORDER_ACTION_SEND || action == ORDER_ACTION_VOICE;
	if (speaks && (values_add(names, "text", VALUES_TEXT, NULL) < 0 ||
			      values_add(names, "code", VALUES_TEXT, NULL) < 0))
		return -1;
	if (action == ORDER_ACTION_POLL && values_add(names, "id", VALUES_TEXT, NULL) < 0)
		return -1;
	if (action == ORDER_ACTION_CHECK)
		return 0;
	return values_add(names, "number", VALUES_TEXT, NULL);
}

static int check_body(const struct tree_node *group, const struct block *b, struct fault *f)
{
	int bodies = (b->form != NULL) + (b->json != NULL) + (b->text != NULL);
	if (bodies > 1)
		return tree_fault(group, f, "only one of form, json and text");
	if (bodies && b->method && !strcmp(b->method->text, "GET"))
		return tree_fault(group, f, "a GET has no form, json or text: use query");
	if (b->content_type && !b->text)
		return tree_fault(
			group, f, "content_type goes with text; form and json set theirs");
	if (b->text && !b->content_type)
		return tree_fault(group, f, "text wants a content_type");
	return 0;
}

static int check_whole(const struct tree_node *group, const struct block *b, struct fault *f)
{
	if (!b->url)
		return tree_fault(group, f, "url is missing");
	if (b->action == ORDER_ACTION_POLL && (!b->state || !b->delivered || !b->failed))
		return tree_fault(group, f, "poll wants state, delivered and failed");
	if (b->action != ORDER_ACTION_POLL && !b->success)
		return tree_fault(group, f, "success is missing");
	return check_body(group, b, f);
}

int block_read(const struct tree_node *group, enum order_action action, const struct variables *v,
	struct block *b, struct fault *f)
{
	static const unsigned calls[] = {
		[ORDER_ACTION_SEND] = SEND,
		[ORDER_ACTION_VOICE] = VOICE,
		[ORDER_ACTION_POLL] = POLL,
		[ORDER_ACTION_CHECK] = CHECK,
	};
	struct values known = { 0 };
	memset(b, 0, sizeof *b);
	b->action = action;
	if (group->kind != TREE_GROUP)
		return tree_fault(group, f, "`%s` is a group", group->name);
	if (block_names(action, &known) < 0 || variables_names(v, &known) < 0)
		return tree_fault(group, f, "too many variables");
	for (const struct tree_node *n = group->child; n; n = n->next) {
		const struct key *key = find_key(n->name, calls[action]);
		if (!key)
			return tree_fault(n, f, "`%s` has no `%s`", group->name, n->name);
		if (read_key(n, key, &known, b, f) < 0)
			return -1;
	}
	return check_whole(group, b, f);
}
