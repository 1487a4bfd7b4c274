#include "sender/acceptance.h"

#include <string.h>

#include "sender/source.h"

static int check_statuses(const struct tree_node *status, struct fault *f)
{
	const struct tree_node *n = status->kind == TREE_LIST ? status->child : status;
	if (!n)
		return tree_fault(status, f, "the list of statuses is empty");
	for (; n; n = status->kind == TREE_LIST ? n->next : NULL)
		if (n->kind != TREE_INTEGER || n->integer < 200 || n->integer > 299)
			return tree_fault(n, f, "a status of success is a number from 200 to 299");
	return 0;
}

static int check_tests(const struct tree_node *all, struct fault *f)
{
	static const char *const none[] = { NULL };
	if (all->kind != TREE_LIST)
		return tree_fault(all, f, "all is a list of tests: ( { path = ...; }, ... )");
	for (const struct tree_node *n = all->child; n; n = n->next)
		if (source_check_test(n, none, f) < 0)
			return -1;
	return 0;
}

int acceptance_check(const struct tree_node *success, struct fault *f)
{
	const struct tree_node *status = tree_find(success, "status");
	const struct tree_node *all = tree_find(success, "all");
	for (const struct tree_node *n = success->child; n; n = n->next)
		if (n != status && n != all)
			return tree_fault(n, f, "success has status and all, and no `%s`", n->name);
	if (!status)
		return tree_fault(success, f, "success wants a status");
	if (check_statuses(status, f) < 0)
		return -1;
	return all ? check_tests(all, f) : 0;
}

bool acceptance_status(const struct tree_node *success, unsigned status)
{
	const struct tree_node *list = tree_find(success, "status");
	const struct tree_node *n = list->kind == TREE_LIST ? list->child : list;
	for (; n; n = list->kind == TREE_LIST ? n->next : NULL)
		if (n->integer == (int64_t)status)
			return true;
	return false;
}

bool acceptance_holds(const struct tree_node *success, struct document *d)
{
	const struct tree_node *all = tree_find(success, "all");
	if (!acceptance_status(success, d->status))
		return false;
	for (const struct tree_node *n = all ? all->child : NULL; n; n = n->next)
		if (!source_holds(n, d))
			return false;
	return true;
}
