#include "sender/provider.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "sender/template.h"

static bool among(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (!strcmp(*names, name))
			return true;
	return false;
}

static const struct {
	const char *name;
	enum provider_kind kind;
} kinds[] = {
	{ "send", PROVIDER_HTTP },
	{ "command", PROVIDER_COMMAND },
	{ "spool", PROVIDER_SPOOL },
	{ "mail", PROVIDER_MAIL },
};

/* Of one key that is neither a text nor a kind. */
static int check_other(const struct tree_node *n, enum provider_kind kind, struct fault *f)
{
	static const char *const any[] = { "variables", "one_of", "sources", NULL };
	static const char *const http[] = { "number", "headers", "auth", "code", "errors", "voice",
		"poll", "check", NULL };
	static const char *const reserved[] = { "verify", "flash", "oauth2", "sign", NULL };
	if (among(reserved, n->name))
		return tree_fault(n, f, "`%s` is reserved, and not built yet", n->name);
	if (among(http, n->name) && kind != PROVIDER_HTTP)
		return tree_fault(n, f, "`%s` at the top goes with send only", n->name);
	if (!among(any, n->name) && !among(http, n->name))
		return tree_fault(n, f, "a description has no `%s`", n->name);
	return 0;
}

static int find_kind(struct provider *p, struct fault *f)
{
	const struct tree_node *root = p->tree.nodes;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const struct tree_node *n = tree_find(root, kinds[i].name);
		if (n && p->kind != PROVIDER_NONE)
			return tree_fault(n, f, "only one of send, command, spool and mail");
		if (n)
			p->kind = kinds[i].kind;
	}
	return 0;
}

static bool names_a_kind(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!strcmp(kinds[i].name, name))
			return true;
	return false;
}

/* All that may stand at the top. */
static int check_top(const struct provider *p, struct fault *f)
{
	static const char *const texts[] = { "vendor", "doc", "confidence", "notes", "uncertain",
		"weak", "reaches", NULL };
	for (const struct tree_node *n = p->tree.nodes->child; n; n = n->next) {
		if (among(texts, n->name) && n->kind != TREE_TEXT)
			return tree_fault(n, f, "`%s` is a text", n->name);
		if (!among(texts, n->name) && !names_a_kind(n->name) &&
			check_other(n, p->kind, f) < 0)
			return -1;
	}
	return 0;
}

/* For people: where the facts are from. */
static int check_sources(const struct tree_node *root, struct fault *f)
{
	const struct tree_node *list = tree_find(root, "sources");
	if (list && list->kind != TREE_LIST)
		return tree_fault(list, f, "sources is a list of texts");
	for (const struct tree_node *n = list ? list->child : NULL; n; n = n->next)
		if (n->kind != TREE_TEXT)
			return tree_fault(n, f, "sources is a list of texts");
	return 0;
}

static int read_reaches(struct provider *p, struct fault *f)
{
	struct values known = { 0 };
	p->reaches = tree_find(p->tree.nodes, "reaches");
	if (!p->reaches)
		return 0;
	if (variables_names(&p->variables, &known) < 0 ||
		template_check(p->reaches->text, &known, f) < 0)
		return tree_fault_at(p->reaches, f);
	return 0;
}

static void inherit(struct block *b, const struct block *common)
{
	if (!b->number)
		b->number = common->number;
	if (!b->headers)
		b->headers = common->headers;
	if (!b->auth)
		b->auth = common->auth;
	if (!b->code)
		b->code = common->code;
	b->common_errors = common->errors;
}

static int read_blocks(struct provider *p, struct fault *f)
{
	const struct {
		const char *name;
		enum order_action action;
		struct block *block;
	} all[] = {
		{ "send", ORDER_ACTION_SEND, &p->send },
		{ "voice", ORDER_ACTION_VOICE, &p->voice },
		{ "poll", ORDER_ACTION_POLL, &p->poll },
		{ "check", ORDER_ACTION_CHECK, &p->check },
	};
	const struct tree_node *root = p->tree.nodes;
	struct block common;
	if (block_read_common(root, &p->variables, &common, f) < 0)
		return -1;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		const struct tree_node *group = tree_find(root, all[i].name);
		if (!group)
			continue;
		if (block_read(group, all[i].action, &p->variables, all[i].block, f) < 0)
			return -1;
		inherit(all[i].block, &common);
	}
	return 0;
}

