/* group: the names of a user's groups, as the system's databases have them.
 *
 * Owns: the look-ups of groups (getgrouplist, getgrgid_r, getgrnam_r).
 * MUST: tell "these are all" from "could not find out" (C6): getgrouplist leaves out, without a
 *       word, what a name service that is down would have said, and getgrnam_r tells of the last
 *       service only; so each is asked by itself for a group that nobody has. A group without a
 *       name is not left out either.
 * Never: takes an error for an absence. */
#ifndef CORE_GROUP_H
#define CORE_GROUP_H

#include <stdbool.h>

#include "base/fault.h"
#include "core/account.h"
#include "core/pattern.h"

/* Empty: { NULL, 0 }. The words lie in memory of this room. */
struct group_names {
	char *text;
	struct pattern_words words;
};

int group_names_of(const struct account *a, struct group_names *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
void group_free(struct group_names *g) __attribute__((nonnull));

/* 0: every service that the file names for groups has answered. -1: one has not, or it cannot be
 * told which there are. */
#define GROUP_SWITCH "/etc/nsswitch.conf"
int group_services_answer(const char *file, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Is there a group of this name? -1: that cannot be found out. */
int group_exists(const char *name, bool *exists, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
