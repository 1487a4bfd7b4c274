#include "sender/recital.h"

#include <string.h>

#include "sender/field.h"
#include "sender/letter.h"
#include "sender/parcel.h"
#include "sender/printout.h"
#include "sender/template.h"

/* One text, expanded, as one line or several. */
static int add_text(const char *key, const struct tree_node *n, const struct values *v,
	struct buffer *out, struct fault *f)
{
	struct buffer text = { 0 };
	int rc = template_expand(n->text, TEMPLATE_PLAIN, v, &text, f);
	if (rc == 0)
		printout_lines(out, key, buffer_string(&text));
	buffer_wipe(&text);
	return rc;
}

static int add_path(const char *key, const struct tree_node *n, const struct values *v,
	struct buffer *out, struct fault *f)
{
	const char *path = template_path(n->text, v);
	if (!path)
		return fault_set(f, FAULT_BAD, 0, "the variable of `%s` is not set", n->name);
	printout_line(out, key, path);
	return 0;
}

static int add_arguments(
	const struct tree_node *list, const struct values *v, struct buffer *out, struct fault *f)
{
	for (const struct tree_node *n = list ? list->child : NULL; n; n = n->next) {
		struct buffer text = { 0 };
		int rc = 0;
		if (field_present(n, v)) {
			rc = field_text(n, v, &text, f);
			if (rc == 0)
				printout_line(out, "argument", buffer_string(&text));
		}
		buffer_wipe(&text);
		if (rc < 0)
			return -1;
	}
	return 0;
}

static int recite_command(
	const struct command *c, const struct values *v, struct buffer *out, struct fault *f)
{
	static const struct tree_node text = { .kind = TREE_TEXT, .text = "{text}" };
	if (add_path("program", c->program, v, out, f) < 0 ||
		add_arguments(c->arguments, v, out, f) < 0)
		return -1;
	return add_text("stdin", c->input ? c->input : &text, v, out, f);
}

static int recite_spool(
	const struct spool *s, const struct values *v, struct buffer *out, struct fault *f)
{
	if (add_path("file", s->folder, v, out, f) < 0)
		return -1;
	printout_line(out, "note", "in that folder, with a name of its own: smsotp-...");
	return add_text("content", s->content, v, out, f);
}

/* Nothing for a node that is not there, or wants a variable that is not set. */
static void expand_optional(const struct tree_node *n, const struct values *v, struct buffer *out)
{
	struct fault unset = FAULT_INIT;
	if (n && template_expand(n->text, TEMPLATE_PLAIN, v, out, &unset) < 0)
		buffer_wipe(out);
}

static void add_optional(
	const char *key, const struct tree_node *n, const struct values *v, struct buffer *out)
{
	struct buffer text = { 0 };
	expand_optional(n, v, &text);
	if (text.len > 0)
		printout_line(out, key, buffer_string(&text));
	buffer_wipe(&text);
}

/* The mail itself, of a day long ago. */
static int add_letter(
	const struct mail *m, const struct values *v, struct buffer *out, struct fault *f)
{
	struct buffer from = { 0 }, to = { 0 }, subject = { 0 }, text = { 0 }, whole = { 0 };
	int rc = -1;
	if (template_expand(m->from->text, TEMPLATE_PLAIN, v, &from, f) < 0 ||
		template_expand(m->to->text, TEMPLATE_PLAIN, v, &to, f) < 0 ||
		template_expand(m->text->text, TEMPLATE_PLAIN, v, &text, f) < 0)
		goto out;
	expand_optional(m->subject, v, &subject);
	const struct letter l = {
		.from = buffer_string(&from),
		.to = buffer_string(&to),
		.subject = buffer_string(&subject),
		.text = buffer_string(&text),
	};
	rc = letter_write(&l, &whole, f);
	if (rc == 0)
		printout_lines(out, "message", buffer_string(&whole));
out:
	buffer_wipe(&from);
	buffer_wipe(&to);
	buffer_wipe(&subject);
	buffer_wipe(&text);
	buffer_wipe(&whole);
	return rc;
}

static int recite_mail(
	const struct mail *m, const struct values *v, struct buffer *out, struct fault *f)
{
	if (add_text("server", m->server, v, out, f) < 0 || add_text("tls", m->tls, v, out, f) < 0)
		return -1;
	add_optional("user", m->user, v, out);
	add_optional("password", m->password, v, out);
	if (add_text("from", m->from, v, out, f) < 0 || add_text("to", m->to, v, out, f) < 0)
		return -1;
	printout_line(out, "note", "the date and the message's id are those of its sending");
	return add_letter(m, v, out, f);
}

static const struct tree_node *number_of(const struct provider *p)
{
	return p->kind == PROVIDER_COMMAND ? p->command.number
	       : p->kind == PROVIDER_SPOOL ? p->spool.number
					   : p->mail.number;
}

int recital_write(
	const struct provider *p, const struct order *o, struct buffer *out, struct fault *f)
{
	struct values v = { 0 };
	struct parcel parcel = { 0 };
	int rc = -1;
	if (variables_bind(&p->variables, o, &v, f) < 0 ||
		parcel_pack(&parcel, number_of(p), o, &v, f) < 0)
		goto out;
	if (values_add(&v, "text", VALUES_TEXT, o->text) < 0) {
		fault_set(f, FAULT_MEMORY, 0, "out of memory");
		goto out;
	}
	printout_line(out, "call", "send");
	rc = p->kind == PROVIDER_COMMAND ? recite_command(&p->command, &v, out, f)
	     : p->kind == PROVIDER_SPOOL ? recite_spool(&p->spool, &v, out, f)
					 : recite_mail(&p->mail, &v, out, f);
out:
	parcel_wipe(&parcel);
	return rc;
}
