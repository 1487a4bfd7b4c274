#include "cli/cmd_providers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/places.h"
#include "cli/description.h"
#include "cli/json.h"
#include "cli/shelf.h"
#include "cli/speech.h"
#include "cli/stanza.h"

enum { CALLS_MAX = 32, MARK_MAX = 24, INDENT = 14 };

static const struct consult sender = { PLACES_SENDER, PLACES_SENDER_USER };

/* The shelf with what is in it. */
struct stock {
	struct shelf shelf;
	struct description *all; /* one for each of the shelf's entries */
	char (*faults)[384];     /* "": none */
};

static void close_stock(struct stock *s)
{
	for (size_t i = 0; s->all != NULL && i < s->shelf.n; i++)
		description_close(&s->all[i]);
	free(s->all);
	free(s->faults);
}

/* A fault of one description is no reason not to show the others. */
static int look_at(struct stock *s, size_t i, struct fault *f)
{
	const struct shelf_entry *e = &s->shelf.at[i];

	if (!e->usable) {
		snprintf(s->faults[i], sizeof(s->faults[i]),
			"%s/%s.conf: cannot be named in the settings: a name is 1 to 32 of a-z 0-9 "
			"_ -",
			e->site ? PLACES_PROVIDERS_SITE : PLACES_PROVIDERS_SHIPPED, e->name);
		return 0;
	}
	if (description_ask(&sender, e->name, &s->all[i], f) != 0) {
		/* without a sender there is nothing to show at all */
		if (f->class != FAULT_PEER && f->class != FAULT_LATE)
			return -1;
		fault_text(f, s->faults[i], sizeof(s->faults[i]));
	} else {
		snprintf(s->faults[i], sizeof(s->faults[i]), "%s", s->all[i].fault);
	}
	return 0;
}

static int fill_stock(struct stock *s, struct fault *f)
{
	if (shelf_read(PLACES_PROVIDERS_SITE, PLACES_PROVIDERS_SHIPPED, &s->shelf, f) != 0)
		return -1;
	s->all = calloc(s->shelf.n, sizeof(*s->all));
	s->faults = calloc(s->shelf.n, sizeof(*s->faults));
	if (s->all == NULL || s->faults == NULL)
		return fault_set(f, FAULT_MEMORY, 0, "out of memory");
	for (size_t i = 0; i < s->shelf.n; i++)
		if (look_at(s, i, f) != 0)
			return -1;
	return 0;
}

