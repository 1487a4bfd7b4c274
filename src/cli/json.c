#include "cli/json.h"

#include <inttypes.h>
#include <stdlib.h>

void json_begin(struct json *j, FILE *out)
{
	*j = (struct json){ .out = out };
}

void json_end(struct json *j)
{
	if (j->depth != 0)
		abort();
	fputc('\n', j->out);
}

static unsigned continuation_bytes(unsigned char lead)
{
	if (lead >= 0xc2 && lead <= 0xdf)
		return 1;
	if (lead >= 0xe0 && lead <= 0xef)
		return 2;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 3;
	return 0;
}

/* Bytes of the valid UTF-8 character at s, or 0. s is NUL-terminated, so that reading stops in
 * time. */
static unsigned utf8_length(const unsigned char *s)
{
	unsigned n = continuation_bytes(s[0]);

	if (n == 0)
		return 0;
	for (unsigned i = 1; i <= n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* overlong forms, surrogates, beyond U+10FFFF */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
		(s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n + 1;
}

static void put_text(struct json *j, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	fputc('"', j->out);
	while (*s != 0) {
		unsigned n = utf8_length(s);

		if (n > 0) {
			fwrite(s, 1, n, j->out);
			s += n;
			continue;
		}
		if (*s == '"' || *s == '\\')
			fprintf(j->out, "\\%c", *s);
		else if (*s < 0x20 || *s == 0x7f)
			fprintf(j->out, "\\u%04x", *s);
		else if (*s < 0x80)
			fputc(*s, j->out);
		else
			fputs("\\ufffd", j->out);
		s++;
	}
	fputc('"', j->out);
}

static void new_line(struct json *j)
{
	fputc('\n', j->out);
	for (unsigned i = 0; i < j->depth; i++)
		fputs("  ", j->out);
}

/* The comma before a value, its line, its key. */
static void lead(struct json *j, const char *key)
{
	if (j->filled[j->depth])
		fputc(',', j->out);
	if (j->depth > 0)
		new_line(j);
	j->filled[j->depth] = true;
	if (key != NULL) {
		put_text(j, key);
		fputs(": ", j->out);
	}
}

static void open_nest(struct json *j, const char *key, char bracket)
{
	lead(j, key);
	fputc(bracket, j->out);
	if (++j->depth >= JSON_DEPTH_MAX)
		abort();
	j->filled[j->depth] = false;
}

static void close_nest(struct json *j, char bracket)
{
	bool filled = j->filled[j->depth];

	if (j->depth == 0)
		abort();
	j->depth--;
	if (filled)
		new_line(j);
	fputc(bracket, j->out);
}

void json_open_object(struct json *j, const char *key)
{
	open_nest(j, key, '{');
}

void json_close_object(struct json *j)
{
	close_nest(j, '}');
}

void json_open_array(struct json *j, const char *key)
{
	open_nest(j, key, '[');
}

void json_close_array(struct json *j)
{
	close_nest(j, ']');
}

void json_string(struct json *j, const char *key, const char *value)
{
	lead(j, key);
	if (value == NULL)
		fputs("null", j->out);
	else
		put_text(j, value);
}

void json_integer(struct json *j, const char *key, int64_t value)
{
	lead(j, key);
	fprintf(j->out, "%" PRId64, value);
}

void json_boolean(struct json *j, const char *key, bool value)
{
	lead(j, key);
	fputs(value ? "true" : "false", j->out);
}
