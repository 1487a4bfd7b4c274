/* shelf: which descriptions there are, by the names of the files in the two folders.
 *
 * Owns: the list of names, sorted, each once; what can be the name of a description.
 * MUST: take a name that is in both folders as the site's; keep what cannot be the name of a
 *       description, so that somebody is told; take `outbox` as built in.
 * Never: opens a description. */
#ifndef CLI_SHELF_H
#define CLI_SHELF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

enum { SHELF_MAX = 1024, SHELF_NAME_MAX = 47 };

struct shelf_entry {
	char name[SHELF_NAME_MAX + 1]; /* without .conf, fit for a terminal; cut if need be */
	bool site;                     /* the file is in the site's folder */
	bool usable;                   /* such a description can be named in the settings */
};

struct shelf {
	size_t n;
	struct shelf_entry at[SHELF_MAX];
};

/* A folder that is not there is empty. */
int shelf_read(const char *site, const char *shipped, struct shelf *s, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* 1 to 32 of a-z 0-9 _ -, the first of them a letter or digit. */
bool shelf_name_usable(const char *name) __attribute__((nonnull));

/* The name that was probably meant, or NULL. */
const char *shelf_nearest(const struct shelf *s, const char *typed) __attribute__((nonnull));

#endif
