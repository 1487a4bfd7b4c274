#include "cli/rehearsed.h"

#include <stdbool.h>
#include <string.h>

#include "cli/description.h"

/* How a line is shown. */
enum manner {
	MANNER_FAULT = 1,
	MANNER_CALL,  /* a heading */
	MANNER_WORD,  /* on one line with what follows */
	MANNER_PLAIN, /* on a line of its own */
	MANNER_TITLED,
	MANNER_BODY, /* lines of one text, apart from what is before them */
	MANNER_END,
};

static const struct row {
	const char *key;
	enum manner manner;
	const char *title;
} rows[] = {
	{ "fault", MANNER_FAULT, "" },
	{ "call", MANNER_CALL, "" },
	{ "method", MANNER_WORD, "" },
	{ "url", MANNER_PLAIN, "" },
	{ "header", MANNER_PLAIN, "" },
	{ "note", MANNER_TITLED, "note" },
	{ "program", MANNER_TITLED, "program" },
	{ "argument", MANNER_TITLED, "argument" },
	{ "stdin", MANNER_BODY, "on its standard input" },
	{ "file", MANNER_TITLED, "file" },
	{ "content", MANNER_BODY, "its content" },
	{ "server", MANNER_TITLED, "server" },
	{ "tls", MANNER_TITLED, "TLS" },
	{ "user", MANNER_TITLED, "user" },
	{ "password", MANNER_TITLED, "password" },
	{ "from", MANNER_TITLED, "envelope from" },
	{ "to", MANNER_TITLED, "envelope to" },
	{ "message", MANNER_BODY, "the message" },
	{ "body", MANNER_BODY, "" },
	{ "end", MANNER_END, "" },
};

static const struct row *row_of(const char *key)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].key, key) == 0)
			return &rows[i];
	return NULL;
}

/* Makes lines of the text: each ends in NUL, and its '=' too. False where something is not as it
 * must be. */
static bool split(char *text)
{
	char *line = text, *end;

	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		const struct row *row;
		char *value;

		*end = 0;
		description_clean(line);
		value = strchr(line, '=');
		if (value == NULL)
			return false;
		*value = 0;
		row = row_of(line);
		if (row == NULL)
			return false;
		if (row->manner == MANNER_END)
			return end[1] == 0;
	}
	return false;
}

static void print_row(
	const struct row *row, const struct row *before, const char *value, FILE *out, FILE *faults)
{
	switch (row->manner) {
	case MANNER_FAULT:
		fprintf(faults, "%s\n", value);
		break;
	case MANNER_CALL:
		fprintf(out, "%s%s\n", before != NULL ? "\n" : "", value);
		break;
	case MANNER_WORD:
		fprintf(out, "  %s ", value);
		break;
	case MANNER_PLAIN:
		fprintf(out, "%s%s\n", before != NULL && before->manner == MANNER_WORD ? "" : "  ",
			value);
		break;
	case MANNER_TITLED:
		fprintf(out, "  %s: %s\n", row->title, value);
		break;
	case MANNER_BODY:
		if (before != row)
			fprintf(out, "%s%s%s\n", row->title[0] != 0 ? "  " : "", row->title,
				row->title[0] != 0 ? ":" : "");
		fprintf(out, "  %s\n", value);
		break;
	case MANNER_END:
		break;
	}
}

int rehearsed_print(char *text, FILE *out, FILE *faults, struct fault *f)
{
	const struct row *before = NULL, *row;

	if (!split(text))
		return fault_set(f, FAULT_PEER, 0,
			"the sender's answer is not understood; are both programs of one version?");
	for (const char *line = text; (row = row_of(line)) != NULL; before = row) {
		const char *value = line + strlen(line) + 1;

		if (row->manner == MANNER_END)
			break;
		print_row(row, before, value, out, faults);
		line = value + strlen(value) + 1;
	}
	return 0;
}