/* Characters, as a terminal counts most of them. */
static int width(const char *text)
{
	int n = 0;

	for (; *text != 0; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void print_padded(const char *text, int to)
{
	printf("%s%*s  ", text, to - width(text), "");
}

static const char *mark_of(const struct description *d)
{
	bool uncertain = d->uncertain[0] != 0, weak = d->weak[0] != 0;

	return uncertain && weak ? "uncertain, weak" : uncertain ? "uncertain" : weak ? "weak" : "";
}

/* The columns' widths, from what stands in them. */
struct columns {
	int name, vendor, calls, kind;
};

static void widen(int *to, const char *text)
{
	if (width(text) > *to)
		*to = width(text);
}

static struct columns measure(const struct stock *s)
{
	struct columns c = { 0 };
	char calls[CALLS_MAX];

	for (size_t i = 0; i < s->shelf.n; i++) {
		widen(&c.name, s->shelf.at[i].name);
		if (s->faults[i][0] != 0)
			continue;
		widen(&c.vendor, s->all[i].vendor);
		widen(&c.calls, description_calls(&s->all[i], calls, sizeof(calls)));
		widen(&c.kind, s->all[i].kind);
	}
	return c;
}

static void print_row(const struct stock *s, size_t i, const struct columns *c)
{
	const struct description *d = &s->all[i];
	char calls[CALLS_MAX];

	print_padded(s->shelf.at[i].name, c->name);
	if (s->faults[i][0] != 0) {
		printf("FAULTY: %s\n", s->faults[i]);
		return;
	}
	print_padded(d->vendor, c->vendor);
	print_padded(description_calls(d, calls, sizeof(calls)), c->calls);
	if (mark_of(d)[0] != 0)
		print_padded(d->kind, c->kind);
	printf("%s\n", mark_of(d)[0] != 0 ? mark_of(d) : d->kind);
}

static const char *or_null(const char *text)
{
	return text[0] != 0 ? text : NULL;
}

static void json_calls(struct json *j, const struct description *d)
{
	static const char *const names[] = { "sms", "voice", "reports", "check" };

	json_open_array(j, "calls");
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((d->calls & 1u << i) != 0)
			json_string(j, NULL, names[i]);
	json_close_array(j);
}

/* Members of the object that is open, of a description without a fault. */
static void json_facts(struct json *j, const struct description *d)
{
	json_string(j, "vendor", d->vendor);
	json_string(j, "kind", d->kind);
	json_calls(j, d);
	json_string(j, "file", or_null(d->file));
	json_string(j, "doc", or_null(d->doc));
	json_string(j, "confidence", or_null(d->confidence));
	json_string(j, "uncertain", or_null(d->uncertain));
	json_string(j, "weak", or_null(d->weak));
	json_string(j, "notes", or_null(d->notes));
}

static void print_stock_json(const struct stock *s)
{
	struct json j;

	json_begin(&j, stdout);
	json_open_array(&j, NULL);
	for (size_t i = 0; i < s->shelf.n; i++) {
		json_open_object(&j, NULL);
		json_string(&j, "name", s->shelf.at[i].name);
		json_string(&j, "fault", or_null(s->faults[i]));
		if (s->faults[i][0] == 0)
			json_facts(&j, &s->all[i]);
		json_close_object(&j);
	}
	json_close_array(&j);
	json_end(&j);
}

static int list(bool as_json)
{
	static struct stock s;
	struct fault f = FAULT_INIT;
	int rc = SPEECH_YES;

	if (fill_stock(&s, &f) != 0) {
		close_stock(&s);
		return speech_fault(&f);
	}
	struct columns c = measure(&s);
	for (size_t i = 0; i < s.shelf.n; i++) {
		if (!as_json)
			print_row(&s, i, &c);
		if (s.faults[i][0] != 0)
			rc = SPEECH_NO;
	}
	if (as_json)
		print_stock_json(&s);
	close_stock(&s);
	return rc;
}

static void print_fact(const char *what, const char *text)
{
	if (text[0] != 0)
		printf("  %-*s%s\n", INDENT - 2, what, text);
}

static void print_variables(const struct description *d)
{
	struct columns c = { .name = width("VARIABLE"), .kind = width("KIND") };

	if (d->nvariables == 0)
		return;
	for (size_t i = 0; i < d->nvariables; i++) {
		widen(&c.name, d->variables[i].name);
		widen(&c.kind, d->variables[i].kind);
	}
	putchar('\n');
	print_padded("VARIABLE", c.name);
	printf("NEEDED  SECRET  ");
	print_padded("KIND", c.kind);
	puts("WHAT");
	for (size_t i = 0; i < d->nvariables; i++) {
		const struct description_variable *v = &d->variables[i];

		print_padded(v->name, c.name);
		printf("%-6s  %-6s  ", v->required ? "yes" : "no", v->secret ? "yes" : "no");
		print_padded(v->kind, c.kind);
		printf("%s", v->doc);
		if (v->has_fallback)
			printf("%s%s if not given", v->doc[0] != 0 ? "; " : "", v->fallback);
		if (v->must[0] != 0)
			printf("%smust be %s", v->doc[0] != 0 ? "; " : "", v->must);
		putchar('\n');
	}
}

static void print_sets(const struct description *d)
{
	for (size_t k = 0; k < d->nsets; k++) {
		bool first = true;

		printf("Exactly one of ");
		for (size_t i = 0; i < d->nvariables; i++) {
			if ((d->sets[k] & UINT32_C(1) << i) == 0)
				continue;
			printf("%s%s", first ? "" : ", ", d->variables[i].name);
			first = false;
		}
		puts(" must be given.");
	}
}

static void print_page(const struct description *d, const char *example)
{
	char calls[CALLS_MAX];

	printf("%s: %s\n", d->name, d->vendor);
	print_fact("kind", d->kind);
	print_fact("calls", description_calls(d, calls, sizeof(calls)));
	print_fact("file", d->file);
	print_fact("documents", d->doc);
	print_fact("confidence", d->confidence);
	print_fact("uncertain", d->uncertain);
	print_fact("weak", d->weak);
	print_fact("notes", d->notes);
	print_variables(d);
	print_sets(d);
	printf("\nExample for %s:\n\n%s", PLACES_SETTINGS, example);
}

static void json_variables(struct json *j, const struct description *d)
{
	json_open_array(j, "variables");
	for (size_t i = 0; i < d->nvariables; i++) {
		const struct description_variable *v = &d->variables[i];

		json_open_object(j, NULL);
		json_string(j, "name", v->name);
		json_string(j, "kind", v->kind);
		json_boolean(j, "required", v->required);
		json_boolean(j, "secret", v->secret);
		json_string(j, "fallback", v->has_fallback ? v->fallback : NULL);
		json_string(j, "must", or_null(v->must));
		json_string(j, "doc", or_null(v->doc));
		json_close_object(j);
	}
	json_close_array(j);
	json_open_array(j, "one_of");
	for (size_t k = 0; k < d->nsets; k++) {
		json_open_array(j, NULL);
		for (size_t i = 0; i < d->nvariables; i++)
			if ((d->sets[k] & UINT32_C(1) << i) != 0)
				json_string(j, NULL, d->variables[i].name);
		json_close_array(j);
	}
	json_close_array(j);
}

static void print_page_json(const struct description *d, const char *example)
{
	struct json j;

	json_begin(&j, stdout);
	json_open_object(&j, NULL);
	json_string(&j, "name", d->name);
	json_facts(&j, d);
	json_variables(&j, d);
	json_string(&j, "example", example);
	json_close_object(&j);
	json_end(&j);
}

static int no_such(const char *name)
{
	static struct shelf shelf;
	struct fault f = FAULT_INIT;
	const char *nearest = NULL;
	char shown[SHELF_NAME_MAX + 1];

	text_log(shown, sizeof(shown), name);
	if (shelf_read(PLACES_PROVIDERS_SITE, PLACES_PROVIDERS_SHIPPED, &shelf, &f) == 0)
		nearest = shelf_nearest(&shelf, name);
	if (nearest != NULL)
		return speech_no("there is no description %s; did you mean %s?", shown, nearest);
	return speech_no("there is no description %s; sms-otp providers lists all", shown);
}

static int show(const char *name, bool as_json)
{
	struct fault f = FAULT_INIT;
	struct description d;
	struct text_line line;
	char example[STANZA_MAX];

	if (!shelf_name_usable(name))
		return no_such(name);
	if (description_ask(&sender, name, &d, &f) != 0)
		return speech_fault(&f);
	if (d.fault[0] != 0) {
		int rc = d.file[0] != 0 ? speech_no("%s", d.fault) : no_such(name);

		description_close(&d);
		return rc;
	}
	text_begin(&line, example, sizeof(example));
	stanza_write(&d, &line);
	if (as_json)
		print_page_json(&d, example);
	else
		print_page(&d, example);
	description_close(&d);
	return SPEECH_YES;
}

int cmd_providers(const struct invocation *a)
{
	bool as_json = invocation_has(a, OPTION_JSON);

	return a->operands[0] != NULL ? show(a->operands[0], as_json) : list(as_json);
}
