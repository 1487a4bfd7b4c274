/* revision: what it takes to make the enrolments what a file says.
 *
 * Owns: the comparison of both, user by user; the entry that comes of it; which numbers are to be
 *       told.
 * MUST: call unchanged what would be stored as it is; keep since and by of a number that stays;
 *       keep what the file does not say; find those who are not in the file only when told to.
 * Never: does I/O. Pure. */
#ifndef CLI_REVISION_H
#define CLI_REVISION_H

#include "cli/notification.h"
#include "cli/roll.h"
#include "cli/sheet.h"

enum revision_kind {
	REVISION_UNCHANGED = 0,
	REVISION_NEW,
	REVISION_CHANGED,
	REVISION_GONE,
	REVISION_KINDS
};

struct revision_item {
	enum revision_kind kind;
	const struct sheet_user *want;      /* NULL: GONE */
	const struct directory_entry *have; /* NULL: NEW */
};

/* The file's users in its order, then those who are gone by name. */
struct revision {
	size_t n;
	struct revision_item *at;
	size_t count[REVISION_KINDS];
};

/* What a file has, each user once, with their uid. */
struct revision_file {
	const struct sheet_user *at;
	size_t n;
};

/* sync: who is enrolled and not in the file is gone. Points into file and roll; to be freed in any
 * case. */
int revision_make(const struct revision_file *file, const struct roll *roll, bool sync,
	struct revision *out, struct fault *f) __attribute__((warn_unused_result, nonnull));
void revision_free(struct revision *r) __attribute__((nonnull));

/* The entry of a NEW or CHANGED item. What is stored anew has by "" and since 0. */
void revision_entry(const struct revision_item *item, struct directory_entry *out)
	__attribute__((nonnull));

/* What a change does to those whose numbers they were. */
enum revision_weight {
	REVISION_LIGHT = 0, /* no number goes */
	REVISION_REMOVES,   /* one goes: codes may have gone there */
	REVISION_REPLACES,  /* the first is another, one that did not stand there */
};
enum revision_weight revision_weigh(const struct directory_entry *before,
	const struct directory_entry *after) __attribute__((warn_unused_result, nonnull));

/* What a number that stood in place `place` before is to be told (F6). false: nothing. */
bool revision_notice(const struct directory_entry *before, const struct directory_entry *after,
	uint32_t place, enum notification *which) __attribute__((warn_unused_result, nonnull));

#endif
