#include "sender/sample.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

enum { VALUE_MAX = 64, SENDER_MAX = 33 };

static const struct variables_one *find(const struct provider *p, const char *name, size_t len)
{
	for (size_t i = 0; i < p->variables.n; i++) {
		const struct variables_one *one = &p->variables.at[i];
		if (strlen(one->name) == len && !memcmp(one->name, name, len))
			return one;
	}
	return NULL;
}

static bool given(const struct order *o, const char *name)
{
	for (size_t i = 0; i < o->nvariables; i++)
		if (!strcmp(o->variables[i].name, name))
			return true;
	return false;
}

static int give(struct order *o, const char *name, const char *value, struct fault *f)
{
	struct secret s = { 0 };
	if (secret_set(&s, value, strlen(value)) < 0)
		return fault_set(f, FAULT_BAD, 0, "the value of `%s` is too long", name);
	int rc = order_add_variable(o, name, &s, f);
	secret_wipe(&s);
	return rc;
}

static int copy(char *dst, size_t cap, const char *what, const char *value, struct fault *f)
{
	if (text_copy(dst, cap, value) < 0)
		return fault_set(f, FAULT_BAD, 0, "the %s is too long", what);
	return 0;
}

static int take_word(const struct provider *p, const char *word, struct order *o, struct fault *f)
{
	size_t len = strcspn(word, "=");
	const struct variables_one *one = find(p, word, len);
	const char *value = word + len + 1;
	if (word[len] != '=')
		return fault_set(f, FAULT_BAD, 0, "`%.40s` is not VARIABLE=VALUE", word);
	if (text_starts(word, "number="))
		return copy(o->number, sizeof o->number, "number", value, f);
	if (text_starts(word, "text="))
		return copy(o->text, sizeof o->text, "text", value, f);
	if (!one)
		return fault_set(f, FAULT_BAD, 0, "there is no variable `%.*s` to give a value to",
			(int)(len < 40 ? len : 40), word);
	if (one->secret)
		return fault_set(f, FAULT_BAD, 0,
			"`%s` is a secret: it is not taken here, and not needed", one->name);
	return give(o, one->name, value, f);
}

/* `*integer` takes digits only, and says so when it is too late. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as a description may be, 16 */
static bool stands_for_digits(const struct tree_node *group, const char *name)
{
	size_t len = strlen(name);
	for (const struct tree_node *n = group->child; n; n = n->next) {
		const char *at = n->text;
		if (n->child && stands_for_digits(n, name))
			return true;
		if (strcmp(n->name, "*integer") != 0)
			continue;
		while ((at = strstr(at, name))) {
			if (at > n->text && strchr("{|", at[-1]) && at[len] &&
				strchr("}|", at[len]))
				return true;
			at += len;
		}
	}
	return false;
}

/* NAME in capitals, or with hyphens where the place wants them. */
static void add_name(struct text_line *line, const char *name, bool capitals)
{
	for (; *name; name++)
		text_add(line, "%c",
			capitals       ? toupper((unsigned char)*name)
			: *name == '_' ? '-'
				       : *name);
}

/* n is nothing but {NAME}. */
static bool is_lone(const struct tree_node *n, const char *name)
{
	size_t len = strlen(name);
	return n && n->text[0] == '{' && !strncmp(n->text + 1, name, len) &&
	       !strcmp(n->text + 1 + len, "}");
}

/* Texts that must be of a form which no kind says; nothing for others. */
static void make_up_form(const struct provider *p, const char *name, struct text_line *line)
{
	bool mail = p->kind == PROVIDER_MAIL;
	if (is_lone(p->reaches, name))
		text_add(line, "%s", SAMPLE_NUMBER);
	else if (stands_for_digits(p->tree.nodes, name))
		text_add(line, "12345");
	else if (mail && (is_lone(p->mail.from, name) || is_lone(p->mail.to, name)))
		text_add(line, "%s@mail.example", name);
	else if (mail && is_lone(p->mail.tls, name))
		text_add(line, "starttls");
}

static void make_up(const struct provider *p, const struct variables_one *one, char out[VALUE_MAX])
{
	bool plain = one->kind == VALUES_TEXT && !one->secret;
	bool path = one->kind == VALUES_PROGRAM || one->kind == VALUES_FOLDER;
	struct text_line line;
	text_begin(&line, out, one->kind == VALUES_SENDER ? SENDER_MAX : VALUE_MAX);
	if (one->must)
		text_add(&line, "%s", one->must);
	else if (plain)
		make_up_form(p, one->name, &line);
	if (line.len > 0)
		return;
	text_add(&line, "%s%s",
		one->kind == VALUES_URL ? "https://"
		: path                  ? "/example/"
					: "",
		one->secret ? "SECRET-" : "");
	add_name(&line, one->name, plain);
	if (one->kind == VALUES_ADDRESS)
		text_add(&line, "@mail");
	if (one->kind == VALUES_ADDRESS || one->kind == VALUES_HOST || one->kind == VALUES_URL)
		text_add(&line, ".example");
}

static int give_made_up(
	const struct provider *p, const struct variables_one *one, struct order *o, struct fault *f)
{
	char value[VALUE_MAX];
	if (given(o, one->name))
		return 0;
	make_up(p, one, value);
	return give(o, one->name, value, f);
}

static bool set_has(const struct tree_node *set, const char *name)
{
	for (const struct tree_node *n = set->child; n; n = n->next)
		if (!strcmp(n->text, name))
			return true;
	return false;
}

/* Of each set the first, unless one was given. */
static int fill_sets(const struct provider *p, struct order *o, struct fault *f)
{
	const struct tree_node *set = p->variables.one_of ? p->variables.one_of->child : NULL;
	for (; set; set = set->next) {
		bool there = false;
		for (const struct tree_node *n = set->child; n; n = n->next)
			there = there || given(o, n->text);
		const char *name = set->child ? set->child->text : "";
		const struct variables_one *first = find(p, name, strlen(name));
		if (!there && first && give_made_up(p, first, o, f) < 0)
			return -1;
	}
	return 0;
}

static bool in_a_set(const struct provider *p, const char *name)
{
	const struct tree_node *set = p->variables.one_of ? p->variables.one_of->child : NULL;
	for (; set; set = set->next)
		if (set_has(set, name))
			return true;
	return false;
}

int sample_order(
	const struct provider *p, const char *const *words, struct order *o, struct fault *f)
{
	memset(o, 0, sizeof *o);
	if (copy(o->description, sizeof o->description, "name of the file", p->name, f) < 0 ||
		copy(o->number, sizeof o->number, "number", SAMPLE_NUMBER, f) < 0 ||
		copy(o->text, sizeof o->text, "text",
			"493027 is the code for sshd on web1 (ref K7QF). Never share it.", f) < 0 ||
		copy(o->message_id, sizeof o->message_id, "id", "MESSAGE-ID", f) < 0)
		return -1;
	for (; *words; words++)
		if (take_word(p, *words, o, f) < 0)
			return -1;
	for (size_t i = 0; i < p->variables.n; i++)
		if (p->variables.at[i].required && give_made_up(p, &p->variables.at[i], o, f) < 0)
			return -1;
	return fill_sets(p, o, f);
}

int sample_optional(const struct provider *p, struct order *o, struct fault *f)
{
	for (size_t i = 0; i < p->variables.n; i++) {
		const struct variables_one *one = &p->variables.at[i];
		if (!one->fallback && !in_a_set(p, one->name) && give_made_up(p, one, o, f) < 0)
			return -1;
	}
	return 0;
}
