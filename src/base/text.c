#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int text_copy(char *dst, size_t cap, const char *src)
{
	size_t len = strlen(src);

	if (len >= cap) {
		if (cap > 0)
			dst[0] = '\0';
		return -1;
	}
	memcpy(dst, src, len + 1);
	return 0;
}

static bool name_byte(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '_' || c == '-';
}

void text_name(char *dst, size_t cap, const char *src, size_t max)
{
	size_t n = 0;

	if (cap == 0)
		return;
	for (; *src && n < max && n + 1 < cap; src++) {
		if (name_byte(*src))
			dst[n++] = *src;
	}
	if (n == 0 && cap > 1)
		dst[n++] = '?';
	dst[n] = '\0';
}

void text_log(char *dst, size_t cap, const char *src)
{
	size_t n = 0;

	if (cap == 0)
		return;
	for (; src[n] && n + 1 < cap; n++) {
		bool plain = src[n] >= 0x20 && src[n] <= 0x7e && src[n] != '"' && src[n] != '\\';
		dst[n] = plain ? src[n] : '?';
	}
	dst[n] = '\0';
}

bool text_printable(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s < 0x20 || *s > 0x7e)
			return false;
	}
	return true;
}

void text_begin(struct text_line *line, char *buf, size_t cap)
{
	line->buf = buf;
	line->cap = cap;
	line->len = 0;
	line->cut = false;
	buf[0] = '\0';
}

void text_add(struct text_line *line, const char *fmt, ...)
{
	va_list ap;

	if (line->cut)
		return;
	size_t room = line->cap - line->len;
	va_start(ap, fmt);
	int n = vsnprintf(line->buf + line->len, room, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < room) {
		line->len += (size_t)n;
		return;
	}
	line->cut = true;
	line->len = strnlen(line->buf, line->cap - 1);
	line->buf[line->len] = '\0';
}

void text_hex(char *dst, size_t cap, const void *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *b = bytes;
	size_t n = 0;

	for (size_t i = 0; i < len && n + 2 < cap; i++) {
		dst[n++] = digits[b[i] >> 4];
		dst[n++] = digits[b[i] & 15];
	}
	if (cap > 0)
		dst[n] = '\0';
}

bool text_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}
