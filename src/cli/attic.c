#include "cli/attic.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

enum { STAMP = 21, AGAIN = 9 };

static const struct inode_want want_folder = { .owner = 0, .forbid = 0077, .size = -1 };

/* --- names --- */

static void lead_of(enum attic_kind kind, uint32_t uid, char out[ATTIC_NAME_MAX])
{
	if (kind == ATTIC_SITE)
		snprintf(out, ATTIC_NAME_MAX, "site.");
	else
		snprintf(out, ATTIC_NAME_MAX, "%s-%u.",
			kind == ATTIC_RECORD ? "record" : "enrolment", (unsigned)uid);
}

/* "-2" where there is one of the same second. */
static void name_of(
	const struct attic_item *item, int64_t wall_s, int nth, char out[ATTIC_NAME_MAX])
{
	char lead[ATTIC_NAME_MAX], stamp[STAMP] = "", more[8] = "";
	time_t at = (time_t)wall_s;
	struct text_line line;
	struct tm tm;

	lead_of(item->kind, item->uid, lead);
	if (gmtime_r(&at, &tm) != NULL)
		strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (nth > 1)
		snprintf(more, sizeof(more), "-%d", nth);
	text_begin(&line, out, ATTIC_NAME_MAX);
	text_add(&line, "%s%s%s", lead, stamp, more);
}

int64_t attic_time(const char *name)
{
	const char *dot = strchr(name, '.'), *rest;
	struct tm tm = { 0 };

	if (dot == NULL || dot == name)
		return 0;
	rest = strptime(dot + 1, "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (rest == NULL || (*rest != 0 && *rest != '-'))
		return 0;
	time_t at = timegm(&tm);
	return at > 0 ? (int64_t)at : 0;
}

/* --- putting aside --- */

static int open_folder(const char *path, int *fd, struct fault *f)
{
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return fault_set(f, FAULT_SYSTEM, errno, "%s: cannot be made", path);
	return file_open_folder(path, &want_folder, fd, f);
}

static int same_file(const struct attic_item *item, struct fault *f)
{
	struct stat st;

	if (fstatat(item->folder, item->name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return fault_set(f, FAULT_SYSTEM, errno, "%s", item->name);
	if (st.st_dev != item->seen->st_dev || st.st_ino != item->seen->st_ino)
		return fault_set(f, FAULT_SYSTEM, 0,
			"%s: has just been replaced by somebody else; look again", item->name);
	return 0;
}

static int move(
	const struct attic_item *item, int attic, char kept[ATTIC_NAME_MAX], struct fault *f)
{
	struct clock_now now;

	if (clock_read(&now, f) != 0)
		return -1;
	for (int nth = 1; nth <= AGAIN; nth++) {
		name_of(item, now.wall_s, nth, kept);
		if (renameat2(item->folder, item->name, attic, kept, RENAME_NOREPLACE) == 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	return fault_set(f, FAULT_SYSTEM, errno, "%s: cannot be put aside", item->name);
}

int attic_put(
	const char *path, const struct attic_item *item, char kept[ATTIC_NAME_MAX], struct fault *f)
{
	int attic = -1, rc = -1;

	kept[0] = 0;
	if (open_folder(path, &attic, f) != 0)
		return -1;
	if (same_file(item, f) == 0 && move(item, attic, kept, f) == 0)
		rc = 0;
	/* there first: a power cut leaves the file in one of them, or in both */
	if (rc == 0 && (fsync(attic) != 0 || fsync(item->folder) != 0))
		rc = fault_set(f, FAULT_SYSTEM, errno, "%s: cannot be synced", path);
	close(attic);
	return rc;
}

/* --- what lies there --- */

int attic_walk(const char *path, int (*each)(void *ctx, int folder, const char *name), void *ctx,
	struct fault *f)
{
	struct fault why = FAULT_INIT;
	const struct dirent *entry;
	int fd = -1, rc = 0;
	DIR *dir;

	if (file_open_folder(path, &want_folder, &fd, &why) != 0) {
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
		if (attic_time(entry->d_name) != 0)
			rc = each(ctx, dirfd(dir), entry->d_name);
	closedir(dir);
	return rc;
}

struct erasure {
	char leads[2][ATTIC_NAME_MAX];
	size_t n;
	struct fault *f;
};

static int erase(void *ctx, int folder, const char *name)
{
	struct erasure *e = ctx;

	if (!text_starts(name, e->leads[0]) && !text_starts(name, e->leads[1]))
		return 0;
	/* it may be a folder that stood where a record must be: then a person looks at it */
	if (unlinkat(folder, name, 0) != 0)
		return fault_set(e->f, FAULT_SYSTEM, errno, "%s", name);
	e->n++;
	return 0;
}

int attic_erase(const char *path, uint32_t uid, size_t *n, struct fault *f)
{
	struct erasure e = { .f = f };

	lead_of(ATTIC_RECORD, uid, e.leads[0]);
	lead_of(ATTIC_ENROLMENT, uid, e.leads[1]);
	int rc = attic_walk(path, erase, &e, f);
	*n = e.n;
	return rc;
}
