#include "core/directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

enum {
	FILE_NAME = 24,  /* UID.conf */
	NAME_SHOWN = 32, /* of a user's name in a fault */
	REMEDY = 96,
};

static const char suffix[] = ".conf";

static const char *remedy_for(const char *name, char out[REMEDY])
{
	char plain[NAME_SHOWN + 1];

	text_log(plain, sizeof plain, name);
	snprintf(out, REMEDY, "sms-otp repair %s", plain);
	return out;
}

static void file_name(uint32_t uid, char out[FILE_NAME])
{
	snprintf(out, FILE_NAME, "%u%s", uid, suffix);
}

/* --- the folder --- */

int directory_open(const char *path, struct directory *d, struct fault *f)
{
	struct inode_want want = { .owner = 0, .forbid = 0077, .size = -1 };

	d->folder = -1;
	if (file_open_folder(path, &want, &d->folder, f) == 0)
		return 0;
	/* ABSENT would read as "nobody is enrolled" (C3) */
	if (f->class == FAULT_ABSENT)
		return fault_set(f, FAULT_DAMAGED, 0,
			"%.80s: the folder of enrolments is not there; install -d -m 0700 %.80s",
			path, path);
	return -1;
}

void directory_close(struct directory *d)
{
	if (d->folder >= 0)
		close(d->folder);
	d->folder = -1;
}

/* --- one file --- */

static int read_entry(
	const struct directory *d, uint32_t uid, struct directory_entry *out, struct fault *f)
{
	struct inode_want want = {
		.owner = 0, .forbid = 0077, .size = -1, .size_max = ENROLMENT_MAX
	};
	char name[FILE_NAME], text[ENROLMENT_MAX + 1], remedy[REMEDY];
	size_t len;
	int fd;

	memset(out, 0, sizeof *out);
	file_name(uid, name);
	if (file_open_at(d->folder, name, &want, &fd, f) < 0)
		return -1;
	int result = file_read_all(fd, text, ENROLMENT_MAX, &len, f);
	if (result == 0) {
		text[len] = '\0';
		if (strlen(text) != len)
			result = fault_set(f, FAULT_DAMAGED, 0, "is not text");
		else
			result = enrolment_parse(text, out, f);
		if (result == 0 && out->uid != uid)
			result = fault_set(f, FAULT_DAMAGED, 0, "says uid %u", out->uid);
		if (result < 0)
			file_blame(fd, remedy_for(out->name[0] ? out->name : "USER", remedy), f);
	}
	close(fd);
	if (result < 0)
		memset(out, 0, sizeof *out);
	return result;
}

int directory_find(const struct directory *d, const struct account *account,
	struct directory_entry *out, struct fault *f)
{
	char theirs[NAME_SHOWN + 1], remedy[REMEDY];
	struct stat st;

	if (read_entry(d, account->uid, out, f) < 0) {
		if (f->class != FAULT_ABSENT)
			return -1;
		/* a removed folder has no files either, but that proves nothing (C3) */
		if (fstat(d->folder, &st) == 0 && st.st_nlink > 0)
			return -1;
		fault_set(f, FAULT_DAMAGED, 0, "the folder of enrolments was removed");
		return file_blame(d->folder, "restore it from a backup", f);
	}
	if (strcmp(out->name, account->name) == 0)
		return 0;
	text_log(theirs, sizeof theirs, out->name);
	memset(out, 0, sizeof *out);
	fault_set(f, FAULT_DAMAGED, 0, "%u%s belongs to %s", account->uid, suffix, theirs);
	return file_blame(d->folder, remedy_for(account->name, remedy), f);
}

int directory_store(const struct directory *d, const struct directory_entry *entry, struct fault *f)
{
	char text[ENROLMENT_MAX + 1], name[FILE_NAME];
	size_t len;

	if (enrolment_print(entry, text, &len, f) < 0)
		return -1;
	file_name(entry->uid, name);
	return file_replace_at(d->folder, name, text, len, f);
}

int directory_create(
	const struct directory *d, const struct directory_entry *entry, struct fault *f)
{
	char text[ENROLMENT_MAX + 1], name[FILE_NAME];
	size_t len;

	if (enrolment_print(entry, text, &len, f) < 0)
		return -1;
	file_name(entry->uid, name);
	return file_create_at(d->folder, name, text, len, f);
}

int directory_remove(const struct directory *d, uint32_t uid, struct fault *f)
{
	char name[FILE_NAME];

	file_name(uid, name);
	return file_remove_at(d->folder, name, f);
}

/* --- all of them --- */

/* "1000.conf" and nothing else that means the same. */
static int uid_of(const char *name, uint32_t *uid)
{
	char again[FILE_NAME];
	uint64_t v = 0;

	for (const char *c = name; *c >= '0' && *c <= '9' && v < UINT32_MAX; c++)
		v = v * 10 + (uint64_t)(*c - '0');
	if (v >= UINT32_MAX)
		return -1;
	*uid = (uint32_t)v;
	file_name(*uid, again);
	return strcmp(name, again) == 0 ? 0 : -1;
}

struct walk {
	const struct directory *d;
	int (*each)(void *ctx, uint32_t uid, const struct directory_entry *entry,
		const struct fault *f);
	void *ctx;
};

static int visit(const struct walk *w, const char *name)
{
	struct fault f = FAULT_INIT;
	struct directory_entry entry;
	uint32_t uid;

	if (uid_of(name, &uid) < 0) {
		fault_set(&f, FAULT_DAMAGED, 0, "%.60s is not an enrolment", name);
		file_blame(w->d->folder, "move it elsewhere", &f);
		return w->each(w->ctx, UINT32_MAX, NULL, &f);
	}
	if (read_entry(w->d, uid, &entry, &f) == 0)
		return w->each(w->ctx, uid, &entry, &f);
	/* removed since the folder was read */
	if (f.class == FAULT_ABSENT)
		return 0;
	return w->each(w->ctx, uid, NULL, &f);
}

int directory_walk(const struct directory *d,
	int (*each)(void *ctx, uint32_t uid, const struct directory_entry *entry,
		const struct fault *f),
	void *ctx, struct fault *f)
{
	struct walk w = { d, each, ctx };
	const struct dirent *at;
	int result = 0;

	int fd = openat(d->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		fault_set(f, FAULT_SYSTEM, errno, "cannot be read");
		if (fd >= 0)
			close(fd);
		return file_blame(d->folder, "see that the disk is well", f);
	}
	while (result == 0) {
		errno = 0;
		at = readdir(dir);
		if (!at && errno != 0) {
			fault_set(f, FAULT_SYSTEM, errno, "cannot be read");
			result = file_blame(d->folder, "see that the disk is well", f);
		}
		if (!at)
			break;
		if (strcmp(at->d_name, ".") != 0 && strcmp(at->d_name, "..") != 0)
			result = visit(&w, at->d_name);
	}
	closedir(dir);
	return result;
}
