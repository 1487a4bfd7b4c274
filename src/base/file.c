#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/inode.h"
#include "base/path.h"

enum {
	OPEN_AGAIN = 16, /* a file that was replaced between open and fstat is opened anew */
	NAME_AGAIN = 64, /* temporary names to try */
	BLAMED = 80,     /* of a path before a fault's text */
	POLL_FIRST_MS = 2,
	POLL_LAST_MS = 20,
};

struct file_bytes {
	const void *bytes;
	size_t len;
};

static struct inode_name name_at(int folder, const char *name)
{
	return (struct inode_name){ folder, name, strlen(name) };
}

/* The name of an open file in faults. */
static int fault_fd(int fd, enum fault_class class, int errnum, const char *what, struct fault *f)
{
	char path[PATH_MAX];

	inode_path(fd, path, sizeof path);
	struct inode_name name = name_at(-1, path);
	return inode_fault(&name, class, errnum, what, f);
}

void file_path(int fd, char *out, size_t cap)
{
	inode_path(fd, out, cap);
}

int file_blame(int fd, const char *remedy, struct fault *f)
{
	char path[BLAMED], what[sizeof f->text];

	inode_path(fd, path, sizeof path);
	memcpy(what, f->text, sizeof what);
	return fault_set(f, f->class, f->errnum, "%s: %s; %s", path, what, remedy);
}

/* --- opening (F1) --- */

