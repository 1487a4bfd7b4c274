/* account: the system's user behind a name (getpwnam_r).
 *
 * Owns: the only look-ups of passwd, and the list of a system user's groups.
 * MUST: find exactly the asked name (D12); tell "no such user" (ABSENT) from "could not find out"
 *       (SYSTEM, C3).
 * Never: reads GECOS or a home (F6). */
#ifndef CORE_ACCOUNT_H
#define CORE_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/fault.h"
#include "wire/talk.h"

struct account {
	char name[TALK_USER_MAX + 1];
	uid_t uid;
	gid_t gid;
};

/* 1 to 255 bytes, no '/', no control byte, no leading '-', not "." or "..". */
bool account_name_valid(const char *name) __attribute__((nonnull));

int account_find(const char *name, struct account *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
enum { ACCOUNT_GROUPS_MAX = 16 };

/* The groups of the file that list the user as a member, without its own and without root's; BAD:
 * more than ACCOUNT_GROUPS_MAX. file: ACCOUNT_GROUPS; the name services are not asked, because one
 * that is down would hold up every message. */
#define ACCOUNT_GROUPS "/etc/group"
int account_groups(const struct account *a, const char *file, gid_t out[ACCOUNT_GROUPS_MAX],
	size_t *n, struct fault *f) __attribute__((warn_unused_result, nonnull));
int account_find_uid(uid_t uid, struct account *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Every account that the system lists, in its order, for overviews only: some name services list
 * nobody, and a silent one looks like an empty one. each() returns 0 to go on; returns what it
 * stopped with. Not for two threads. */
int account_walk(int (*each)(void *ctx, const struct account *a), void *ctx, struct fault *f)
	__attribute__((warn_unused_result, nonnull(1, 3)));

#endif
