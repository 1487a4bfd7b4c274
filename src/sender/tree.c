#include "sender/tree.h"

#include <fcntl.h>
#include <libconfig.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

enum { DEPTH_MAX = 16 };

/* NOLINTNEXTLINE(misc-no-recursion): to DEPTH_MAX */
static size_t count(const config_setting_t *s, int depth)
{
	size_t n = 1;
	if (depth > DEPTH_MAX)
		return TREE_NODES_MAX + 1;
	if (!config_setting_is_aggregate(s))
		return n;
	for (int i = 0; i < config_setting_length(s) && n <= TREE_NODES_MAX; i++)
		n += count(config_setting_get_elem(s, (unsigned)i), depth + 1);
	return n;
}

static void take_value(struct tree_node *n, const config_setting_t *s)
{
	switch (config_setting_type(s)) {
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		n->kind = TREE_INTEGER;
		n->integer = config_setting_get_int64(s);
		if (config_setting_type(s) == CONFIG_TYPE_INT)
			n->integer = config_setting_get_int(s);
		break;
	case CONFIG_TYPE_FLOAT:
		n->kind = TREE_REAL;
		n->real = config_setting_get_float(s);
		break;
	case CONFIG_TYPE_BOOL:
		n->kind = TREE_BOOLEAN;
		n->truth = config_setting_get_bool(s) != 0;
		break;
	case CONFIG_TYPE_GROUP:
		n->kind = TREE_GROUP;
		break;
	case CONFIG_TYPE_ARRAY:
	case CONFIG_TYPE_LIST:
		n->kind = TREE_LIST;
		break;
	default:
		n->kind = TREE_TEXT;
		n->text = config_setting_get_string(s);
		break;
	}
}

/* Fills one node and, behind it, its children; returns the next free node. */
/* NOLINTNEXTLINE(misc-no-recursion): count() has looked how deep */
static struct tree_node *take(struct tree_node *free, const config_setting_t *s, const char *file)
{
	struct tree_node *n = free++;
	const char *name = config_setting_name(s);
	*n = (struct tree_node){ .file = file,
		.line = (int)config_setting_source_line(s),
		.name = name ? name : "",
		.text = "" };
	take_value(n, s);
	if (!n->text)
		n->text = "";
	if (!config_setting_is_aggregate(s))
		return free;
	const struct tree_node **link = &n->child;
	n->length = (size_t)config_setting_length(s);
	for (size_t i = 0; i < n->length; i++) {
		*link = free;
		link = &free->next;
		free = take(free, config_setting_get_elem(s, (unsigned)i), file);
		/* take() has just reset the node that link points into */
	}
	return free;
}

static bool includes(const char *text)
{
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += strspn(line, " \t\r\n");
		if (text_starts(line, "@include"))
			return true;
	}
	return false;
}

int tree_parse(const char *text, const char *path, struct tree *t, struct fault *f)
{
	int rc = -1;
	memset(t, 0, sizeof *t);
	if (text_copy(t->path, sizeof t->path, path) < 0)
		return fault_set(f, FAULT_BAD, 0, "the path of a description is too long");
	if (includes(text))
		return fault_set(f, FAULT_BAD, 0, "%s: a description cannot include files", path);
	config_t *c = calloc(1, sizeof *c);
	if (!c)
		return fault_set(f, FAULT_MEMORY, 0, "out of memory");
	config_init(c);
	if (config_read_string(c, text) != CONFIG_TRUE) {
		fault_set(f, FAULT_BAD, 0, "%s:%d: %s", path, config_error_line(c),
			config_error_text(c));
		goto out;
	}
	const config_setting_t *root = config_root_setting(c);
	size_t n = count(root, 0);
	if (n > TREE_NODES_MAX) {
		fault_set(f, FAULT_BAD, 0, "%s: too large or too deep", path);
		goto out;
	}
	/* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): n is at least 1 */
	t->nodes = calloc(n, sizeof *t->nodes);
	if (!t->nodes) {
		fault_set(f, FAULT_MEMORY, 0, "out of memory");
		goto out;
	}
	take(t->nodes, root, t->path);
	t->config = c;
	return 0;
out:
	config_destroy(c);
	free(c);
	return rc;
}

int tree_read(const char *path, uid_t owner, struct tree *t, struct fault *f)
{
	const struct inode_want want = {
		.owner = owner, .forbid = 0022, .size = -1, .size_max = TREE_FILE_MAX
	};
	int rc = -1, fd = -1;
	size_t len = 0;
	char *text = NULL;
	if (file_open(path, &want, &fd, f) < 0)
		return -1;
	text = calloc(1, TREE_FILE_MAX + 1);
	if (!text) {
		fault_set(f, FAULT_MEMORY, 0, "out of memory");
		goto out;
	}
	if (file_read_all(fd, text, TREE_FILE_MAX, &len, f) < 0)
		goto out;
	if (memchr(text, 0, len)) {
		fault_set(f, FAULT_BAD, 0, "%s: has a NUL byte", path);
		goto out;
	}
	rc = tree_parse(text, path, t, f);
out:
	free(text);
	close(fd);
	return rc;
}

void tree_close(struct tree *t)
{
	if (t->config) {
		config_destroy(t->config);
		free(t->config);
	}
	free(t->nodes);
	memset(t, 0, sizeof *t);
}

const struct tree_node *tree_find(const struct tree_node *group, const char *name)
{
	if (group->kind != TREE_GROUP)
		return NULL;
	for (const struct tree_node *n = group->child; n; n = n->next)
		if (!strcmp(n->name, name))
			return n;
	return NULL;
}

int tree_fault(const struct tree_node *n, struct fault *f, const char *fmt, ...)
{
	char text[192];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return fault_set(f, FAULT_BAD, 0, "%s:%d: %s", n->file, n->line, text);
}

int tree_fault_at(const struct tree_node *n, struct fault *f)
{
	return fault_prefix(f, "%s:%d", n->file, n->line);
}