int file_open_folder(const char *path, const struct inode_want *want, int *fd, struct fault *f)
{
	struct inode_name name = name_at(-1, path);
	char last[NAME_MAX + 1];
	struct stat st;
	int parent, result = -1;

	*fd = -1;
	if (path_walk(path, want->owner, &parent, last, f) < 0)
		return -1;
	int got = openat(parent, last, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (got < 0)
		inode_explain_open(parent, last, "a folder", &name, f);
	else if (fstat(got, &st) < 0)
		inode_fault(&name, FAULT_SYSTEM, errno, "cannot be judged", f);
	else
		result = inode_judge_folder(&st, want, &name, f);
	close(parent);
	if (result == 0)
		*fd = got;
	else if (got >= 0)
		close(got);
	return result;
}

static bool is_plain_name(const char *name)
{
	return name[0] && strlen(name) <= NAME_MAX && !strchr(name, '/') &&
	       strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* 0 with *fd, -1, or 1: it was replaced or removed under our hands. */
static int open_once(const struct inode_name *name, int flags, const struct inode_want *want,
	int *fd, struct fault *f)
{
	struct stat st;
	int result = -1;

	int got = openat(name->folder, name->path, flags);
	if (got < 0)
		return inode_explain_open(name->folder, name->path, "a regular file", name, f);
	if (fstat(got, &st) < 0)
		inode_fault(name, FAULT_SYSTEM, errno, "cannot be judged", f);
	else if (S_ISREG(st.st_mode) && st.st_nlink == 0)
		result = 1;
	else if (inode_judge_file(&st, want, name, f) == 0)
		result = 0;
	if (result == 0)
		*fd = got;
	else
		close(got);
	return result;
}

int file_open_at(
	int folder, const char *name, const struct inode_want *want, int *fd, struct fault *f)
{
	struct inode_name called = name_at(folder, name);
	int result = 1;

	*fd = -1;
	if (!is_plain_name(name))
		return inode_fault(&called, FAULT_BAD, 0, "not the name of a file", f);
	/* O_NONBLOCK: a FIFO in this place must not keep us waiting for its other end */
	int all = (want->flags & (O_ACCMODE | O_APPEND)) | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK |
		  O_NOCTTY;
	for (int i = 0; i < OPEN_AGAIN && result == 1; i++)
		result = open_once(&called, all, want, fd, f);
	if (result == 1)
		return inode_fault(&called, FAULT_SYSTEM, 0, "is replaced all the time", f);
	if (result == 0 && fcntl(*fd, F_SETFL, want->flags & O_APPEND) < 0) {
		result = inode_fault(&called, FAULT_SYSTEM, errno, "cannot be opened", f);
		close(*fd);
		*fd = -1;
	}
	return result;
}

int file_open(const char *path, const struct inode_want *want, int *fd, struct fault *f)
{
	char last[NAME_MAX + 1];
	int folder;

	*fd = -1;
	if (path_walk(path, want->owner, &folder, last, f) < 0)
		return -1;
	int result = file_open_at(folder, last, want, fd, f);
	close(folder);
	return result;
}

/* --- reading and writing --- */

/* Up to cap bytes from the beginning; the number of bytes, or -1. */
static ssize_t read_up_to(int fd, void *buf, size_t cap, struct fault *f)
{
	size_t have = 0;

	while (have < cap) {
		ssize_t n = pread(fd, (char *)buf + have, cap - have, (off_t)have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault_fd(fd, FAULT_SYSTEM, errno, "cannot be read", f);
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

int file_read_all(int fd, void *buf, size_t cap, size_t *len, struct fault *f)
{
	char more;

	*len = 0;
	ssize_t n = read_up_to(fd, buf, cap, f);
	if (n < 0)
		return -1;
	ssize_t beyond = (size_t)n == cap ? pread(fd, &more, 1, (off_t)cap) : 0;
	if (beyond < 0)
		return fault_fd(fd, FAULT_SYSTEM, errno, "cannot be read", f);
	if (beyond > 0)
		return fault_fd(fd, FAULT_DAMAGED, 0, "too long; make it shorter", f);
	*len = (size_t)n;
	return 0;
}

int file_read_exact(int fd, void *buf, size_t len, struct fault *f)
{
	ssize_t n = read_up_to(fd, buf, len, f);

	if (n < 0)
		return -1;
	if ((size_t)n != len)
		return fault_fd(fd, FAULT_DAMAGED, 0, "too short; restore it from a backup", f);
	return 0;
}

static int write_at(int fd, const void *bytes, size_t len, off_t offset, struct fault *f)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n =
			pwrite(fd, (const char *)bytes + done, len - done, offset + (off_t)done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fault_fd(
				fd, FAULT_SYSTEM, n < 0 ? errno : EIO, "cannot be written", f);
		done += (size_t)n;
	}
	return 0;
}

int file_sync(int fd, struct fault *f)
{
	if (fdatasync(fd) < 0)
		return fault_fd(fd, FAULT_SYSTEM, errno, "cannot be synced to the disk", f);
	return 0;
}

int file_write_synced(int fd, const void *bytes, size_t len, int64_t offset, struct fault *f)
{
	return write_at(fd, bytes, len, (off_t)offset, f) < 0 ? -1 : file_sync(fd, f);
}

int file_write_unsynced(int fd, const void *bytes, size_t len, int64_t offset, struct fault *f)
{
	return write_at(fd, bytes, len, (off_t)offset, f);
}

/* --- names that appear, change and go --- */

/* Rename tmp to name without losing a name that is there already. */
static int rename_new(int folder, const char *tmp, const char *name)
{
	if (renameat2(folder, tmp, folder, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	/* a file system that cannot: for a moment the file has two links, and who opens it then
	 * is refused */
	if (linkat(folder, tmp, folder, name, 0) < 0)
		return -1;
	return unlinkat(folder, tmp, 0);
}

static int sync_folder(int folder, struct fault *f)
{
	if (fsync(folder) < 0)
		return fault_fd(folder, FAULT_SYSTEM, errno, "cannot be synced to the disk", f);
	return 0;
}

static int fill_new(int fd, const void *bytes, size_t len, struct fault *f)
{
	/* the caller's umask may have taken bits that the owner needs */
	int rc = fchmod(fd, 0600) < 0 ? errno : 0;

	if (rc == 0 && len > 0)
		rc = posix_fallocate(fd, 0, (off_t)len);
	if (rc != 0)
		return fault_fd(fd, FAULT_SYSTEM, rc, "cannot be written", f);
	if (write_at(fd, bytes, len, 0, f) < 0)
		return -1;
	if (fsync(fd) < 0)
		return fault_fd(fd, FAULT_SYSTEM, errno, "cannot be synced to the disk", f);
	return 0;
}

/* A new file with these bytes under a name of its own. A killed writer may leave it behind: it
 * begins with a dot and is never read. */
static int write_temporary(int folder, const char *name, char tmp[NAME_MAX + 1],
	const struct file_bytes *b, struct fault *f)
{
	struct inode_name called = name_at(folder, name);
	int fd = -1;

	if (!is_plain_name(name) || strlen(name) > NAME_MAX - 48)
		return inode_fault(&called, FAULT_BAD, 0, "not the name of a file", f);
	for (int i = 0; i < NAME_AGAIN && fd < 0; i++) {
		snprintf(tmp, NAME_MAX + 1, ".%s.%d-%lld", name, (int)getpid(),
			(long long)clock_boot_ms() + i);
		fd = openat(
			folder, tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	if (fd < 0)
		return inode_fault(&called, FAULT_SYSTEM, errno, "cannot be created", f);
	int result = fill_new(fd, b->bytes, b->len, f);
	close(fd);
	if (result < 0)
		unlinkat(folder, tmp, 0);
	return result;
}

enum put_kind { PUT_NEW, PUT_OVER };

static int put(int folder, const char *name, enum put_kind kind, const struct file_bytes *b,
	struct fault *f)
{
	struct inode_name called = name_at(folder, name);
	char tmp[NAME_MAX + 1];

	if (write_temporary(folder, name, tmp, b, f) < 0)
		return -1;
	int rc = kind == PUT_NEW ? rename_new(folder, tmp, name)
				 : renameat(folder, tmp, folder, name);
	if (rc < 0) {
		int errnum = errno;
		unlinkat(folder, tmp, 0);
		return inode_fault(&called, FAULT_SYSTEM, errnum, "cannot be created", f);
	}
	if (sync_folder(folder, f) == 0)
		return 0;
	/* an old file that was replaced cannot be had back; a new one can go */
	if (kind == PUT_NEW)
		unlinkat(folder, name, 0);
	return -1;
}

int file_create_at(int folder, const char *name, const void *bytes, size_t len, struct fault *f)
{
	struct file_bytes b = { bytes, len };

	return put(folder, name, PUT_NEW, &b, f);
}

int file_replace_at(int folder, const char *name, const void *bytes, size_t len, struct fault *f)
{
	struct file_bytes b = { bytes, len };

	return put(folder, name, PUT_OVER, &b, f);
}

int file_remove_at(int folder, const char *name, struct fault *f)
{
	struct inode_name called = name_at(folder, name);

	if (!is_plain_name(name))
		return inode_fault(&called, FAULT_BAD, 0, "not the name of a file", f);
	if (unlinkat(folder, name, 0) == 0)
		return sync_folder(folder, f);
	if (errno == ENOENT)
		return inode_fault(&called, FAULT_ABSENT, 0, "not there", f);
	return inode_fault(&called, FAULT_SYSTEM, errno, "cannot be removed", f);
}

/* --- locks (F3) --- */

int file_lock(int fd, enum file_lock_kind kind, int64_t deadline_ms, struct fault *f)
{
	struct flock whole = { .l_whence = SEEK_SET };
	int64_t pause_ms = POLL_FIRST_MS;

	whole.l_type = kind == FILE_LOCK_READ ? F_RDLCK : F_WRLCK;
	for (;;) {
		if (fcntl(fd, F_OFD_SETLK, &whole) == 0)
			return 0;
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return fault_fd(fd, FAULT_SYSTEM, errno, "cannot be locked", f);
		int64_t left_ms = clock_left_ms(deadline_ms);
		if (left_ms == 0)
			return fault_fd(fd, FAULT_LATE, 0,
				"locked by another process for too long; fuser -v shows by which",
				f);
		if (pause_ms > left_ms)
			pause_ms = left_ms;
		struct timespec t = { 0, pause_ms * 1000000 };
		nanosleep(&t, NULL);
		pause_ms = pause_ms * 2 > POLL_LAST_MS ? POLL_LAST_MS : pause_ms * 2;
	}
}
