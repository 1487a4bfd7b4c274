/* file: opening what must be ours, judged before it is believed (F1), and locks that die with
 * their holder (F3).
 *
 * Owns: the component-by-component open, the judgement by fstat, whole reads, durable writes,
 *       OFD locks.
 * MUST: follow no symbolic link in any component; judge the opened descriptor, never the path;
 *       make a new or replaced file durable (file and folder synced) before reporting success;
 *       set O_CLOEXEC; leave nothing behind on failure.
 * Never: repairs owner or mode in passing. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"
#include "base/inode.h"

/* Open a folder for use with the *_at functions. path is absolute; every component is opened
 * with O_NOFOLLOW and must be owned by root or want->owner and not writable by group or others
 * (the sticky bit excuses a parent, not the folder itself); the last one is judged by *want
 * (size is ignored). The descriptor is the caller's. ABSENT: a component is not there. DAMAGED:
 * judged wrong, the text says what and how to mend it. */
int file_open_folder(const char *path, const struct inode_want *want, int *fd, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Open the regular file name (one component) in folder, as want->flags say, and judge it: type,
 * owner, mode, one link, size. ABSENT, DAMAGED as above. */
int file_open_at(int folder, const char *name, const struct inode_want *want, int *fd,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Both at once for an absolute path. */
int file_open(const char *path, const struct inode_want *want, int *fd, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Read from offset 0 to the end; more than cap bytes is DAMAGED. Retries EINTR and short reads. */
int file_read_all(int fd, void *buf, size_t cap, size_t *len, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Read exactly len bytes from offset 0, in one call where the kernel lets us; fewer is DAMAGED. */
int file_read_exact(int fd, void *buf, size_t len, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Write exactly len bytes at offset and fdatasync. */
int file_write_synced(int fd, const void *bytes, size_t len, int64_t offset, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* fdatasync. */
int file_sync(int fd, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Write exactly len bytes at offset, and leave it to the kernel when they reach the disk. */
int file_write_unsynced(int fd, const void *bytes, size_t len, int64_t offset, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Create name (never over another, mode 0600), fully allocated with the given content, file and
 * folder synced. The name appears with its whole content or not at all. errnum EEXIST if it is
 * there already. */
int file_create_at(int folder, const char *name, const void *bytes, size_t len, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Replace or create name atomically and durably (temporary name in the same folder, rename),
 * mode 0600. */
int file_replace_at(int folder, const char *name, const void *bytes, size_t len, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Remove name and sync the folder. ABSENT if it is not there. */
int file_remove_at(int folder, const char *name, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

enum file_lock_kind { FILE_LOCK_READ = 1, FILE_LOCK_WRITE };

/* The path of an open file or folder, to name it in a fault; its end, after "...", where it is
 * longer than cap. "?" if unknown. */
void file_path(int fd, char *out, size_t cap) __attribute__((nonnull));

/* "PATH: what *f says; remedy", for faults of rooms that do not know the path. Class and errno
 * stay. Returns -1. */
int file_blame(int fd, const char *remedy, struct fault *f) __attribute__((nonnull));

/* An OFD lock on the whole file, polled until deadline_ms (LATE: somebody held it). Closing fd
 * unlocks. */
int file_lock(int fd, enum file_lock_kind kind, int64_t deadline_ms, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
