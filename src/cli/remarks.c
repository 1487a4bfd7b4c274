#include "cli/remarks.h"

#include <string.h>

#include "base/text.h"

enum { NAMES_MAX = 640 };

static bool is_given(const struct settings_route *route, const char *name)
{
	for (size_t i = 0; i < route->nvariables; i++)
		if (strcmp(route->variables[i].name, name) == 0)
			return true;
	return false;
}

static bool has_variable(const struct description *d, const char *name)
{
	for (size_t i = 0; i < d->nvariables; i++)
		if (strcmp(d->variables[i].name, name) == 0)
			return true;
	return false;
}

static void add_name(struct text_line *line, const char *name)
{
	text_add(line, "%s%s", line->len > 0 ? ", " : "", name);
}

static bool compare_missing(
	struct inspection *i, const struct settings_route *route, const struct description *d)
{
	char names[NAMES_MAX];
	struct text_line line;

	text_begin(&line, names, sizeof(names));
	for (size_t k = 0; k < d->nvariables; k++)
		if (d->variables[k].required && !is_given(route, d->variables[k].name))
			add_name(&line, d->variables[k].name);
	if (line.len == 0)
		return true;
	inspection_add(i, INSPECTION_TROUBLE, "routes",
		"%s: the description %s needs what providers.%s does not say: %s", route->name,
		d->name, route->name, names);
	return false;
}

static bool compare_unknown(
	struct inspection *i, const struct settings_route *route, const struct description *d)
{
	char names[NAMES_MAX];
	struct text_line line;

	text_begin(&line, names, sizeof(names));
	for (size_t k = 0; k < route->nvariables; k++)
		if (!has_variable(d, route->variables[k].name))
			add_name(&line, route->variables[k].name);
	if (line.len == 0)
		return true;
	inspection_add(i, INSPECTION_TROUBLE, "routes",
		"%s: the description %s has no variable called so: %s; sms-otp providers %s",
		route->name, d->name, names, d->name);
	return false;
}

/* A value that stands in a file is not looked at: the sender will. */
static bool compare_must(struct inspection *i, const struct settings_route *route,
	const struct description_variable *v)
{
	if (v->must[0] == 0)
		return true;
	for (size_t k = 0; k < route->nvariables; k++) {
		const struct settings_variable *given = &route->variables[k];

		if (strcmp(given->name, v->name) != 0 || given->is_file ||
			strcmp(given->value, v->must) == 0)
			continue;
		inspection_add(i, INSPECTION_TROUBLE, "routes",
			"%s: providers.%s.%s must be \"%s\": %s", route->name, route->name, v->name,
			v->must, v->doc);
		return false;
	}
	return true;
}

static bool compare_set(struct inspection *i, const struct settings_route *route,
	const struct description *d, uint32_t set)
{
	char names[NAMES_MAX];
	struct text_line line;
	unsigned n = 0;

	text_begin(&line, names, sizeof(names));
	for (size_t k = 0; k < d->nvariables; k++) {
		if ((set & UINT32_C(1) << k) == 0)
			continue;
		n += is_given(route, d->variables[k].name) ? 1 : 0;
		add_name(&line, d->variables[k].name);
	}
	if (n == 1)
		return true;
	inspection_add(i, INSPECTION_TROUBLE, "routes",
		"%s: the description %s wants exactly one of: %s", route->name, d->name, names);
	return false;
}

bool remarks_compare(struct inspection *i, const struct settings_route *route,
	const struct description *d, unsigned calls)
{
	bool fits = (calls & ~d->calls) == 0;

	if (!fits)
		inspection_add(i, INSPECTION_TROUBLE, "routes",
			"%s: the description %s cannot %s; take it out of %s", route->name, d->name,
			(d->calls & DESCRIPTION_SEND) == 0 ? "send texts" : "call",
			(d->calls & DESCRIPTION_SEND) == 0 ? "routes" : "voice");

	/* all of them, so that one run names all */
	fits &= compare_missing(i, route, d);
	fits &= compare_unknown(i, route, d);
	for (size_t k = 0; k < d->nvariables; k++)
		fits &= compare_must(i, route, &d->variables[k]);
	for (size_t k = 0; k < d->nsets; k++)
		fits &= compare_set(i, route, d, d->sets[k]);
	if (d->uncertain[0] != 0)
		inspection_add(i, INSPECTION_NOTE, "routes",
			"%s: the description %s is uncertain: %s", route->name, d->name,
			d->uncertain);
	if (d->weak[0] != 0)
		inspection_add(i, INSPECTION_NOTE, "routes", "%s: the description %s is weak: %s",
			route->name, d->name, d->weak);
	return fits;
}

bool remarks_inspect(struct inspection *i, const struct house *h,
	const struct settings_route *route, unsigned calls)
{
	const struct consult sender = { h->dispatch.sender_path, h->dispatch.sender_user };
	struct fault f = FAULT_INIT;
	struct description d;
	bool fits = false;

	if (description_ask(&sender, route->description, &d, &f) != 0) {
		fault_prefix(&f, "%s", route->name);
		inspection_add_fault(i, INSPECTION_TROUBLE, "routes", &f);
		return false;
	}
	if (d.fault[0] != 0)
		inspection_add(i, INSPECTION_TROUBLE, "routes", "%s: %s", route->name, d.fault);
	else
		fits = remarks_compare(i, route, &d, calls);
	description_close(&d);
	return fits;
}
