/* recorder: what a program does to the disk, in the order in which it does it. Preloaded into the real engine and the real
 * command, it appends each write, sync and change of a name below RECORD_ROOT to the file RECORD_LOG, and each frame that is
 * sent: what somebody was told, or handed.
 *
 * Pessimistic where several processes write: a write and a frame are noted before they happen, a sync and a name after. What
 * it does not know of shows: the log, played to its end, must be what lies on the disk (tests/model/power.c). */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "stream.h"

static int log_fd = -1;
static dev_t root_dev;
/* RECORD_DIE=KIND:N: killed in place of the N-th write, sync or move. */
static enum stream_kind die_kind;
static int die_at;

__attribute__((constructor)) static void begin(void)
{
	const char *log = getenv("RECORD_LOG"), *root = getenv("RECORD_ROOT");
	struct stat st;

	if (!log || !root || stat(root, &st) < 0)
		return;
	root_dev = st.st_dev;
	int fd = open(log, O_WRONLY | O_APPEND | O_CLOEXEC);
	const char *die = getenv("RECORD_DIE");
	if (die) {
		die_kind = *die == 'w' ? STREAM_WRITE : *die == 's' ? STREAM_SYNC : STREAM_MOVE;
		die_at = (int)strtol(strchr(die, ':') + 1, NULL, 10);
	}
	/* beyond what the programs close or count */
	log_fd = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 900);
	if (fd >= 0)
		syscall(SYS_close, fd);
}

static bool ours(int fd, struct stat *st)
{
	return log_fd >= 0 && fstat(fd, st) == 0 && st->st_dev == root_dev;
}

static void fate(enum stream_kind kind)
{
	if (kind == die_kind && --die_at == 0)
		kill(getpid(), SIGKILL);
}

struct piece {
	const char *name, *other;
	const void *data;
	size_t len;
};

static void note(struct stream_head h, struct piece p)
{
	int keep = errno;

	h.pid = (uint32_t)getpid();
	h.name_len = p.name ? (uint32_t)strlen(p.name) : 0;
	h.other_len = p.other ? (uint32_t)strlen(p.other) : 0;
	h.data_len = (uint32_t)p.len;
	struct iovec all[] = { { &h, sizeof h }, { (void *)(uintptr_t)p.name, h.name_len },
		{ (void *)(uintptr_t)p.other, h.other_len }, { (void *)(uintptr_t)p.data, p.len } };
	ssize_t want = (ssize_t)(sizeof h + h.name_len + h.other_len + p.len);
	if (log_fd >= 0 && writev(log_fd, all, 4) != want)
		abort();
	errno = keep;
}

/* ISO C has no way from an object's address to a function's but its bytes. */
#define REAL(name)                                                                                 \
	__extension__({                                                                            \
		void *found = dlsym(RTLD_NEXT, #name);                                             \
		__typeof__(&name) real;                                                            \
		memcpy(&real, &found, sizeof real);                                                \
		real;                                                                              \
	})
#define SEEN __attribute__((visibility("default")))

static void note_write(int fd, const void *bytes, size_t n, off_t at)
{
	struct stat st;

	if (!ours(fd, &st) || !S_ISREG(st.st_mode))
		return;
	fate(STREAM_WRITE);
	note((struct stream_head){ .kind = STREAM_WRITE, .ino = st.st_ino, .at = at },
		(struct piece){ .data = bytes, .len = n });
}

SEEN ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
	note_write(fd, bytes, n, at);
	return REAL(pwrite64)(fd, bytes, n, at);
}

SEEN ssize_t write(int fd, const void *bytes, size_t n)
{
	struct stat st;

	if (fd != log_fd && ours(fd, &st) && S_ISREG(st.st_mode))
		note_write(fd, bytes, n, lseek(fd, 0, SEEK_CUR));
	return REAL(write)(fd, bytes, n);
}

