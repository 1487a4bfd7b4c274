#include "sender/refusal.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sender/source.h"

static const struct {
	const char *word;
	enum receipt_outcome outcome;
} classes[] = {
	{ "recipient", RECEIPT_RECIPIENT },
	{ "account", RECEIPT_ACCOUNT },
	{ "request", RECEIPT_REQUEST },
	{ "temporary", RECEIPT_TEMPORARY },
};

enum receipt_outcome refusal_named(const char *word)
{
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (!strcmp(classes[i].word, word))
			return classes[i].outcome;
	return RECEIPT_NONE;
}

static int check_list(const struct tree_node *n, unsigned kinds, struct fault *f)
{
	const struct tree_node *one = n->kind == TREE_LIST ? n->child : n;
	if (!one)
		return tree_fault(n, f, "the list is empty");
	for (; one; one = n->kind == TREE_LIST ? one->next : NULL)
		if (!(one->kind & kinds))
			return tree_fault(one, f, "`%s` has a value of the wrong type", n->name);
	return 0;
}

static int check_entry(const struct tree_node *e, struct fault *f)
{
	static const char *const others[] = { "status", "code", "class", NULL };
	if (source_check_test(e, others, f) < 0)
		return -1;
	const struct tree_node *status = tree_find(e, "status"), *code = tree_find(e, "code");
	const struct tree_node *class = tree_find(e, "class");
	if (!class || class->kind != TREE_TEXT || refusal_named(class->text) == RECEIPT_NONE)
		return tree_fault(e, f, "class is recipient, account, request or temporary");
	if (e->length < 2)
		return tree_fault(e, f, "an entry of errors wants a status, a code or a test");
	if (status && check_list(status, TREE_INTEGER, f) < 0)
		return -1;
	return code ? check_list(code, TREE_TEXT | TREE_INTEGER, f) : 0;
}

int refusal_check(const struct tree_node *errors, struct fault *f)
{
	if (errors->kind != TREE_LIST)
		return tree_fault(errors, f, "errors is a list of groups");
	for (const struct tree_node *e = errors->child; e; e = e->next)
		if (check_entry(e, f) < 0)
			return -1;
	return 0;
}

/* "1005-1008" */
static bool in_range(const char *range, const char *code)
{
	char *end;
	size_t digits = strspn(code, "0123456789");
	if (digits == 0 || digits > 9 || code[digits] != '\0' ||
		strspn(range, "0123456789-") != strlen(range))
		return false;
	unsigned long low = strtoul(range, &end, 10);
	if (*end != '-' || end == range)
		return false;
	unsigned long high = strtoul(end + 1, NULL, 10), n = strtoul(code, NULL, 10);
	return low <= n && n <= high;
}

static bool has_code(const struct tree_node *codes, const char *code)
{
	if (code[0] == '\0')
		return false;
	if (source_among(codes, code, true))
		return true;
	const struct tree_node *n = codes->kind == TREE_LIST ? codes->child : codes;
	for (; n; n = codes->kind == TREE_LIST ? n->next : NULL)
		if (in_range(n->text, code))
			return true;
	return false;
}

static bool has_status(const struct tree_node *list, unsigned status)
{
	const struct tree_node *n = list->kind == TREE_LIST ? list->child : list;
	for (; n; n = list->kind == TREE_LIST ? n->next : NULL)
		if (n->integer == (int64_t)status)
			return true;
	return false;
}

enum receipt_outcome refusal_class(
	const struct tree_node *errors, struct document *d, const char *code)
{
	for (const struct tree_node *e = errors->child; e; e = e->next) {
		const struct tree_node *status = tree_find(e, "status");
		const struct tree_node *codes = tree_find(e, "code");
		if ((status && !has_status(status, d->status)) || (codes && !has_code(codes, code)))
			continue;
		if (source_holds(e, d))
			return refusal_named(tree_find(e, "class")->text);
	}
	return RECEIPT_NONE;
}

enum receipt_outcome refusal_by_status(unsigned status)
{
	/* a gateway that gave up waiting does not know whether the provider behind it took the
	 * message (B2, E9) */
	if (status == 408 || status == 502 || status == 504 || (status >= 520 && status <= 524))
		return RECEIPT_UNKNOWN;
	if (status == 429 || status >= 500)
		return RECEIPT_TEMPORARY;
	if (status == 401 || status == 402 || status == 403)
		return RECEIPT_ACCOUNT;
	return RECEIPT_REQUEST;
}

const char *refusal_words(enum receipt_outcome outcome, unsigned status)
{
	if (outcome == RECEIPT_ACCOUNT && status == 401)
		return "the provider refuses the credentials";
	if (outcome == RECEIPT_ACCOUNT && status == 402)
		return "the provider says that the account has no balance";
	if (outcome == RECEIPT_ACCOUNT)
		return "the provider refuses the account, its sender or its balance";
	if (outcome == RECEIPT_RECIPIENT)
		return "the provider refuses this recipient";
	if (outcome == RECEIPT_UNKNOWN)
		return "a gateway gave up waiting for the provider";
	if (outcome == RECEIPT_TEMPORARY && status == 429)
		return "the provider says that these are too many requests";
	if (outcome == RECEIPT_TEMPORARY)
		return "the provider has a trouble of its own";
	if (status >= 300 && status < 400)
		return "a redirect, which is not followed";
	return "the provider does not take this request";
}
