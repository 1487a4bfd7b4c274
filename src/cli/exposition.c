#include "cli/exposition.h"

#include <inttypes.h>

/* Quotes only where the text is in quotes. */
static void put_escaped(FILE *out, const char *text, int in_quotes)
{
	for (const unsigned char *s = (const unsigned char *)text; *s != 0; s++) {
		if (*s == '\\' || (*s == '"' && in_quotes))
			fprintf(out, "\\%c", *s);
		else if (*s == '\n')
			fputs("\\n", out);
		else
			fputc(*s < 0x20 || *s > 0x7e ? '?' : *s, out);
	}
}

void exposition_gauge(struct exposition *x, const char *name, const char *help)
{
	x->family = name;
	fprintf(x->out, "# HELP %s ", name);
	put_escaped(x->out, help, 0);
	fprintf(x->out, "\n# TYPE %s gauge\n", name);
}

void exposition_text(struct exposition *x, const struct exposition_label *labels, const char *value)
{
	int n = 0;

	fputs(x->family, x->out);
	for (; labels != NULL && n < EXPOSITION_LABELS && labels[n].name != NULL; n++) {
		fprintf(x->out, "%c%s=\"", n == 0 ? '{' : ',', labels[n].name);
		put_escaped(x->out, labels[n].value, 1);
		fputc('"', x->out);
	}
	fprintf(x->out, "%s %s\n", n > 0 ? "}" : "", value);
}

void exposition_integer(struct exposition *x, const struct exposition_label *labels, int64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, value);
	exposition_text(x, labels, text);
}

void exposition_milli(struct exposition *x, const struct exposition_label *labels, int64_t value)
{
	char text[40];

	snprintf(text, sizeof(text), "%" PRId64 ".%03d", value / 1000, (int)(value % 1000));
	exposition_text(x, labels, text);
}