static int read_kind(struct provider *p, struct fault *f)
{
	const struct tree_node *root = p->tree.nodes;
	if (p->kind == PROVIDER_HTTP)
		return read_blocks(p, f);
	if (p->kind == PROVIDER_COMMAND)
		return command_read(tree_find(root, "command"), &p->variables, &p->command, f);
	if (p->kind == PROVIDER_SPOOL)
		return spool_read(tree_find(root, "spool"), &p->variables, &p->spool, f);
	if (p->kind == PROVIDER_MAIL)
		return mail_read(tree_find(root, "mail"), &p->variables, &p->mail, f);
	return tree_fault(root, f, "a description wants one of send, command, spool and mail");
}

/* p->tree is read. */
static int judge(struct provider *p, struct fault *f)
{
	const struct tree_node *root = p->tree.nodes, *vendor = tree_find(root, "vendor");
	if (find_kind(p, f) < 0 || check_top(p, f) < 0 || check_sources(root, f) < 0 ||
		variables_read(root, &p->variables, f) < 0 || read_reaches(p, f) < 0 ||
		read_kind(p, f) < 0) {
		provider_close(p);
		return -1;
	}
	p->vendor = vendor ? vendor->text : p->name;
	return 0;
}

int provider_parse(
	const char *text, const char *path, const char *name, struct provider *p, struct fault *f)
{
	memset(p, 0, sizeof *p);
	p->name = name;
	if (tree_parse(text, path, &p->tree, f) < 0)
		return -1;
	return judge(p, f);
}

/* One folder's file. */
static int load_from(const char *folder, uid_t owner, struct provider *p, struct fault *f)
{
	char path[TREE_PATH_MAX + 1];
	struct text_line line;
	text_begin(&line, path, sizeof path);
	text_add(&line, "%s/%s.conf", folder, p->name);
	if (line.cut)
		return fault_set(f, FAULT_BAD, 0, "the path of a description is too long");
	return tree_read(path, owner, &p->tree, f);
}

static bool name_fits(const char *s)
{
	size_t len = strlen(s);
	return len > 0 && len <= ORDER_NAME_MAX && *s != '-' && *s != '_' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_-") == len;
}

int provider_load(const struct provider_folders *folders, const char *name, struct provider *p,
	struct fault *f)
{
	memset(p, 0, sizeof *p);
	p->name = name;
	if (!name_fits(name))
		return fault_set(f, FAULT_BAD, 0, "not the name of a description");
	int rc = load_from(folders->site, folders->owner, p, f);
	if (rc < 0 && f->class == FAULT_ABSENT)
		rc = load_from(folders->shipped, folders->owner, p, f);
	if (rc < 0 && f->class == FAULT_ABSENT)
		return fault_set(
			f, FAULT_ABSENT, 0, "there is no provider description `%s.conf`", name);
	return rc < 0 ? -1 : judge(p, f);
}

void provider_close(struct provider *p)
{
	tree_close(&p->tree);
	memset(p, 0, sizeof *p);
}

const struct block *provider_block(const struct provider *p, enum order_action action)
{
	if (action == ORDER_ACTION_VOICE)
		return &p->voice;
	if (action == ORDER_ACTION_POLL)
		return &p->poll;
	if (action == ORDER_ACTION_CHECK)
		return &p->check;
	return &p->send;
}

bool provider_reports(const struct provider *p)
{
	if (p->kind == PROVIDER_SPOOL)
		return p->spool.sent && p->spool.failed;
	return p->poll.action != ORDER_ACTION_NONE;
}
