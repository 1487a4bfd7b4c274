/* inode: what an opened file or folder is, judged (F1) and put in words.
 *
 * Owns: the rules of owner, mode, kind, links and size, and the sentences that name path, fault
 *       and remedy.
 * MUST: judge a struct stat that came from a descriptor; name a remedy that a person can type.
 * Never: opens, repairs. Only base/file and base/path ask it. */
#ifndef BASE_INODE_H
#define BASE_INODE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/fault.h"

/* What a file or folder must be. forbid: mode bits that must not be set, 0077 for secrets and
 * state, 0022 for settings. */
struct inode_want {
	uid_t owner;
	mode_t forbid;
	int64_t size;     /* exact size, or -1 for any */
	int64_t size_max; /* refuse larger; 0: no limit */
	/* how to open a file: 0 is O_RDONLY; O_RDWR, O_WRONLY, with O_APPEND if wished */
	int flags;
};

/* What to call a thing in a fault: the first len bytes of path, or, where folder is not -1, path
 * taken from that folder. */
struct inode_name {
	int folder;
	const char *path;
	size_t len;
};

/* Owned by root or owner, and neither group nor others can rename what is in it. */
int inode_judge_parent(const struct stat *st, uid_t owner, const struct inode_name *name,
	struct fault *f) __attribute__((warn_unused_result, nonnull));
int inode_judge_folder(const struct stat *st, const struct inode_want *want,
	const struct inode_name *name, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
int inode_judge_file(const struct stat *st, const struct inode_want *want,
	const struct inode_name *name, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* It is something else than wanted ("a regular file"). Returns -1. */
int inode_wrong_kind(const struct stat *st, const char *wanted, const struct inode_name *name,
	struct fault *f) __attribute__((nonnull));
/* "NAME: what", with errnum. Returns -1. */
int inode_fault(const struct inode_name *name, enum fault_class class, int errnum, const char *what,
	struct fault *f) __attribute__((nonnull));

/* Why opening entry in folder failed with errno: ABSENT, DAMAGED for another kind than wanted,
 * or SYSTEM. Returns -1. */
int inode_explain_open(int folder, const char *entry, const char *wanted,
	const struct inode_name *name, struct fault *f) __attribute__((nonnull));

/* The path of an open descriptor; its end, after "...", where cap is too short; "?" where it is
 * unknown. cap >= 8. */
void inode_path(int fd, char *out, size_t cap) __attribute__((nonnull));

#endif
