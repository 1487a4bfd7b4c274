#include "core/account.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/number.h"
#include "base/text.h"

/* Entries with long GECOS or home exist; beyond this something is wrong with the source. */
enum { PASSWD_BUFFER_FIRST = 1024, PASSWD_BUFFER_MAX = 1024 * 1024, GROUP_FILE_MAX = 1 << 24 };

bool account_name_valid(const char *name)
{
	size_t len = strnlen(name, TALK_USER_MAX + 1);

	if (len == 0 || len > TALK_USER_MAX || name[0] == '-')
		return false;
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)name[i];
		if (c < 0x20 || c == 0x7f || c == '/')
			return false;
	}
	return true;
}

/* What to look for: a name, or a uid where the name is NULL. */
struct question {
	const char *name;
	uid_t uid;
};

static int ask_once(
	const struct question *q, struct passwd *pw, char *buf, size_t size, struct passwd **found)
{
	if (q->name)
		return getpwnam_r(q->name, pw, buf, size, found);
	return getpwuid_r(q->uid, pw, buf, size, found);
}

/* POSIX lets "not found" be 0 with NULL or one of these; everything else is "could not find out"
 * (C3). */
static bool means_absent(int rc)
{
	return rc == 0 || rc == ENOENT || rc == ESRCH;
}

static int take(const struct passwd *pw, struct account *out, struct fault *f)
{
	if (!account_name_valid(pw->pw_name) ||
		text_copy(out->name, sizeof out->name, pw->pw_name) < 0)
		return fault_set(
			f, FAULT_BAD, 0, "the system's user database has an unusable name");
	out->uid = pw->pw_uid;
	out->gid = pw->pw_gid;
	return 0;
}

static int look_up(const struct question *q, struct account *out, struct fault *f)
{
	struct passwd pw, *found = NULL;
	char *buf = NULL;
	int rc = ERANGE;
	int result = -1;

	memset(out, 0, sizeof *out);
	for (size_t size = PASSWD_BUFFER_FIRST; rc == ERANGE && size <= PASSWD_BUFFER_MAX;
		size *= 4) {
		char *bigger = realloc(buf, size);
		if (!bigger) {
			fault_set(f, FAULT_MEMORY, 0, "out of memory while looking up a user");
			goto out;
		}
		buf = bigger;
		do {
			rc = ask_once(q, &pw, buf, size, &found);
		} while (rc == EINTR);
	}
	if (found)
		result = take(found, out, f);
	else if (means_absent(rc))
		fault_set(f, FAULT_ABSENT, 0, "no such user");
	else
		fault_set(f, FAULT_SYSTEM, rc, "the system's user database cannot be asked");
out:
	free(buf);
	return result;
}

int account_find(const char *name, struct account *out, struct fault *f)
{
	struct question q = { name, 0 };

	memset(out, 0, sizeof *out);
	if (!account_name_valid(name))
		return fault_set(f, FAULT_ABSENT, 0, "not a user name");
	if (look_up(&q, out, f) < 0)
		return -1;
	if (strcmp(out->name, name) == 0)
		return 0;
	/* some name services fold case or strip a domain: the state is keyed by the account, so
	 * the name must be its own */
	memset(out, 0, sizeof *out);
	return fault_set(
		f, FAULT_ABSENT, 0, "the user database answers with another spelling of this name");
}

int account_find_uid(uid_t uid, struct account *out, struct fault *f)
{
	struct question q = { NULL, uid };

	if (look_up(&q, out, f) < 0)
		return -1;
	if (out->uid == uid)
		return 0;
	memset(out, 0, sizeof *out);
	return fault_set(f, FAULT_SYSTEM, 0, "the user database answers with another uid");
}

/* A line of group(5), NAME:PASSWORD:GID:MEMBER,...: its gid, or -1 where the user is not listed.
 * Cuts the line up. */
static int64_t gid_of(char *line, const char *user)
{
	struct fault f = FAULT_INIT;
	char *field[4] = { NULL }, *save = NULL;
	int64_t gid = -1;

	for (int i = 0; i < 4; i++) {
		field[i] = strsep(&line, ":");
		if (!field[i])
			return -1;
	}
	if (number_parse(field[2], 0, UINT32_MAX - 1, &gid, &f) < 0)
		return -1;
	for (char *one = strtok_r(field[3], ",", &save); one; one = strtok_r(NULL, ",", &save))
		if (strcmp(one, user) == 0)
			return gid;
	return -1;
}

/* The whole file as text; NULL and *f where it cannot be had. */
static char *read_groups(const char *file, struct fault *f)
{
	struct stat st;
	size_t len = 0;
	char *text = NULL;

	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0)
		fault_set(f, errno == ENOENT ? FAULT_ABSENT : FAULT_SYSTEM, errno, "%s", file);
	else if (!S_ISREG(st.st_mode) || st.st_size > GROUP_FILE_MAX)
		fault_set(f, FAULT_DAMAGED, 0, "%s: not a file of groups", file);
	else if (!(text = calloc(1, (size_t)st.st_size + 1)))
		fault_set(f, FAULT_MEMORY, 0, "out of memory");
	else if (file_read_all(fd, text, (size_t)st.st_size, &len, f) < 0) {
		free(text);
		text = NULL;
	}
	if (fd >= 0)
		close(fd);
	return text;
}

int account_groups(const struct account *a, const char *file, gid_t out[ACCOUNT_GROUPS_MAX],
	size_t *n, struct fault *f)
{
	char *text = read_groups(file, f), *rest = text, *line;
	int rc = 0;

	*n = 0;
	if (!text)
		return f->class == FAULT_ABSENT ? 0 : -1;
	while (rc == 0 && (line = strsep(&rest, "\n"))) {
		int64_t gid = gid_of(line, a->name);
		/* root's group would give what nobody meant to */
		if (gid <= 0 || gid == (int64_t)a->gid)
			continue;
		if (*n == ACCOUNT_GROUPS_MAX)
			rc = fault_set(f, FAULT_BAD, 0, "%s: %s is in more than %d groups", file,
				a->name, ACCOUNT_GROUPS_MAX);
		else
			out[(*n)++] = (gid_t)gid;
	}
	free(text);
	return rc;
}

int account_walk(int (*each)(void *ctx, const struct account *a), void *ctx, struct fault *f)
{
	struct account a;
	const struct passwd *pw;
	int rc = 0;

	setpwent();
	errno = 0;
	while (rc == 0 && (pw = getpwent())) {
		struct fault unusable = FAULT_INIT;
		memset(&a, 0, sizeof a);
		if (take(pw, &a, &unusable) == 0)
			rc = each(ctx, &a);
		errno = 0;
	}
	if (rc == 0 && errno != 0 && !means_absent(errno))
		rc = fault_set(f, FAULT_SYSTEM, errno, "the system's users cannot be listed");
	endpwent();
	return rc;
}
