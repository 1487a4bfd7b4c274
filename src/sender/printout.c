#include "sender/printout.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "sender/alphabet.h"

static bool shown(uint32_t c)
{
	/* C0, DEL and C1; the separators of lines and paragraphs, and the marks of direction */
	return c >= 0x20 && (c < 0x7f || c >= 0xa0) && (c < 0x2028 || c > 0x202e) &&
	       (c < 0x2066 || c > 0x2069);
}

static void add(struct buffer *out, const char *key, const char *value, size_t len)
{
	const char *end = value + len;
	buffer_text(out, key);
	buffer_byte(out, '=');
	while (value < end) {
		uint32_t c = 0;
		size_t n = alphabet_next(value, &c);
		if (n > 0 && shown(c))
			buffer_add(out, value, n);
		else
			buffer_byte(out, '?');
		value += n > 0 ? n : 1;
	}
	buffer_byte(out, '\n');
}

void printout_line(struct buffer *out, const char *key, const char *value)
{
	add(out, key, value, strlen(value));
}

void printout_lines(struct buffer *out, const char *key, const char *text)
{
	for (;;) {
		size_t len = strcspn(text, "\n");
		bool last = text[len] == '\0';
		add(out, key, text, len - (len > 0 && text[len - 1] == '\r'));
		if (last || text[len + 1] == '\0')
			return;
		text += len + 1;
	}
}

void printout_end(struct buffer *out)
{
	printout_line(out, "end", "");
}
