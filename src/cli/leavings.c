#include "cli/leavings.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/number.h"

enum { A_DAY_S = 86400 };

int64_t leavings_writer(const char *name)
{
	const char *dot = strrchr(name, '.'), *dash = strrchr(name, '-');
	struct fault f = FAULT_INIT;
	int64_t pid, ms;
	char digits[16];

	if (name[0] != '.' || dot == name || dash == NULL || dash < dot)
		return 0;
	if (dash - dot - 1 >= (int)sizeof(digits))
		return 0;
	memcpy(digits, dot + 1, (size_t)(dash - dot - 1));
	digits[dash - dot - 1] = 0;
	if (number_parse(digits, 1, INT32_MAX, &pid, &f) != 0 ||
		number_parse(dash + 1, 0, INT64_MAX, &ms, &f) != 0)
		return 0;
	return pid;
}

static bool is_left(const char *name)
{
	int64_t pid = leavings_writer(name);

	return pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static bool is_old(int folder, const char *name, int64_t now_s)
{
	struct stat st;

	return leavings_writer(name) > 0 && fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode) && st.st_mtime < now_s - A_DAY_S;
}

int leavings_walk(const char *path, int64_t now_s,
	int (*each)(void *ctx, int folder, const char *name), void *ctx, struct fault *f)
{
	struct inode_want want = { .owner = 0, .forbid = 0022, .size = -1 };
	struct fault why = FAULT_INIT;
	const struct dirent *entry;
	int fd = -1, rc = 0;
	DIR *dir;

	if (file_open_folder(path, &want, &fd, &why) != 0) {
		if (why.class == FAULT_ABSENT)
			return 0;
		*f = why;
		return -1;
	}
	dir = fdopendir(fd);
	if (dir == NULL) {
		close(fd);
		return fault_set(f, FAULT_SYSTEM, errno, "%s", path);
	}
	while (rc == 0 && (entry = readdir(dir)) != NULL)
		if (is_left(entry->d_name) || is_old(dirfd(dir), entry->d_name, now_s))
			rc = each(ctx, dirfd(dir), entry->d_name);
	/* else a power cut may bring them back, also what somebody else removed before us */
	if (rc == 0 && fsync(dirfd(dir)) != 0)
		rc = fault_set(f, FAULT_SYSTEM, errno, "%s", path);
	closedir(dir);
	return rc;
}

/* Where sweeping has failed at a file. */
struct sweep {
	const char *path;
	struct fault *f;
	int rc;
};

static int sweep(void *ctx, int folder, const char *name)
{
	struct sweep *s = ctx;

	if (unlinkat(folder, name, 0) != 0)
		s->rc = fault_set(s->f, FAULT_SYSTEM, errno, "%s/%s", s->path, name);
	return 0;
}

int leavings_sweep(const char *path, struct fault *f)
{
	struct sweep s = { path, f, 0 };

	/* the beginning of time: by the writer alone */
	return leavings_walk(path, 0, sweep, &s, f) != 0 ? -1 : s.rc;
}
