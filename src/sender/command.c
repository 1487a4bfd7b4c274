#include "sender/command.h"

#include <stdbool.h>
#include <string.h>

#include "sender/field.h"
#include "sender/refusal.h"
#include "sender/source.h"
#include "sender/template.h"

/* Names, by who may see what they stand for. */
struct names {
	struct values open; /* every local user: no secret, and nothing of the message */
	struct values own;  /* the program, without the message */
	struct values all;
};

static int read_names(const struct variables *v, struct names *names)
{
	memset(names, 0, sizeof *names);
	for (size_t i = 0; i < v->n; i++)
		if (!v->at[i].secret &&
			values_add(&names->open, v->at[i].name, v->at[i].kind, NULL) < 0)
			return -1;
	if (values_add(&names->open, "number", VALUES_TEXT, NULL) < 0 ||
		variables_names(v, &names->own) < 0 ||
		values_add(&names->own, "number", VALUES_TEXT, NULL) < 0)
		return -1;
	names->all = names->own;
	if (values_add(&names->all, "text", VALUES_TEXT, NULL) < 0)
		return -1;
	return values_add(&names->all, "code", VALUES_TEXT, NULL);
}

static int check_argument(const struct tree_node *n, const struct names *names, struct fault *f)
{
	enum tree_kind kind;
	if (field_check(n, &names->all, f) < 0)
		return -1;
	if (field_check(n, &names->open, f) < 0)
		return tree_fault(n, f,
			"an argument can be read by every local user: {text}, {code} and secrets "
			"stand in stdin only");
	field_inner(n, &kind);
	if (kind != TREE_TEXT && kind != TREE_INTEGER)
		return tree_fault(n, f, "an argument is a text or a whole number");
	return 0;
}

static int check_arguments(const struct tree_node *list, const struct names *names, struct fault *f)
{
	if (list->kind != TREE_LIST || list->length > COMMAND_ARGUMENTS_MAX)
		return tree_fault(
			list, f, "arguments is a list of at most %d values", COMMAND_ARGUMENTS_MAX);
	for (const struct tree_node *n = list->child; n; n = n->next)
		if (check_argument(n, names, f) < 0)
			return -1;
	return 0;
}

static int check_input(const struct tree_node *n, const struct names *names, struct fault *f)
{
	if (n->kind != TREE_TEXT)
		return tree_fault(n, f, "stdin is a text");
	if (template_check(n->text, &names->all, f) < 0)
		return tree_fault_at(n, f);
	/* nothing of the message in it: that would be lost */
	if (template_check(n->text, &names->own, f) == 0)
		return tree_fault(n, f, "stdin has neither {text} nor {code}");
	return 0;
}

static int check_exit(const struct tree_node *n, struct fault *f)
{
	const struct tree_node *one = n->kind == TREE_LIST ? n->child : n;
	if (!one)
		return tree_fault(n, f, "the list is empty");
	for (; one; one = n->kind == TREE_LIST ? one->next : NULL)
		if (one->kind != TREE_INTEGER || one->integer < 0 || one->integer > 255)
			return tree_fault(one, f, "an exit status is a number from 0 to 255");
	return 0;
}

/* A program's output has no headers. */
static int check_test(const struct tree_node *n, const char *const *others, struct fault *f)
{
	if (source_check_test(n, others, f) < 0)
		return -1;
	const struct tree_node *header = tree_find(n, "header");
	return header ? tree_fault(header, f, "a program has no headers: use regex or path") : 0;
}

static int check_success(const struct tree_node *group, struct fault *f)
{
	static const char *const none[] = { NULL };
	if (group->kind != TREE_GROUP)
		return tree_fault(group, f, "success is a group: { exit = 0; }");
	const struct tree_node *status = tree_find(group, "exit"), *all = tree_find(group, "all");
	for (const struct tree_node *n = group->child; n; n = n->next)
		if (n != status && n != all)
			return tree_fault(
				n, f, "success has exit and all here, and no `%s`", n->name);
	if (!status)
		return tree_fault(group, f, "success wants an exit");
	if (check_exit(status, f) < 0)
		return -1;
	if (all && all->kind != TREE_LIST)
		return tree_fault(all, f, "all is a list of tests: ( { regex = ...; }, ... )");
	for (const struct tree_node *n = all ? all->child : NULL; n; n = n->next)
		if (check_test(n, none, f) < 0)
			return -1;
	return 0;
}

