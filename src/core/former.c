#include "core/former.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

#define FOLDER "former"

enum { MARK = 33, MARK_BYTES = 16, UID_TEXT = 16 };

static int mark_name(
	const struct state *s, const struct account *a, char out[MARK], struct fault *f)
{
	static const char purpose[] = "sms-otp former user";
	unsigned char mac[DIGEST_SIZE];
	char uid[UID_TEXT];

	snprintf(uid, sizeof uid, "%u", (unsigned int)a->uid);
	struct digest_part parts[] = { { purpose, sizeof purpose }, { uid, strlen(uid) + 1 },
		{ a->name, strlen(a->name) } };
	if (digest_mac(s->key, parts, 3, mac, f) < 0)
		return -1;
	text_hex(out, MARK, mac, MARK_BYTES);
	return 0;
}

/* ABSENT where there is none yet. */
static int open_folder(const struct state *s, int *fd, struct fault *f)
{
	const struct inode_want want = { .owner = 0, .forbid = 0077, .size = -1 };
	struct inode_name name = { s->folder, FOLDER, strlen(FOLDER) };
	struct stat st;

	*fd = openat(s->folder, FOLDER, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*fd < 0)
		return inode_explain_open(s->folder, FOLDER, "a folder", &name, f);
	if (fstat(*fd, &st) == 0 && inode_judge_folder(&st, &want, &name, f) == 0)
		return 0;
	close(*fd);
	*fd = -1;
	return f->class == FAULT_NONE
		       ? inode_fault(&name, FAULT_SYSTEM, errno, "cannot be judged", f)
		       : -1;
}

static int make_folder(const struct state *s, struct fault *f)
{
	if (mkdirat(s->folder, FOLDER, 0700) < 0 && errno != EEXIST)
		return fault_set(f, FAULT_SYSTEM, errno, "state/%s: cannot be made", FOLDER);
	if (fsync(s->folder) < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "state: cannot be synced");
	return 0;
}

int former_mark(const struct state *s, const struct account *a, struct fault *f)
{
	struct fault why = FAULT_INIT;
	char name[MARK];
	int fd;

	if (mark_name(s, a, name, f) < 0 || make_folder(s, f) < 0 || open_folder(s, &fd, f) < 0)
		return -1;
	int result = file_create_at(fd, name, "\n", 1, &why);
	close(fd);
	if (result == 0 || why.errnum == EEXIST)
		return 0;
	*f = why;
	return -1;
}

int former_look(const struct state *s, const struct account *a, bool *was, struct fault *f)
{
	struct fault why = FAULT_INIT;
	struct stat st;
	char name[MARK];
	int fd;

	*was = true;
	if (mark_name(s, a, name, f) < 0)
		return -1;
	if (open_folder(s, &fd, &why) < 0) {
		*was = why.class != FAULT_ABSENT;
		*f = *was ? why : *f;
		return *was ? -1 : 0;
	}
	int result = fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW);
	int errnum = errno;
	close(fd);
	if (result == 0)
		return 0;
	if (errnum != ENOENT)
		return fault_set(f, FAULT_SYSTEM, errnum, "state/%s: cannot be read", FOLDER);
	*was = false;
	return 0;
}
