#include "sender/template.h"

#include <string.h>

#include "sender/alphabet.h"
#include "sender/percent.h"

#define NAME_CHARS "abcdefghijklmnopqrstuvwxyz0123456789_"

struct piece {
	const char *text;
	size_t len;
	bool names; /* what stands between { and } */
};

/* 1: a piece, 0: the end, -1: a fault. */
static int next(const char **at, struct piece *p, struct fault *f)
{
	const char *s = *at;
	if (*s == '\0')
		return 0;
	*p = (struct piece){ .text = s, .len = strcspn(s, "{}") };
	if (p->len == 0 && s[0] == s[1]) {
		p->len = 1;
		*at = s + 2;
		return 1;
	}
	if (p->len > 0) {
		*at = s + p->len;
		return 1;
	}
	size_t inside = strcspn(s + 1, "{}");
	if (*s == '}' || s[1 + inside] != '}' || strspn(s + 1, NAME_CHARS "|") < inside)
		return fault_set(f, FAULT_BAD, 0,
			"a { or } that is no placeholder: write {{ or }} for the character");
	*p = (struct piece){ .text = s + 1, .len = inside, .names = true };
	*at = s + inside + 2;
	return 1;
}

/* The names of {a|b} one by one; false after the last. */
static bool next_name(struct piece *p, const char **name, size_t *len)
{
	if (!p->text)
		return false;
	const char *bar = memchr(p->text, '|', p->len);
	*name = p->text;
	*len = bar ? (size_t)(bar - p->text) : p->len;
	p->len -= bar ? *len + 1 : *len;
	p->text = bar ? bar + 1 : NULL;
	return true;
}

int template_check(const char *text, const struct values *known, struct fault *f)
{
	struct piece p;
	int more;
	while ((more = next(&text, &p, f)) > 0) {
		const char *name;
		size_t len;
		if (!p.names)
			continue;
		while (next_name(&p, &name, &len))
			if (!values_find(known, name, len))
				return fault_set(f, FAULT_BAD, 0, "there is no variable `%.*s`",
					(int)(len < 40 ? len : 40), name);
	}
	return more;
}

int template_check_path(
	const char *text, enum values_kind kind, const struct values *known, struct fault *f)
{
	size_t len = strlen(text);
	if (text[0] == '{' && len > 2 && strspn(text + 1, NAME_CHARS) == len - 2) {
		const struct values_one *one = values_find(known, text + 1, len - 2);
		if (one && one->kind == kind && text[len - 1] == '}')
			return 0;
	} else if (!strpbrk(text, "{}") && !values_expected(kind, text)) {
		return 0;
	}
	return fault_set(f, FAULT_BAD, 0,
		"an absolute path, or one variable of kind %s and nothing else",
		kind == VALUES_PROGRAM ? "program" : "folder");
}

const char *template_path(const char *text, const struct values *v)
{
	if (text[0] != '{')
		return text;
	const struct values_one *one = values_find(v, text + 1, strlen(text) - 2);
	return one ? one->text : NULL;
}

static const struct values_one *first_set(struct piece p, const struct values *v, struct fault *f)
{
	const char *name = "";
	size_t len = 0;
	while (next_name(&p, &name, &len)) {
		const struct values_one *one = values_find(v, name, len);
		if (one && one->text)
			return one;
	}
	fault_set(f, FAULT_BAD, 0, "wants the variable `%.*s`", (int)(len < 40 ? len : 40), name);
	return NULL;
}

static int add_path(const struct values_one *one, struct buffer *out, struct fault *f)
{
	const char *s = one->text;
	/* a server may decode %2F before it resolves dot segments [authy-ssh `../sms`] */
	if (*s == '\0' || !strcmp(s, ".") || strstr(s, "..") || strpbrk(s, "/\\") ||
		alphabet_control(s))
		return fault_set(
			f, FAULT_BAD, 0, "the value of `%s` cannot stand in a URL path", one->name);
	percent_add(out, s, strlen(s));
	return 0;
}

static int add_xml(const struct values_one *one, struct buffer *out, struct fault *f)
{
	for (const char *s = one->text; *s; s++) {
		unsigned char c = (unsigned char)*s;
		if ((c < 0x20 && !strchr("\t\n\r", c)) || c == 0x7f)
			return fault_set(f, FAULT_BAD, 0, "the value of `%s` cannot stand in XML",
				one->name);
		if (c == '&')
			buffer_text(out, "&amp;");
		else if (c == '<')
			buffer_text(out, "&lt;");
		else if (c == '>')
			buffer_text(out, "&gt;");
		else if (c == '"')
			buffer_text(out, "&quot;");
		else if (c == '\'')
			buffer_text(out, "&apos;");
		else
			buffer_byte(out, c);
	}
	return 0;
}

static int add(const struct values_one *one, enum template_place place, struct buffer *out,
	struct fault *f)
{
	if (!alphabet_utf8(one->text))
		return fault_set(f, FAULT_BAD, 0, "the value of `%s` is not UTF-8", one->name);
	if (place == TEMPLATE_PATH)
		return add_path(one, out, f);
	if (place == TEMPLATE_XML)
		return add_xml(one, out, f);
	buffer_text(out, one->text);
	return 0;
}

int template_expand(const char *text, enum template_place place, const struct values *v,
	struct buffer *out, struct fault *f)
{
	struct piece p;
	int more;
	while ((more = next(&text, &p, f)) > 0) {
		if (!p.names) {
			buffer_add(out, p.text, p.len);
			continue;
		}
		const struct values_one *one = first_set(p, v, f);
		if (!one || add(one, place, out, f) < 0)
			return -1;
	}
	if (more == 0 && out->bad)
		return fault_set(f, FAULT_BAD, 0, "the request is too long");
	return more;
}

/* The words of a condition are separated by one blank. */
static bool word(const char **at, const char **start, size_t *len)
{
	*start = *at;
	*len = strcspn(*at, " ");
	*at += *len;
	if (**at == ' ')
		++*at;
	return *len > 0;
}

static bool is(const char *s, size_t len, const char *expected)
{
	return strlen(expected) == len && !memcmp(s, expected, len);
}

/* One clause: 1 holds, 0 does not, -1 malformed or unknown. */
static int clause(const char **at, const struct values *v)
{
	const char *s, *name;
	size_t len, name_len;
	if (!word(at, &s, &len))
		return -1;
	if (is(s, len, "unicode"))
		return v->unicode;
	if (is(s, len, "gsm"))
		return !v->unicode;
	bool wanted = is(s, len, "set");
	if ((!wanted && !is(s, len, "unset")) || !word(at, &name, &name_len))
		return -1;
	const struct values_one *one = values_find(v, name, name_len);
	if (!one)
		return -1;
	return (one->text != NULL) == wanted;
}

static int judge(const char *condition, const struct values *v)
{
	const char *s;
	size_t len;
	int all = 1;
	do {
		int one = clause(&condition, v);
		if (one < 0)
			return -1;
		all = all && one;
		if (*condition == '\0')
			return all;
	} while (word(&condition, &s, &len) && is(s, len, "and"));
	return -1;
}

int template_check_condition(const char *text, const struct values *known, struct fault *f)
{
	if (judge(text, known) >= 0)
		return 0;
	return fault_set(f, FAULT_BAD, 0,
		"a condition is `unicode`, `gsm`, `set NAME` or `unset NAME`, joined by `and`");
}

bool template_holds(const char *condition, const struct values *v)
{
	return judge(condition, v) == 1;
}
