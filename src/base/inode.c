#include "base/inode.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Of a path in a fault, so that the remedy, which repeats it, still fits. */
enum { SHOWN = 96 };

/* The end of a path tells more than its beginning. */
static void keep_end(char *out, size_t cap, const char *path, size_t len)
{
	if (len < cap)
		snprintf(out, cap, "%.*s", (int)len, path);
	else
		snprintf(out, cap, "...%.*s", (int)(cap - 4), path + len - (cap - 4));
}

static void whole_path(int fd, char *out, size_t cap)
{
	char link[32];

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, out, cap - 1);
	if (n <= 0)
		snprintf(out, cap, "?");
	else
		out[n] = '\0';
}

void inode_path(int fd, char *out, size_t cap)
{
	char path[PATH_MAX];

	whole_path(fd, path, sizeof path);
	keep_end(out, cap, path, strlen(path));
}

static const char *shown(const struct inode_name *name, char out[SHOWN])
{
	char path[2 * PATH_MAX];

	if (name->folder == -1) {
		keep_end(out, SHOWN, name->path, name->len);
		return out;
	}
	whole_path(name->folder, path, PATH_MAX);
	size_t len = strlen(path);
	snprintf(path + len, sizeof path - len, "/%.*s", (int)name->len, name->path);
	keep_end(out, SHOWN, path, strlen(path));
	return out;
}

static const char *kind_words(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "a regular file";
	case S_IFDIR:
		return "a folder";
	case S_IFLNK:
		return "a symbolic link";
	case S_IFIFO:
		return "a FIFO";
	case S_IFSOCK:
		return "a socket";
	default:
		return "a device";
	}
}

int inode_wrong_kind(
	const struct stat *st, const char *wanted, const struct inode_name *name, struct fault *f)
{
	char path[SHOWN];

	return fault_set(f, FAULT_DAMAGED, 0, "%s: is %s, must be %s; put the real one there",
		shown(name, path), kind_words(st->st_mode), wanted);
}

int inode_fault(const struct inode_name *name, enum fault_class class, int errnum, const char *what,
	struct fault *f)
{
	char path[SHOWN];

	return fault_set(f, class, errnum, "%s: %s", shown(name, path), what);
}

/* Why openat said no: a link or another kind of thing shows as one of several errno values. */
int inode_explain_open(int folder, const char *entry, const char *wanted,
	const struct inode_name *name, struct fault *f)
{
	struct stat st;
	int errnum = errno;

	if (errnum == ENOENT)
		return inode_fault(name, FAULT_ABSENT, 0, "not there", f);
	bool other_kind = errnum == ELOOP || errnum == ENOTDIR || errnum == EISDIR ||
			  errnum == ENXIO || errnum == ENODEV;
	if (other_kind && fstatat(folder, entry, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return inode_wrong_kind(&st, wanted, name, f);
	return inode_fault(name, FAULT_SYSTEM, errnum, "cannot be opened", f);
}

static int judge_owner(
	const struct stat *st, uid_t owner, const struct inode_name *name, struct fault *f)
{
	char path[SHOWN], who[24] = "root";

	if (st->st_uid == owner)
		return 0;
	shown(name, path);
	if (owner != 0)
		snprintf(who, sizeof who, "%u", owner);
	return fault_set(f, FAULT_DAMAGED, 0, "%s: owned by uid %u, must be %s%s; chown %s %s",
		path, st->st_uid, owner == 0 ? "" : "uid ", who, who, path);
}

static int judge_mode(
	const struct stat *st, mode_t forbid, const struct inode_name *name, struct fault *f)
{
	char path[SHOWN];

	if ((st->st_mode & forbid) == 0)
		return 0;
	shown(name, path);
	if ((forbid & 0055) == 0)
		return fault_set(f, FAULT_DAMAGED, 0,
			"%s: mode %04o lets others write; chmod go-w %s", path, st->st_mode & 07777,
			path);
	return fault_set(f, FAULT_DAMAGED, 0, "%s: mode %04o is open to others; chmod go-rwx %s",
		path, st->st_mode & 07777, path);
}

int inode_judge_parent(
	const struct stat *st, uid_t owner, const struct inode_name *name, struct fault *f)
{
	if (st->st_uid != 0 && judge_owner(st, owner, name, f) < 0)
		return -1;
	/* in a sticky folder nobody but root and the owners can rename what is there */
	return (st->st_mode & S_ISVTX) != 0 ? 0 : judge_mode(st, 0022, name, f);
}

int inode_judge_folder(const struct stat *st, const struct inode_want *want,
	const struct inode_name *name, struct fault *f)
{
	if (!S_ISDIR(st->st_mode))
		return inode_wrong_kind(st, "a folder", name, f);
	if (judge_owner(st, want->owner, name, f) < 0)
		return -1;
	return judge_mode(st, want->forbid | 0022, name, f);
}

static int judge_size(const struct stat *st, const struct inode_want *want,
	const struct inode_name *name, struct fault *f)
{
	char path[SHOWN];
	long long is = (long long)st->st_size;

	if (want->size >= 0 && is != want->size)
		return fault_set(f, FAULT_DAMAGED, 0,
			"%s: %lld bytes long, must be %lld; restore it from a backup",
			shown(name, path), is, (long long)want->size);
	if (want->size_max > 0 && is > want->size_max)
		return fault_set(f, FAULT_DAMAGED, 0,
			"%s: %lld bytes long, at most %lld can be taken; make it shorter",
			shown(name, path), is, (long long)want->size_max);
	return 0;
}

int inode_judge_file(const struct stat *st, const struct inode_want *want,
	const struct inode_name *name, struct fault *f)
{
	char path[SHOWN];

	if (!S_ISREG(st->st_mode))
		return inode_wrong_kind(st, "a regular file", name, f);
	if (judge_owner(st, want->owner, name, f) < 0 || judge_mode(st, want->forbid, name, f) < 0)
		return -1;
	if (st->st_nlink != 1)
		return fault_set(f, FAULT_DAMAGED, 0,
			"%s: has %lu hard links, must have one; find -samefile and remove the "
			"others",
			shown(name, path), (unsigned long)st->st_nlink);
	return judge_size(st, want, name, f);
}
