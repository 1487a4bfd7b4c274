#include "sender/field.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "sender/alphabet.h"
#include "sender/template.h"

bool field_wrapped(const struct tree_node *value)
{
	return value->kind == TREE_GROUP && value->child && value->child->name[0] == '*' &&
	       strcmp(value->child->name, "*object") != 0;
}

/* The value inside { *xml = ...; }; the group itself where there is none, which is a fault. */
static const struct tree_node *wrapping(const struct tree_node *value)
{
	static const char *const names[] = { "*value", "*xml", "*hex16", "*integer" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct tree_node *n = tree_find(value, names[i]);
		if (n)
			return n;
	}
	return value;
}

static int check_wrapped(const struct tree_node *value, const struct values *known, struct fault *f)
{
	const struct tree_node *when = tree_find(value, "*when"), *inner = wrapping(value);
	if (inner == value || value->length != (when ? 2u : 1u))
		return tree_fault(value, f,
			"a wrapped value is { *value, *xml, *hex16 or *integer = ...; } with or "
			"without *when");
	if (when && when->kind != TREE_TEXT)
		return tree_fault(when, f, "*when is a text");
	if (when && template_check_condition(when->text, known, f) < 0)
		return tree_fault_at(when, f);
	if (strcmp(inner->name, "*value") != 0 && inner->kind != TREE_TEXT)
		return tree_fault(inner, f, "%s is a text", inner->name);
	return 0;
}

int field_check(const struct tree_node *value, const struct values *known, struct fault *f)
{
	if (field_wrapped(value)) {
		if (check_wrapped(value, known, f) < 0)
			return -1;
		value = wrapping(value);
	}
	if (value->kind == TREE_TEXT && template_check(value->text, known, f) < 0)
		return tree_fault_at(value, f);
	return 0;
}

bool field_present(const struct tree_node *value, const struct values *v)
{
	const struct tree_node *when = field_wrapped(value) ? tree_find(value, "*when") : NULL;
	return !when || template_holds(when->text, v);
}

const struct tree_node *field_inner(const struct tree_node *value, enum tree_kind *kind)
{
	const struct tree_node *inner = field_wrapped(value) ? wrapping(value) : value;
	*kind = inner->kind;
	if (!strcmp(inner->name, "*integer"))
		*kind = TREE_INTEGER;
	return inner;
}

/* UTF-16 big endian in hex, as Jasmin's hex-content wants it. */
static int add_hex16(const char *s, struct buffer *out, struct fault *f)
{
	char hex[12];
	uint32_t c;
	size_t n;
	for (; *s; s += n) {
		n = alphabet_next(s, &c);
		if (n == 0)
			return fault_set(f, FAULT_BAD, 0, "a value is not UTF-8");
		if (c < 0x10000)
			snprintf(hex, sizeof hex, "%04x", (unsigned)c);
		else
			snprintf(hex, sizeof hex, "%04x%04x", 0xd800u + ((c - 0x10000) >> 10),
				0xdc00u + ((c - 0x10000) & 0x3ff));
		buffer_text(out, hex);
	}
	return 0;
}

static int add_integer(const char *s, struct buffer *out, struct fault *f)
{
	size_t len = strlen(s);
	if (len == 0 || len > 18 || strspn(s, "0123456789") != len)
		return fault_set(f, FAULT_BAD, 0, "an *integer is not a whole number");
	buffer_text(out, s);
	return 0;
}

static int expand(
	const struct tree_node *n, const struct values *v, struct buffer *out, struct fault *f)
{
	if (!strcmp(n->name, "*xml"))
		return template_expand(n->text, TEMPLATE_XML, v, out, f);
	if (strcmp(n->name, "*hex16") != 0 && strcmp(n->name, "*integer") != 0)
		return template_expand(n->text, TEMPLATE_PLAIN, v, out, f);
	struct buffer plain = { 0 };
	int rc = template_expand(n->text, TEMPLATE_PLAIN, v, &plain, f);
	if (rc == 0)
		rc = !strcmp(n->name, "*hex16") ? add_hex16(buffer_string(&plain), out, f)
						: add_integer(buffer_string(&plain), out, f);
	buffer_wipe(&plain);
	return rc;
}

int field_text(
	const struct tree_node *value, const struct values *v, struct buffer *out, struct fault *f)
{
	char number[24];
	enum tree_kind kind;
	const struct tree_node *n = field_inner(value, &kind);
	if (n->kind == TREE_TEXT)
		return expand(n, v, out, f);
	if (n->kind == TREE_BOOLEAN) {
		buffer_text(out, n->truth ? "true" : "false");
		return 0;
	}
	if (n->kind != TREE_INTEGER)
		return tree_fault(
			n, f, "only a text, a whole number, true or false can stand here");
	snprintf(number, sizeof number, "%lld", (long long)n->integer);
	buffer_text(out, number);
	return 0;
}

int field_check_pair(const struct tree_node *pair, const struct values *known, struct fault *f)
{
	const struct tree_node *name = pair->child;
	if (pair->kind != TREE_LIST || pair->length < 2 || pair->length > 3 ||
		name->kind != TREE_TEXT || name->text[0] == '\0')
		return tree_fault(
			pair, f, "a field is ( \"NAME\", VALUE ) or ( \"NAME\", VALUE, \"WHEN\" )");
	const struct tree_node *when = name->next->next;
	if (!when)
		return 0;
	if (when->kind != TREE_TEXT)
		return tree_fault(when, f, "the condition of a field is a text");
	return template_check_condition(when->text, known, f) < 0 ? tree_fault_at(when, f) : 0;
}

bool field_pair_present(const struct tree_node *pair, const struct values *v)
{
	const struct tree_node *when = pair->child->next->next;
	return (!when || template_holds(when->text, v)) && field_present(pair->child->next, v);
}
