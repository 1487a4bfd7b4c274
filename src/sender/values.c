#include "sender/values.h"

#include <string.h>

#include "base/text.h"
#include "sender/alphabet.h"
#include "wire/order.h"

int values_add(struct values *v, const char *name, enum values_kind kind, const char *text)
{
	if (v->n == VALUES_MAX)
		return -1;
	v->at[v->n++] = (struct values_one){ .name = name, .kind = kind, .text = text };
	return 0;
}

const struct values_one *values_find(const struct values *v, const char *name, size_t len)
{
	for (size_t i = 0; i < v->n; i++)
		if (strlen(v->at[i].name) == len && !memcmp(v->at[i].name, name, len))
			return &v->at[i];
	return NULL;
}

int values_kind_named(const char *word, enum values_kind *kind)
{
	static const char *const words[] = { "text", "sender", "host", "label", "url", "program",
		"folder", "address" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!strcmp(words[i], word)) {
			*kind = (enum values_kind)i;
			return 0;
		}
	}
	return -1;
}

#define DIGITS    "0123456789"
#define NAME_PART "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" DIGITS "-"

static bool is_label(const char *s, size_t len)
{
	return len > 0 && len <= 63 && strspn(s, NAME_PART) >= len && s[0] != '-' &&
	       s[len - 1] != '-';
}

static bool is_port(const char *s)
{
	size_t len = strlen(s);
	return len > 0 && len <= 5 && strspn(s, DIGITS) == len;
}

/* NAME, ADDRESS or [ADDRESS], with or without :PORT; end is where the host must end. */
static bool is_host(const char *s, size_t len)
{
	char host[256];
	if (len == 0 || len >= sizeof host)
		return false;
	memcpy(host, s, len);
	host[len] = '\0';
	char *at = host;
	if (*at == '[') {
		size_t inside = strspn(at + 1, DIGITS "ABCDEFabcdef:.");
		if (inside < 2 || at[1 + inside] != ']')
			return false;
		at += inside + 2;
	} else {
		for (;;) {
			size_t label = strcspn(at, ".:");
			if (!is_label(at, label))
				return false;
			at += label;
			if (*at != '.')
				break;
			at++;
		}
	}
	return *at == '\0' || (*at == ':' && is_port(at + 1));
}

static bool is_url(const char *s)
{
	if (text_starts(s, "https://"))
		s += strlen("https://");
	else if (text_starts(s, "http://"))
		s += strlen("http://");
	else
		return false;
	size_t host = strcspn(s, "/");
	if (!is_host(s, host))
		return false;
	s += host;
	return !strstr(s, "..") && strspn(s, NAME_PART "/._~") == strlen(s);
}

/* From the root, and nowhere back: what is judged is what is used. */
static bool is_path(const char *s)
{
	size_t len = strlen(s);
	if (s[0] != '/' || len < 2 || len > ORDER_PATH_MAX || s[len - 1] == '/' ||
		!alphabet_utf8(s) || alphabet_control(s))
		return false;
	for (s = strchr(s, '/'); s; s = strchr(s + 1, '/'))
		if (!strcmp(s, "/..") || text_starts(s, "/../"))
			return false;
	return true;
}

/* LOCAL@DOMAIN of the characters that mean nothing to any mail server: no quotes, comments,
 * routes, lists or options. */
static bool is_address(const char *s)
{
	size_t local = strspn(s, NAME_PART "._+");
	if (local == 0 || local > 64 || s[local] != '@' || strlen(s) > 254 || strchr(".-", s[0]) ||
		s[local - 1] == '.' || strstr(s, ".."))
		return false;
	for (s += local + 1;; s++) {
		size_t label = strcspn(s, ".");
		if (!is_label(s, label))
			return false;
		s += label;
		if (*s == '\0')
			return true;
	}
}

const char *values_expected(enum values_kind kind, const char *text)
{
	size_t len = strlen(text);
	if (len == 0)
		return "something";
	switch (kind) {
	case VALUES_TEXT:
		return alphabet_utf8(text) && !alphabet_control(text)
			       ? NULL
			       : "text without control characters";
	case VALUES_SENDER:
		return len <= 32 && text_printable(text) ? NULL
							 : "at most 32 printable ASCII characters";
	case VALUES_HOST:
		return is_host(text, len) ? NULL : "a host name";
	case VALUES_LABEL:
		return is_label(text, len) ? NULL : "letters, digits and hyphens";
	case VALUES_URL:
		return is_url(text) ? NULL : "https://HOST or https://HOST/PATH";
	case VALUES_PROGRAM:
	case VALUES_FOLDER:
		return is_path(text) ? NULL : "an absolute path without ..";
	case VALUES_ADDRESS:
		return is_address(text) ? NULL : "one plain e-mail address";
	}
	return "a known kind";
}
