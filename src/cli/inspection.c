#include "cli/inspection.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
	const char *word, *key;
} levels[] = {
	[INSPECTION_FINE] = { "ok", "ok" },
	[INSPECTION_FINDING] = { "LOOK", "finding" },
	[INSPECTION_TROUBLE] = { "TROUBLE", "trouble" },
	[INSPECTION_NOTE] = { "note", "note" },
};

void inspection_begin(struct inspection *i, bool as_json)
{
	*i = (struct inspection){ .as_json = as_json };
	if (!as_json)
		return;
	json_begin(&i->json, stdout);
	json_open_object(&i->json, NULL);
	json_open_array(&i->json, "items");
}

static void open_item(
	struct inspection *i, enum inspection_level level, const char *topic, const char *text)
{
	i->counts[level]++;
	if (!i->as_json) {
		printf("%-8s %-9s %s\n", levels[level].word, topic, text);
		/* what follows may take its time at a provider */
		fflush(stdout);
		return;
	}
	json_open_object(&i->json, NULL);
	json_string(&i->json, "level", levels[level].key);
	json_string(&i->json, "topic", topic);
	json_string(&i->json, "text", text);
}

void inspection_add(
	struct inspection *i, enum inspection_level level, const char *topic, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	open_item(i, level, topic, text);
	if (i->as_json)
		json_close_object(&i->json);
}

void inspection_add_fault(
	struct inspection *i, enum inspection_level level, const char *topic, const struct fault *f)
{
	char text[384];

	inspection_add(i, level, topic, "%s", fault_text(f, text, sizeof(text)));
}

void inspection_add_line(struct inspection *i, const char *file, int line, const char *text)
{
	char where[1024];

	if (line > 0)
		snprintf(where, sizeof(where), "%s:%d: %s", file, line, text);
	else
		snprintf(where, sizeof(where), "%s: %s", file, text);
	open_item(i, INSPECTION_TROUBLE, "settings", i->as_json ? text : where);
	if (!i->as_json)
		return;
	json_string(&i->json, "file", file);
	if (line > 0)
		json_integer(&i->json, "line", line);
	json_close_object(&i->json);
}

static void print_place(struct inspection *i, enum inspection_level level,
	const struct inspection_place *p, const char *text, const char *remedy)
{
	char line[2048], where[512] = "", also[64] = "";

	if (p->file != NULL && p->line > 0)
		snprintf(where, sizeof(where), " %s:%d:", p->file, p->line);
	else if (p->file != NULL)
		snprintf(where, sizeof(where), " %s:", p->file);
	if (p->also > 0)
		snprintf(also, sizeof(also), " and %u other%s", p->also, p->also == 1 ? "" : "s");
	snprintf(line, sizeof(line), "%s%s:%s %s%s%s", p->service, also, where, text,
		remedy != NULL ? "; " : "", remedy != NULL ? remedy : "");
	open_item(i, level, "pam", line);
}

void inspection_add_place(struct inspection *i, enum inspection_level level,
	const struct inspection_place *place, const char *text, const char *remedy)
{
	if (!i->as_json) {
		print_place(i, level, place, text, remedy);
		return;
	}
	open_item(i, level, "pam", text);
	json_string(&i->json, "code", place->code);
	json_string(&i->json, "service", place->service);
	if (place->also > 0)
		json_integer(&i->json, "others", place->also);
	if (place->file != NULL)
		json_string(&i->json, "file", place->file);
	if (place->file != NULL && place->line > 0)
		json_integer(&i->json, "line", place->line);
	if (remedy != NULL)
		json_string(&i->json, "remedy", remedy);
	json_close_object(&i->json);
}

int inspection_end(struct inspection *i)
{
	enum inspection_level worst = i->counts[INSPECTION_TROUBLE] > 0   ? INSPECTION_TROUBLE
				      : i->counts[INSPECTION_FINDING] > 0 ? INSPECTION_FINDING
									  : INSPECTION_FINE;

	if (i->as_json) {
		json_close_array(&i->json);
		json_string(&i->json, "result", levels[worst].key);
		json_integer(&i->json, "findings", i->counts[INSPECTION_FINDING]);
		json_integer(&i->json, "troubles", i->counts[INSPECTION_TROUBLE]);
		json_close_object(&i->json);
		json_end(&i->json);
	} else if (worst == INSPECTION_FINE) {
		puts("All is well.");
	} else {
		printf("%u in trouble, %u to look at.\n", i->counts[INSPECTION_TROUBLE],
			i->counts[INSPECTION_FINDING]);
	}
	return (int)worst;
}
