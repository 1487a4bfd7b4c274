#include "sender/document.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sender/heap.h"

enum { KEY_MAX = 64 };

enum step_kind { STEP_BAD = 0, STEP_END, STEP_KEY, STEP_INDEX, STEP_ALL };

struct step {
	enum step_kind kind;
	char key[KEY_MAX + 1];
	size_t index;
};

static enum step_kind key_step(const char **at, size_t len, struct step *s)
{
	if (len == 0 || len > KEY_MAX)
		return STEP_BAD;
	memcpy(s->key, *at, len);
	s->key[len] = '\0';
	*at += len;
	return STEP_KEY;
}

/* After "[": a number, a star, or a quoted key. */
static enum step_kind bracket(const char **at, struct step *s)
{
	enum step_kind kind = STEP_BAD;
	size_t digits = strspn(*at, "0123456789");
	if (digits > 0 && digits < 6) {
		s->index = (size_t)strtoul(*at, NULL, 10);
		*at += digits;
		kind = STEP_INDEX;
	} else if (**at == '*') {
		++*at;
		kind = STEP_ALL;
	} else if (**at == '"') {
		++*at;
		kind = key_step(at, strcspn(*at, "\""), s);
		if (kind == STEP_BAD || **at != '"')
			return STEP_BAD;
		++*at;
	}
	if (**at != ']')
		return STEP_BAD;
	++*at;
	return kind;
}

static struct step next(const char **at, bool first)
{
	struct step s = { 0 };
	if (**at == '\0') {
		s.kind = first ? STEP_BAD : STEP_END;
	} else if (**at == '[') {
		++*at;
		s.kind = bracket(at, &s);
	} else {
		if (!first && **at != '.')
			return s;
		*at += first ? 0 : 1;
		s.kind = key_step(at, strcspn(*at, ".[]"), &s);
	}
	return s;
}

bool document_path_fits(const char *path)
{
	struct step s = next(&path, true);
	while (s.kind != STEP_BAD && s.kind != STEP_END)
		s = next(&path, false);
	return s.kind == STEP_END;
}

void document_open(struct document *d, unsigned status, const char *headers, const char *body)
{
	json_malloc_t usual_malloc;
	json_free_t usual_free;
	memset(d, 0, sizeof *d);
	d->status = status;
	d->headers = headers;
	d->body = body;
	/* a provider may say the message back */
	json_get_alloc_funcs(&usual_malloc, &usual_free);
	json_set_alloc_funcs(heap_malloc, heap_free);
	d->json = json_loads(body, JSON_DECODE_ANY, NULL);
	json_set_alloc_funcs(usual_malloc, usual_free);
}

void document_close(struct document *d)
{
	json_malloc_t usual_malloc;
	json_free_t usual_free;
	json_get_alloc_funcs(&usual_malloc, &usual_free);
	json_set_alloc_funcs(heap_malloc, heap_free);
	json_decref((json_t *)d->json);
	json_set_alloc_funcs(usual_malloc, usual_free);
	memset(d, 0, sizeof *d);
}

/* The nth end of the path below v; counts *nth down on the way. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as a path has steps */
static const json_t *walk(const json_t *v, const char *at, bool first, size_t *nth)
{
	struct step s = next(&at, first);
	if (!v)
		return NULL;
	if (s.kind == STEP_KEY)
		return walk(json_object_get(v, s.key), at, false, nth);
	if (s.kind == STEP_INDEX)
		return walk(json_array_get(v, s.index), at, false, nth);
	if (s.kind == STEP_ALL) {
		for (size_t i = 0; i < json_array_size(v); i++) {
			const json_t *found = walk(json_array_get(v, i), at, false, nth);
			if (found)
				return found;
		}
		return NULL;
	}
	if (s.kind != STEP_END || json_is_null(v))
		return NULL;
	return (*nth)-- == 0 ? v : NULL;
}

enum document_found document_path(
	struct document *d, const char *path, size_t nth, const char **text)
{
	const json_t *v = walk(d->json, path, true, &nth);
	*text = d->scratch;
	d->scratch[0] = '\0';
	if (!v)
		return DOCUMENT_ABSENT;
	if (json_is_string(v))
		*text = json_string_value(v);
	else if (json_is_boolean(v))
		*text = json_is_true(v) ? "true" : "false";
	else if (json_is_integer(v))
		snprintf(d->scratch, sizeof d->scratch, "%" JSON_INTEGER_FORMAT,
			json_integer_value(v));
	else if (json_is_real(v))
		snprintf(d->scratch, sizeof d->scratch, "%.10g", json_real_value(v));
	else
		return DOCUMENT_OTHER;
	return DOCUMENT_TEXT;
}

enum document_found document_header(struct document *d, const char *name, const char **text)
{
	size_t len = strlen(name);
	*text = d->scratch;
	d->scratch[0] = '\0';
	for (const char *line = d->headers; *line; line += strspn(line, "\r\n")) {
		size_t end = strcspn(line, "\r\n");
		if (end > len && !strncasecmp(line, name, len) && line[len] == ':') {
			const char *value = line + len + 1;
			value += strspn(value, " \t");
			size_t n = (size_t)(line + end - value);
			if (value > line + end)
				return DOCUMENT_ABSENT;
			/* too long to compare, and there all the same */
			if (n >= sizeof d->scratch)
				return DOCUMENT_OTHER;
			memcpy(d->scratch, value, n);
			d->scratch[n] = '\0';
			return DOCUMENT_TEXT;
		}
		line += end;
	}
	return DOCUMENT_ABSENT;
}
