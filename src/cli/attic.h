/* attic: the folder of damaged files that were put aside.
 *
 * Owns: localstatedir/lib/sms-otp/damaged, root 0700, and the names in it: what it was, whose, and
 *       when it was put there: "record-1000.2026-11-26T07:10:00Z".
 * MUST: move a file as it is, onto no other, and have both folders on disk before it reports
 *       success; move only the file that was looked at; find again whatever is somebody's (G5).
 * Never: reads what is in a file. No login comes here. */
#ifndef CLI_ATTIC_H
#define CLI_ATTIC_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/fault.h"

enum { ATTIC_NAME_MAX = 64 };

enum attic_kind { ATTIC_NONE = 0, ATTIC_RECORD, ATTIC_ENROLMENT, ATTIC_SITE };

/* A file of a folder of ours, to be put aside. */
struct attic_item {
	enum attic_kind kind;
	uint32_t uid; /* of all but the site's */
	int folder;
	const char *name;
	const struct stat *seen; /* what fstatat said of it when it was judged */
};

/* Where it lies then goes to kept, without the folder. */
int attic_put(const char *path, const struct attic_item *item, char kept[ATTIC_NAME_MAX],
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* The time in a name; 0: not one of ours. */
int64_t attic_time(const char *name) __attribute__((nonnull));

/* Each file of ours; each() returns 0 to go on, or what the walk ends with. No folder: none. */
int attic_walk(const char *path, int (*each)(void *ctx, int folder, const char *name), void *ctx,
	struct fault *f) __attribute__((warn_unused_result, nonnull(1, 2, 4)));

/* All that is this user's. *n: how many. */
int attic_erase(const char *path, uint32_t uid, size_t *n, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
