/* draft: a copy of the settings file beside it, to be edited, and the way back.
 *
 * Owns: the copy (NAME.edit, root only, made exclusively, so that two who edit find each other),
 *       the exchange of the files.
 * MUST: exchange atomically and durably, with the mode of the old file; refuse when the file is no
 *       longer what was copied.
 * Never: judges the settings, asks, prints. */
#ifndef CLI_DRAFT_H
#define CLI_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/fault.h"

enum { DRAFT_MAX = 262144, DRAFT_PATH_MAX = 272 };

struct draft {
	int folder;
	char path[DRAFT_PATH_MAX];                       /* of the copy */
	char name[DRAFT_PATH_MAX], copy[DRAFT_PATH_MAX]; /* in the folder */
	bool existed;
	mode_t mode;
	size_t len;
	char *before; /* len bytes: what was copied */
};

/* path: absolute. sample: what the copy holds when there is no file yet. errnum EEXIST: a copy is
 * there already. */
int draft_begin(const char *path, const char *sample, struct draft *d, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* Forget a copy that is there already, so that draft_begin finds none. */
int draft_discard_old(const char *path, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* Take up the copy that is there already. */
int draft_resume(const char *path, struct draft *d, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* 1: the copy differs from the file, 0: it does not, -1. */
int draft_changed(const struct draft *d, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

int draft_install(struct draft *d, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Close; remove the copy unless it is to be kept. */
void draft_end(struct draft *d, bool keep) __attribute__((nonnull));

#endif
