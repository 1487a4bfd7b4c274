#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/inode.h"

/* The next component of a path; 0 at its end, -1 for one that cannot be judged. */
static int component(const char **at, char name[NAME_MAX + 1])
{
	do {
		while (**at == '/')
			++*at;
		size_t len = strcspn(*at, "/");
		if (len == 0)
			return 0;
		if (len > NAME_MAX)
			return -1;
		memcpy(name, *at, len);
		name[len] = '\0';
		*at += len;
	} while (strcmp(name, ".") == 0);
	return strcmp(name, "..") == 0 ? -1 : 1;
}

/* Go from the folder *here into entry, on the way to something else. */
static int step_into(
	int *here, const char *entry, uid_t owner, const struct inode_name *name, struct fault *f)
{
	struct stat st;

	int next = openat(*here, entry, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (next < 0)
		return inode_explain_open(*here, entry, "a folder", name, f);
	close(*here);
	*here = next;
	if (fstat(next, &st) < 0)
		return inode_fault(name, FAULT_SYSTEM, errno, "cannot be judged", f);
	return inode_judge_parent(&st, owner, name, f);
}

int path_walk(const char *path, uid_t owner, int *fd, char last[NAME_MAX + 1], struct fault *f)
{
	struct inode_name name = { -1, path, strlen(path) };
	char next[NAME_MAX + 1];
	const char *at = path;
	int got = 0;

	*fd = -1;
	memcpy(last, ".", 2);
	if (path[0] != '/')
		return inode_fault(&name, FAULT_BAD, 0, "not an absolute path", f);
	int here = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (here < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "/: cannot be opened");
	for (;;) {
		name.len = at == path ? 1 : (size_t)(at - path);
		got = component(&at, next);
		if (got <= 0)
			break;
		if (step_into(&here, last, owner, &name, f) < 0)
			goto fail;
		memcpy(last, next, strlen(next) + 1);
	}
	if (got == 0) {
		*fd = here;
		return 0;
	}
	name.len = strlen(path);
	inode_fault(
		&name, FAULT_BAD, 0, "has '..' or a name that is too long in it; write it out", f);
fail:
	close(here);
	return -1;
}