static int noted_size(int rc, int fd, off_t size)
{
	struct stat st;

	if (rc == 0 && ours(fd, &st))
		note((struct stream_head){ .kind = STREAM_SIZE, .ino = st.st_ino, .at = size },
			(struct piece){ .name = NULL });
	return rc;
}

SEEN int posix_fallocate64(int fd, off64_t at, off64_t n)
{
	return noted_size(REAL(posix_fallocate64)(fd, at, n), fd, at + n);
}

SEEN int ftruncate64(int fd, off64_t n)
{
	return noted_size(REAL(ftruncate64)(fd, n), fd, n);
}

static int noted_sync(int rc, int fd)
{
	struct stat st;

	if (rc == 0 && ours(fd, &st))
		note((struct stream_head){ .kind = STREAM_SYNC, .ino = st.st_ino },
			(struct piece){ .name = NULL });
	return rc;
}

SEEN int fdatasync(int fd)
{
	fate(STREAM_SYNC);
	return noted_sync(REAL(fdatasync)(fd), fd);
}

SEEN int fsync(int fd)
{
	fate(STREAM_SYNC);
	return noted_sync(REAL(fsync)(fd), fd);
}

/* --- names --- */

static ino_t folder_ino(int folder)
{
	struct stat st;

	return ours(folder, &st) ? st.st_ino : 0;
}

/* name now stands for the inode that it stands for. */
static void note_name(enum stream_kind kind, int folder, const char *name, const char *other)
{
	int keep = errno;
	struct stat st;

	if (folder_ino(folder) != 0 &&
		fstatat(folder, other ? other : name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		note(
			(struct stream_head){
				.kind = kind, .dir = folder_ino(folder), .ino = st.st_ino },
			(struct piece){ .name = name, .other = other });
	errno = keep;
}

static int opened(int fd, int folder, const char *name, int flags)
{
	if (fd >= 0 && (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		note_name(STREAM_MAKE, folder, name, NULL);
	return fd;
}

SEEN int openat64(int folder, const char *name, int flags, ...)
{
	va_list more;

	va_start(more, flags);
	int mode = flags & O_CREAT ? va_arg(more, int) : 0;
	va_end(more);
	return opened(REAL(openat64)(folder, name, flags, mode), folder, name, flags);
}

SEEN int mkdirat(int folder, const char *name, mode_t mode)
{
	int rc = REAL(mkdirat)(folder, name, mode);

	if (rc == 0)
		note_name(STREAM_FOLDER, folder, name, NULL);
	return rc;
}

SEEN int renameat(int from, const char *name, int to, const char *other)
{
	fate(STREAM_MOVE);
	int rc = REAL(renameat)(from, name, to, other);

	if (rc == 0)
		note_name(STREAM_MOVE, to, name, other);
	return rc;
}

SEEN int renameat2(int from, const char *name, int to, const char *other, unsigned flags)
{
	fate(STREAM_MOVE);
	int rc = REAL(renameat2)(from, name, to, other, flags);

	if (rc == 0)
		note_name(STREAM_MOVE, to, name, other);
	return rc;
}

SEEN int linkat(int from, const char *name, int to, const char *other, int flags)
{
	int rc = REAL(linkat)(from, name, to, other, flags);

	if (rc == 0)
		note_name(STREAM_LINK, to, name, other);
	return rc;
}

SEEN int unlinkat(int folder, const char *name, int flags)
{
	int rc = REAL(unlinkat)(folder, name, flags);

	if (rc == 0 && folder_ino(folder) != 0)
		note((struct stream_head){ .kind = STREAM_UNLINK, .dir = folder_ino(folder) },
			(struct piece){ .name = name });
	return rc;
}

/* --- what is said --- */

SEEN ssize_t send(int fd, const void *bytes, size_t n, int flags)
{
	/* whole frames: header and body go in one call (base/frame.c) */
	note((struct stream_head){ .kind = STREAM_SAID },
		(struct piece){ .data = bytes, .len = n });
	return REAL(send)(fd, bytes, n, flags);
}
