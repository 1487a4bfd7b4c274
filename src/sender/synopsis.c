#include "sender/synopsis.h"

#include <stdbool.h>

#include "sender/printout.h"

static const char *yes_no(bool truth)
{
	return truth ? "yes" : "no";
}

static const char *kind_word(enum values_kind kind)
{
	static const char *const words[] = { "text", "sender", "host", "label", "url", "program",
		"folder", "address" };
	enum values_kind named;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (values_kind_named(words[i], &named) == 0 && named == kind)
			return words[i];
	return "text";
}

static const char *delivery_word(enum provider_kind kind)
{
	return kind == PROVIDER_COMMAND ? "command"
	       : kind == PROVIDER_SPOOL ? "spool"
	       : kind == PROVIDER_MAIL  ? "mail"
					: "http";
}

/* A text at the top of the description, where it is there. */
static void add_top(const struct provider *p, const char *key, struct buffer *out)
{
	const struct tree_node *n = tree_find(p->tree.nodes, key);
	if (n && n->kind == TREE_TEXT && n->text[0])
		printout_line(out, key, n->text);
}

static void add_calls(const struct provider *p, struct buffer *out)
{
	struct buffer calls = { 0 };
	bool http = p->kind == PROVIDER_HTTP;
	/* the others have one way to deliver, and find out by themselves whether it is there */
	buffer_text(&calls, "send");
	if (http && p->voice.action != ORDER_ACTION_NONE)
		buffer_text(&calls, " voice");
	if ((http && p->poll.action != ORDER_ACTION_NONE) ||
		(p->kind == PROVIDER_SPOOL && (p->spool.sent || p->spool.failed)))
		buffer_text(&calls, " poll");
	if (!http || p->check.action != ORDER_ACTION_NONE)
		buffer_text(&calls, " check");
	printout_line(out, "calls", buffer_string(&calls));
	buffer_wipe(&calls);
}

static void add_variable(const struct variables_one *v, struct buffer *out)
{
	printout_line(out, "variable", v->name);
	printout_line(out, "variable.required", yes_no(v->required));
	printout_line(out, "variable.secret", yes_no(v->secret));
	printout_line(out, "variable.kind", kind_word(v->kind));
	if (v->fallback)
		printout_line(out, "variable.fallback", v->fallback);
	if (v->must)
		printout_line(out, "variable.must", v->must);
	if (v->doc[0])
		printout_line(out, "variable.doc", v->doc);
}

static void add_set(const struct tree_node *set, struct buffer *out)
{
	struct buffer names = { 0 };
	for (const struct tree_node *n = set->child; n; n = n->next) {
		if (n != set->child)
			buffer_byte(&names, ' ');
		buffer_text(&names, n->text);
	}
	printout_line(out, "one_of", buffer_string(&names));
	buffer_wipe(&names);
}

void synopsis_write(const struct provider *p, struct buffer *out)
{
	static const char *const texts[] = { "doc", "confidence", "uncertain", "weak", "notes" };
	const struct tree_node *one_of = p->variables.one_of;
	printout_line(out, "name", p->name);
	printout_line(out, "file", p->tree.path);
	printout_line(out, "kind", delivery_word(p->kind));
	printout_line(out, "vendor", p->vendor);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		add_top(p, texts[i], out);
	add_calls(p, out);
	for (size_t i = 0; i < p->variables.n; i++)
		add_variable(&p->variables.at[i], out);
	for (const struct tree_node *set = one_of ? one_of->child : NULL; set; set = set->next)
		add_set(set, out);
	printout_end(out);
}

void synopsis_outbox(struct buffer *out)
{
	printout_line(out, "name", "outbox");
	printout_line(out, "kind", "outbox");
	printout_line(out, "vendor", "a file on this machine, for trying");
	printout_line(out, "confidence", "built in");
	printout_line(out, "notes",
		"Codes go to a file, not to a phone: for trying and testing only. sms-otp outbox "
		"prints them.");
	printout_line(out, "calls", "send voice poll check");
	printout_end(out);
}

void synopsis_fault(const char *name, const char *file, const struct fault *f, struct buffer *out)
{
	char text[320];
	printout_line(out, "name", name);
	if (*file)
		printout_line(out, "file", file);
	printout_line(out, "fault", fault_text(f, text, sizeof text));
	printout_end(out);
}
