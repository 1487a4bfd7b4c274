/* tree: a description file as a tree of typed nodes with file and line.
 *
 * Owns: libconfig, as far as the sender goes; nobody else here sees it.
 * MUST: refuse a file that is not a regular file of *owner, or is writable by others; refuse
 *       included files, NUL bytes, files over 64 KiB, trees over 2048 nodes; name file and line
 *       in every fault.
 * Never: knows what a key means. */
#ifndef SENDER_TREE_H
#define SENDER_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"

enum { TREE_FILE_MAX = 65536, TREE_NODES_MAX = 2048, TREE_PATH_MAX = 255 };

/* Bits, so that what may stand in a place is a set. An array and a list are both a list. */
enum tree_kind {
	TREE_GROUP = 1,
	TREE_LIST = 2,
	TREE_TEXT = 4,
	TREE_INTEGER = 8,
	TREE_REAL = 16,
	TREE_BOOLEAN = 32,
};

struct tree_node {
	enum tree_kind kind;
	const char *file;
	int line;
	const char *name; /* "" in a list and at the root */
	const char *text; /* "" unless TREE_TEXT */
	int64_t integer;
	double real;
	bool truth;
	size_t length; /* children of a group or list */
	const struct tree_node *child, *next;
};

struct tree {
	char path[TREE_PATH_MAX + 1];
	void *config;
	struct tree_node *nodes; /* nodes[0] is the root, a group */
};

/* ABSENT: there is no such file. tree_close after success only. */
int tree_read(const char *path, uid_t owner, struct tree *t, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* The same from text; path is shown in faults. */
int tree_parse(const char *text, const char *path, struct tree *t, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
void tree_close(struct tree *t) __attribute__((nonnull));

/* The member of a group, or NULL. */
const struct tree_node *tree_find(const struct tree_node *group, const char *name)
	__attribute__((nonnull));

/* FAULT_BAD with "FILE:LINE: TEXT". Returns -1. */
int tree_fault(const struct tree_node *n, struct fault *f, const char *fmt, ...)
	__attribute__((format(printf, 3, 4), nonnull));

/* The fault that *f holds, with the place of n before it. Returns -1. */
int tree_fault_at(const struct tree_node *n, struct fault *f) __attribute__((nonnull));

#endif