static int check_error(const struct tree_node *e, struct fault *f)
{
	static const char *const others[] = { "exit", "class", NULL };
	if (check_test(e, others, f) < 0)
		return -1;
	const struct tree_node *class = tree_find(e, "class"), *status = tree_find(e, "exit");
	if (!class || class->kind != TREE_TEXT || refusal_named(class->text) == RECEIPT_NONE)
		return tree_fault(e, f, "class is recipient, account, request or temporary");
	if (e->length < 2)
		return tree_fault(e, f, "an entry of errors wants an exit or a test");
	return status ? check_exit(status, f) : 0;
}

static int check_errors(const struct tree_node *list, struct fault *f)
{
	if (list->kind != TREE_LIST)
		return tree_fault(list, f, "errors is a list of groups");
	for (const struct tree_node *e = list->child; e; e = e->next)
		if (check_error(e, f) < 0)
			return -1;
	return 0;
}

static int check_program(const struct tree_node *n, const struct values *open, struct fault *f)
{
	if (n->kind != TREE_TEXT)
		return tree_fault(n, f, "program is a text");
	if (template_check_path(n->text, VALUES_PROGRAM, open, f) < 0)
		return tree_fault_at(n, f);
	return 0;
}

static int check_all(const struct command *c, const struct names *names, struct fault *f)
{
	if (check_program(c->program, &names->open, f) < 0 || check_success(c->success, f) < 0)
		return -1;
	if (c->arguments && check_arguments(c->arguments, names, f) < 0)
		return -1;
	if (c->input && check_input(c->input, names, f) < 0)
		return -1;
	if (c->number && parcel_check_form(c->number, f) < 0)
		return -1;
	if (c->id && source_check(c->id, f) < 0)
		return -1;
	return c->errors ? check_errors(c->errors, f) : 0;
}

int command_read(const struct tree_node *group, const struct variables *v, struct command *c,
	struct fault *f)
{
	const struct {
		const char *name;
		const struct tree_node **node;
	} keys[] = {
		{ "program", &c->program },
		{ "arguments", &c->arguments },
		{ "stdin", &c->input },
		{ "number", &c->number },
		{ "success", &c->success },
		{ "id", &c->id },
		{ "errors", &c->errors },
	};
	struct names names;
	memset(c, 0, sizeof *c);
	if (group->kind != TREE_GROUP)
		return tree_fault(group, f, "`command` is a group");
	if (read_names(v, &names) < 0)
		return tree_fault(group, f, "too many variables");
	for (const struct tree_node *n = group->child; n; n = n->next) {
		size_t i = 0;
		while (i < sizeof keys / sizeof *keys && strcmp(keys[i].name, n->name) != 0)
			i++;
		if (i == sizeof keys / sizeof *keys)
			return tree_fault(n, f, "`command` has no `%s`", n->name);
		*keys[i].node = n;
	}
	if (!c->program || !c->success)
		return tree_fault(group, f, "command wants program and success");
	return check_all(c, &names, f);
}

static int fill_arguments(
	const struct command *c, const struct values *v, struct command_sheet *s, struct fault *f)
{
	const struct tree_node *n = c->arguments ? c->arguments->child : NULL;
	size_t given = 0;
	for (; n; n = n->next) {
		struct buffer *to = &s->arguments[given];
		if (!field_present(n, v))
			continue;
		if (field_text(n, v, to, f) < 0)
			return -1;
		if (to->bad)
			return fault_set(f, FAULT_MEMORY, 0, "out of memory");
		s->argv[1 + given++] = buffer_string(to);
	}
	return 0;
}

static int fill(const struct command *c, const struct order *o, struct values *v,
	struct command_sheet *s, struct fault *f)
{
	s->argv[0] = template_path(c->program->text, v);
	if (!s->argv[0])
		return fault_set(f, FAULT_BAD, 0, "the variable for the program is not set");
	if (parcel_pack(&s->parcel, c->number, o, v, f) < 0 || fill_arguments(c, v, s, f) < 0)
		return -1;
	if (values_add(v, "text", VALUES_TEXT, o->text) < 0)
		return fault_set(f, FAULT_MEMORY, 0, "out of memory");
	return template_expand(
		c->input ? c->input->text : "{text}", TEMPLATE_PLAIN, v, &s->input, f);
}

int command_fill(const struct command *c, const struct order *o, const struct values *v,
	struct command_sheet *s, struct fault *f)
{
	struct values all = *v;
	memset(s, 0, sizeof *s);
	if (fill(c, o, &all, s, f) == 0)
		return 0;
	command_wipe(s);
	return -1;
}

void command_wipe(struct command_sheet *s)
{
	for (size_t i = 0; i < COMMAND_ARGUMENTS_MAX; i++)
		buffer_wipe(&s->arguments[i]);
	buffer_wipe(&s->input);
	parcel_wipe(&s->parcel);
}
