#include "cli/csv.h"

#include <string.h>

/* A record under way. */
struct record {
	struct csv_record *out;
	size_t len; /* of out->text */
};

void csv_begin(struct csv_reader *r, const char *text, size_t len)
{
	static const char mark[] = "\xef\xbb\xbf";
	size_t skip = sizeof(mark) - 1;

	if (len < skip || memcmp(text, mark, skip) != 0)
		skip = 0;
	*r = (struct csv_reader){ text + skip, text + len, 1 };
}

/* LF or CRLF: how many bytes; 0: neither is here. */
static size_t break_at(const struct csv_reader *r, const char *at)
{
	if (at < r->end && *at == '\n')
		return 1;
	/* cppcheck-suppress knownConditionTrueFalse ; at == end, or *at is no newline */
	return r->end - at >= 2 && at[0] == '\r' && at[1] == '\n' ? 2 : 0;
}

static int put(struct record *rec, char c, struct fault *f)
{
	if (rec->len >= CSV_RECORD_MAX)
		return fault_set(f, FAULT_BAD, 0, "longer than %d bytes", CSV_RECORD_MAX);
	rec->out->text[rec->len++] = c;
	return 0;
}

/* Behind the opening quote, up to the closing one. */
static int take_quoted(struct csv_reader *r, struct record *rec, struct fault *f)
{
	while (r->at < r->end) {
		char c = *r->at++;

		if (c == 0)
			return fault_set(f, FAULT_BAD, 0, "a byte 0, which no text has");
		if (c == '"' && (r->at == r->end || *r->at != '"'))
			return 0;
		if (c == '"')
			r->at++;
		if (c == '\n')
			r->line++;
		if (put(rec, c, f) != 0)
			return -1;
	}
	return fault_set(f, FAULT_BAD, 0, "a quote that is never closed");
}

static int take_plain(struct csv_reader *r, struct record *rec, struct fault *f)
{
	for (; r->at < r->end && *r->at != ',' && break_at(r, r->at) == 0; r->at++) {
		if (*r->at == 0)
			return fault_set(f, FAULT_BAD, 0, "a byte 0, which no text has");
		if (*r->at == '\r')
			return fault_set(
				f, FAULT_BAD, 0, "a carriage return that does not end the line");
		if (*r->at == '"')
			return fault_set(f, FAULT_BAD, 0,
				"a quote within a field: the whole field is quoted, and a quote "
				"in it is doubled");
		if (put(rec, *r->at, f) != 0)
			return -1;
	}
	return 0;
}

static int take_field(struct csv_reader *r, struct record *rec, struct fault *f)
{
	if (rec->out->n >= CSV_FIELDS_MAX)
		return fault_set(f, FAULT_BAD, 0, "more than %d fields", CSV_FIELDS_MAX);
	rec->out->field[rec->out->n++] = rec->out->text + rec->len;
	if (r->at < r->end && *r->at == '"') {
		r->at++;
		if (take_quoted(r, rec, f) != 0)
			return -1;
		if (r->at < r->end && *r->at != ',' && break_at(r, r->at) == 0)
			return fault_set(f, FAULT_BAD, 0, "something behind a closing quote");
	} else if (take_plain(r, rec, f) != 0) {
		return -1;
	}
	return put(rec, 0, f);
}

/* The line behind the one where a bad record began: a quote that is never closed has swallowed all
 * the others. */
static void recover(struct csv_reader *r, const struct csv_reader *start)
{
	*r = *start;
	while (r->at < r->end && *r->at != '\n')
		r->at++;
	if (r->at < r->end) {
		r->at++;
		r->line++;
	}
}

static void skip_empty(struct csv_reader *r)
{
	for (size_t n = break_at(r, r->at); n > 0; n = break_at(r, r->at)) {
		r->at += n;
		r->line++;
	}
}

int csv_next(struct csv_reader *r, struct csv_record *out, struct fault *f)
{
	struct record rec = { .out = out, .len = 0 };
	struct csv_reader start;

	skip_empty(r);
	start = *r;
	out->line = r->line;
	out->n = 0;
	if (r->at == r->end)
		return 0;
	for (;;) {
		if (take_field(r, &rec, f) != 0) {
			recover(r, &start);
			return -1;
		}
		if (r->at == r->end || *r->at != ',')
			break;
		r->at++;
	}
	if (r->at < r->end) {
		r->at += break_at(r, r->at);
		r->line++;
	}
	return 1;
}

void csv_add(struct text_line *line, bool first, const char *value)
{
	bool quoted = value[strcspn(value, ",\"\r\n")] != 0;

	text_add(line, "%s%s", first ? "" : ",", quoted ? "\"" : "");
	for (const char *c = value; *c != 0; c++)
		text_add(line, "%s%c", *c == '"' ? "\"" : "", *c);
	text_add(line, "%s", quoted ? "\"" : "");
}
