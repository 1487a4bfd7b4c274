/* spool: delivery by a file in a folder that another daemon empties.
 *
 * Owns: the group `spool`: its folders, the file's name and content, and where a message is seen
 *       again.
 * MUST: write and sync the file elsewhere on the same file system, and only then rename it into the
 *       folder, so that nobody reads half a message; leave no file behind where that failed;
 *       believe no folder that strangers may write to, unless it is root's.
 * Never: reads a file, makes a folder. */
#ifndef SENDER_SPOOL_H
#define SENDER_SPOOL_H

#include "base/fault.h"
#include "sender/buffer.h"
#include "sender/tree.h"
#include "sender/variables.h"
#include "wire/order.h"

/* Judged nodes; NULL: not said. */
struct spool {
	const struct tree_node *folder, *temporary, *sent, *failed;
	const struct tree_node *content, *number;
};

int spool_read(const struct tree_node *group, const struct variables *v, struct spool *s,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

enum { SPOOL_NAME_SIZE = 24 };

/* What is opened while files may still be opened. */
struct spool_place {
	int writable[2]; /* folder, temporary; -1: not open */
	int seen[2];     /* sent, failed */
	char name[SPOOL_NAME_SIZE];
};

/* The folders that this order needs, and a new name. v: the order's variables. */
int spool_open(const struct spool *s, const struct order *o, const struct values *v,
	struct spool_place *at, struct fault *f) __attribute__((warn_unused_result, nonnull));
void spool_close(struct spool_place *at) __attribute__((nonnull));

/* The file's content. */
int spool_fill(const struct spool *s, const struct order *o, const struct values *v,
	struct buffer *out, struct fault *f) __attribute__((warn_unused_result, nonnull));

void spool_deliver(const struct spool *s, const struct spool_place *at, const struct order *o,
	const struct values *v, struct receipt *r) __attribute__((nonnull));

#endif
