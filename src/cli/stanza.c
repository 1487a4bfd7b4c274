#include "cli/stanza.h"

#include <stdio.h>
#include <string.h>

enum { ACTIVE = 1, OFFERED, INSTEAD };

/* How the i-th variable stands in the example. */
static int standing(const struct description *d, size_t i)
{
	const uint32_t bit = UINT32_C(1) << i;

	for (size_t k = 0; k < d->nsets; k++)
		if ((d->sets[k] & bit) != 0)
			/* the lowest bit of a set is the first that is declared */
			return (d->sets[k] & (~d->sets[k] + 1)) == bit ? ACTIVE : INSTEAD;
	return d->variables[i].required ? ACTIVE : OFFERED;
}

/* A key cannot begin with a digit: 46elks is called elks, and says `use`. */
static const char *block_name(const struct description *d)
{
	const char *name = d->name + strspn(d->name, "0123456789_-");

	return *name != 0 ? name : "provider";
}

static void add_quoted(struct text_line *out, const char *text)
{
	text_add(out, "\"");
	for (; *text != 0; text++)
		text_add(out, "%s%c", *text == '"' || *text == '\\' ? "\\" : "", *text);
	text_add(out, "\"");
}

/* The first secret's file is NAME.key, as everywhere in the manuals. */
static void add_file(const struct description *d, size_t i, struct text_line *out)
{
	bool first = true;

	for (size_t k = 0; k < i; k++)
		first = first && !d->variables[k].secret;
	text_add(out, "\"%s%s%s.key\"", d->name, first ? "" : "-",
		first ? "" : d->variables[i].name);
}

static void add_row(const struct description *d, size_t i, struct text_line *out)
{
	const struct description_variable *v = &d->variables[i];
	int how = standing(d, i);

	if (v->doc[0] != 0)
		text_add(out, "    # %s%s\n", how == INSTEAD ? "or instead: " : "", v->doc);
	text_add(
		out, "    %s%s%s = ", how == ACTIVE ? "" : "# ", v->name, v->secret ? "_file" : "");
	if (v->secret)
		add_file(d, i, out);
	else
		add_quoted(out, v->has_fallback ? v->fallback : "CHANGE-ME");
	text_add(out, ";\n");
}

void stanza_write(const struct description *d, struct text_line *out)
{
	const char *block = block_name(d);

	if (strcmp(d->kind, "outbox") == 0) {
		text_add(out, "routes    = [ \"outbox\" ];\n");
		return;
	}
	text_add(out, "routes    = [ \"%s\" ];\nproviders = {\n  %s = {\n", block, block);
	if (block != d->name)
		text_add(out, "    use = \"%s\";\n", d->name);
	for (size_t i = 0; i < d->nvariables; i++)
		if (standing(d, i) != OFFERED)
			add_row(d, i, out);
	for (size_t i = 0; i < d->nvariables; i++)
		if (standing(d, i) == OFFERED)
			add_row(d, i, out);
	text_add(out, "  };\n};\n");
}
