#include "cli/leavings.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/number.h"

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

int leavings_sweep(const char *path, struct fault *f)
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
	while ((entry = readdir(dir)) != NULL)
		if (is_left(entry->d_name) && unlinkat(dirfd(dir), entry->d_name, 0) != 0)
			rc = fault_set(f, FAULT_SYSTEM, errno, "%s/%s", path, entry->d_name);
	closedir(dir);
	return rc;
}
