/* directory: which user has which phone.
 *
 * Owns: localstatedir/lib/sms-otp/users, one libconfig file a user, named by uid
 *       (directory_file.c is the only source today).
 * MUST: tell "not enrolled" (ABSENT: the folder was read, there is no file) from "could not find
 *       out" (all other classes, C3); refuse a file whose user name differs from the account's
 *       (DAMAGED, a reused uid); write atomically and durably.
 * Never: looks into a home or GECOS (F6). */
#ifndef CORE_DIRECTORY_H
#define CORE_DIRECTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "core/account.h"
#include "core/enrolment.h"

struct directory {
	int folder; /* -1: closed */
};

/* A folder that is not there is DAMAGED: then nobody knows who is enrolled (C3). */
int directory_open(const char *path, struct directory *d, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
void directory_close(struct directory *d) __attribute__((nonnull));

int directory_find(const struct directory *d, const struct account *account,
	struct directory_entry *out, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Create or replace. */
int directory_store(const struct directory *d, const struct directory_entry *entry, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* Create; errnum EEXIST tells that there is an entry. */
int directory_create(const struct directory *d, const struct directory_entry *entry,
	struct fault *f) __attribute__((warn_unused_result, nonnull));
int directory_remove(const struct directory *d, uint32_t uid, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Walk all entries in the folder's order, streaming. each() returns 0 to go on; *entry is NULL
 * with *f set for a damaged file (the walk goes on); uid is UINT32_MAX for a name that is no
 * enrolment's. Returns what each() stopped with, 0 at the end, -1 when the folder cannot be
 * read. */
int directory_walk(const struct directory *d,
	int (*each)(void *ctx, uint32_t uid, const struct directory_entry *entry,
		const struct fault *f),
	void *ctx, struct fault *f) __attribute__((warn_unused_result, nonnull(1, 2, 4)));

#endif
