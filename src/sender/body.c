#include "sender/body.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "sender/field.h"
#include "sender/heap.h"
#include "sender/percent.h"

int body_check_form(const struct tree_node *list, const struct values *known, struct fault *f)
{
	if (list->kind != TREE_LIST)
		return tree_fault(list, f, "`%s` is a list of fields", list->name);
	for (const struct tree_node *pair = list->child; pair; pair = pair->next) {
		enum tree_kind kind;
		if (field_check_pair(pair, known, f) < 0 ||
			field_check(pair->child->next, known, f) < 0)
			return -1;
		field_inner(pair->child->next, &kind);
		if (!(kind & (TREE_TEXT | TREE_INTEGER | TREE_BOOLEAN)))
			return tree_fault(
				pair, f, "the value of a field is a text, a number or a boolean");
	}
	return 0;
}

int body_form(
	const struct tree_node *list, const struct values *v, struct buffer *out, struct fault *f)
{
	bool first = true;
	for (const struct tree_node *pair = list->child; pair; pair = pair->next) {
		if (!field_pair_present(pair, v))
			continue;
		struct buffer value = { 0 };
		int rc = field_text(pair->child->next, v, &value, f);
		if (rc == 0) {
			buffer_text(out, first ? "" : "&");
			percent_add(out, pair->child->text, strlen(pair->child->text));
			buffer_text(out, "=");
			percent_add(out, buffer_string(&value), value.len);
			first = false;
		}
		buffer_wipe(&value);
		if (rc < 0)
			return -1;
	}
	return out->bad ? fault_set(f, FAULT_BAD, 0, "the request is too long") : 0;
}

/* The members of { a = 1; *object = ( ( "b.c", 2 ) ); }, the latter as fields. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as a description may be, 16 */
static int check_member(const struct tree_node *n, const struct values *known, struct fault *f)
{
	if (n->name[0] != '*')
		return body_check_json(n, known, f);
	if (strcmp(n->name, "*object") != 0 || n->kind != TREE_LIST)
		return tree_fault(n, f,
			"of the keys with a star only *object can stand here: "
			"*object = ( ( \"NAME\", VALUE ), ... )");
	for (const struct tree_node *pair = n->child; pair; pair = pair->next)
		if (field_check_pair(pair, known, f) < 0 ||
			body_check_json(pair->child->next, known, f) < 0)
			return -1;
	return 0;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as a description may be, 16 */
int body_check_json(const struct tree_node *value, const struct values *known, struct fault *f)
{
	enum tree_kind kind;
	if (field_check(value, known, f) < 0)
		return -1;
	const struct tree_node *n = field_inner(value, &kind);
	if (n->kind != TREE_GROUP && n->kind != TREE_LIST)
		return 0;
	if (n != value && field_wrapped(n))
		return tree_fault(n, f, "a wrapped value in a wrapped value");
	for (const struct tree_node *one = n->child; one; one = one->next)
		if ((n->kind == TREE_GROUP ? check_member(one, known, f)
					   : body_check_json(one, known, f)) < 0)
			return -1;
	return 0;
}

static json_t *build(const struct tree_node *value, const struct values *v, struct fault *f);

/* Takes member; a NULL one is the fault of build. */
static int put(json_t *object, const char *name, json_t *member, struct fault *f)
{
	if (!member)
		return -1;
	if (json_object_get(object, name)) {
		json_decref(member);
		return fault_set(f, FAULT_BAD, 0, "the JSON key `%.40s` is there twice", name);
	}
	if (json_object_set_new(object, name, member) < 0)
		return fault_set(f, FAULT_BAD, 0, "a JSON key is not UTF-8");
	return 0;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as a description may be, 16 */
static int fill_object(
	json_t *object, const struct tree_node *group, const struct values *v, struct fault *f)
{
	for (const struct tree_node *n = group->child; n; n = n->next) {
		const struct tree_node *pair = n->name[0] == '*' ? n->child : NULL;
		for (; pair; pair = pair->next)
			if (field_pair_present(pair, v) &&
				put(object, pair->child->text, build(pair->child->next, v, f), f) <
					0)
				return -1;
		if (n->name[0] != '*' && field_present(n, v) &&
			put(object, n->name, build(n, v, f), f) < 0)
			return -1;
	}
	return 0;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as a description may be, 16 */
static int fill_array(
	json_t *array, const struct tree_node *list, const struct values *v, struct fault *f)
{
	for (const struct tree_node *n = list->child; n; n = n->next) {
		json_t *member = field_present(n, v) ? build(n, v, f) : NULL;
		if (!member && field_present(n, v))
			return -1;
		if (member && json_array_append_new(array, member) < 0)
			return fault_set(f, FAULT_MEMORY, 0, "out of memory");
	}
	return 0;
}

static json_t *build_text(
	const struct tree_node *value, enum tree_kind kind, const struct values *v, struct fault *f)
{
	struct buffer text = { 0 };
	json_t *j = NULL;
	if (field_text(value, v, &text, f) == 0) {
		const char *s = buffer_string(&text);
		j = kind == TREE_INTEGER ? json_integer(strtoll(s, NULL, 10)) : json_string(s);
		if (!j)
			fault_set(f, FAULT_BAD, 0, "a value for the JSON body is not UTF-8");
	}
	buffer_wipe(&text);
	return j;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as a description may be, 16 */
static json_t *build(const struct tree_node *value, const struct values *v, struct fault *f)
{
	enum tree_kind kind;
	const struct tree_node *n = field_inner(value, &kind);
	if (kind == TREE_TEXT || kind == TREE_INTEGER)
		return build_text(value, kind, v, f);
	if (kind == TREE_BOOLEAN)
		return json_boolean(n->truth);
	if (kind == TREE_REAL)
		return json_real(n->real);
	json_t *j = kind == TREE_GROUP ? json_object() : json_array();
	if (!j) {
		fault_set(f, FAULT_MEMORY, 0, "out of memory");
		return NULL;
	}
	if ((kind == TREE_GROUP ? fill_object(j, n, v, f) : fill_array(j, n, v, f)) < 0) {
		json_decref(j);
		return NULL;
	}
	return j;
}

/* The writer keeps copies of the code and of keys. */
int body_json(
	const struct tree_node *value, const struct values *v, struct buffer *out, struct fault *f)
{
	json_malloc_t usual_malloc;
	json_free_t usual_free;
	int rc = -1;
	json_get_alloc_funcs(&usual_malloc, &usual_free);
	json_set_alloc_funcs(heap_malloc, heap_free);
	json_t *j = build(value, v, f);
	char *text = j ? json_dumps(j, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
	if (text) {
		buffer_text(out, text);
		rc = out->bad ? fault_set(f, FAULT_BAD, 0, "the request is too long") : 0;
	} else if (j) {
		fault_set(f, FAULT_MEMORY, 0, "out of memory");
	}
	heap_free(text);
	json_decref(j);
	json_set_alloc_funcs(usual_malloc, usual_free);
	return rc;
}
