/* roll: everybody who is enrolled, in memory, by name.
 *
 * Owns: the list of all entries of the directory, sorted by name and uid; how many are damaged.
 * MUST: have every entry that can be read; keep the first of the damaged ones' faults.
 * Never: prints, changes anything. */
#ifndef CLI_ROLL_H
#define CLI_ROLL_H

#include "core/directory.h"

/* Empty: all zero. */
struct roll {
	size_t n, room;
	struct directory_entry *at;
	size_t damaged;
	struct fault first; /* of the damaged ones */
};

/* *r is to be freed in any case. */
int roll_read(const struct directory *d, struct roll *r, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
void roll_free(struct roll *r) __attribute__((nonnull));

/* NULL: nobody of this name and uid. */
const struct directory_entry *roll_find(const struct roll *r, const char *name, uint32_t uid)
	__attribute__((nonnull));

/* Two entries would be the same file. */
bool roll_same(const struct directory_entry *a, const struct directory_entry *b)
	__attribute__((warn_unused_result, nonnull));

#endif
