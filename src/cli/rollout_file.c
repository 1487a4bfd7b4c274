#include "cli/rollout_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/file.h"

enum { NAMES_MAX = 4096, VALUE_MAX = 4096, MODE_NEW = 0644 };

static const struct inode_want want = {
	.owner = 0, .forbid = 0022, .size = -1, .size_max = ROLLOUT_RECORD_FILE_MAX
};

static int slurp(int fd, const char *name, struct rollout_file *out, struct fault *f)
{
	struct stat st;

	out->content.bytes = malloc(ROLLOUT_RECORD_FILE_MAX + 1);
	if (out->content.bytes == NULL)
		return fault_set(f, FAULT_MEMORY, ENOMEM, "%s", name);
	if (fstat(fd, &st) != 0)
		return fault_set(f, FAULT_SYSTEM, errno, "%s", name);
	if (file_read_all(fd, out->content.bytes, ROLLOUT_RECORD_FILE_MAX, &out->content.len, f) !=
		0)
		return -1;
	out->content.bytes[out->content.len] = 0;
	if (strlen(out->content.bytes) != out->content.len)
		return fault_set(f, FAULT_BAD, 0, "%s: has a NUL byte in it", name);
	out->mode = st.st_mode & 07777;
	out->uid = st.st_uid;
	out->gid = st.st_gid;
	return 0;
}

int rollout_file_read(
	const char *folder, const char *name, struct rollout_file *out, struct fault *f)
{
	int dir = -1, fd = -1, rc;

	*out = (struct rollout_file){ .mode = MODE_NEW };
	if (file_open_folder(folder, &want, &dir, f) != 0)
		return -1;
	rc = file_open_at(dir, name, &want, &fd, f);
	close(dir);
	if (rc != 0)
		return f->class == FAULT_ABSENT ? 0 : -1;
	rc = slurp(fd, name, out, f);
	close(fd);
	if (rc != 0) {
		free(out->content.bytes);
		out->content.bytes = NULL;
	}
	return rc;
}

/* SELinux's label, an access list: as the file had them that goes. */
static int copy_attributes(int from, int to, const char *name, struct fault *f)
{
	char names[NAMES_MAX], value[VALUE_MAX];
	ssize_t len = flistxattr(from, names, sizeof(names));

	if (len < 0)
		return errno == ENOTSUP
			       ? 0
			       : fault_set(f, FAULT_SYSTEM, errno, "attributes of %s", name);
	for (const char *at = names; at < names + len; at += strlen(at) + 1) {
		ssize_t n = fgetxattr(from, at, value, sizeof(value));

		if (n < 0 || fsetxattr(to, at, value, (size_t)n, 0) != 0)
			return fault_set(f, FAULT_SYSTEM, errno, "%s of %s", at, name);
	}
	return 0;
}

static int write_all(int fd, const struct rollout_content *c)
{
	for (size_t done = 0; done < c->len;) {
		ssize_t n = write(fd, c->bytes + done, c->len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		done += (size_t)n;
	}
	return 0;
}

static int fill(int dir, int fd, const char *name, const struct rollout_file *what, struct fault *f)
{
	int old = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), rc = 0;

	if (write_all(fd, &what->content) != 0 || fchown(fd, what->uid, what->gid) != 0 ||
		fchmod(fd, what->mode) != 0)
		rc = fault_set(f, FAULT_SYSTEM, errno, "%s: cannot be written", name);
	if (rc == 0 && old >= 0)
		rc = copy_attributes(old, fd, name, f);
	if (rc == 0 && fsync(fd) != 0)
		rc = fault_set(f, FAULT_SYSTEM, errno, "%s: cannot be synced to the disk", name);
	if (old >= 0)
		close(old);
	return rc;
}

/* Under a name that libpam is never asked for, then over the other at once. A killed writer's is
 * written anew. */
static int replace(int dir, const char *name, const struct rollout_file *what, struct fault *f)
{
	char tmp[TALK_SERVICE_MAX + 24];
	int fd, rc;

	snprintf(tmp, sizeof(tmp), ".%s.sms-otp-rollout", name);
	unlinkat(dir, tmp, 0);
	fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "%s: cannot be created", tmp);
	rc = fill(dir, fd, name, what, f);
	close(fd);
	if (rc == 0 && renameat(dir, tmp, dir, name) != 0)
		rc = fault_set(f, FAULT_SYSTEM, errno, "%s: cannot be replaced", name);
	if (rc != 0)
		unlinkat(dir, tmp, 0);
	return rc;
}

int rollout_file_put(
	const char *folder, const char *name, const struct rollout_file *what, struct fault *f)
{
	int dir = -1, rc;

	if (file_open_folder(folder, &want, &dir, f) != 0)
		return -1;
	if (what->content.bytes != NULL)
		rc = replace(dir, name, what, f);
	else if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		rc = 0;
	else
		rc = fault_set(f, FAULT_SYSTEM, errno, "%s: cannot be removed", name);
	if (rc == 0 && fsync(dir) != 0)
		rc = fault_set(f, FAULT_SYSTEM, errno, "%s: cannot be synced to the disk", folder);
	close(dir);
	return rc;
}
