#include "shelf.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void path_of(const struct shelf *s, const struct disk_image_file *f, char out[900])
{
	snprintf(out, 900, "%s/%s", s->path, f->path);
}

void shelf_open(struct shelf *s)
{
	const char *tmp = getenv("TMPDIR");

	memset(s, 0, sizeof *s);
	for (int i = 0; i < DISK_IMAGE_FILES; i++)
		if (!(s->on.files[i].bytes = malloc(DISK_FILE_MAX)))
			err(2, "memory");
	snprintf(s->path, sizeof s->path, "%s/power.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(s->path))
		err(2, "%s", s->path);
}

static struct disk_image_file *lying(struct shelf *s, const char *path)
{
	for (int i = 0; i < s->on.n; i++)
		if (strcmp(s->on.files[i].path, path) == 0)
			return &s->on.files[i];
	return NULL;
}

static void take_away(struct shelf *s, int at)
{
	unsigned char *bytes = s->on.files[at].bytes;
	char path[900];

	path_of(s, &s->on.files[at], path);
	if ((s->on.files[at].folder ? rmdir(path) : unlink(path)) < 0 && errno != ENOENT)
		err(2, "%s", path);
	for (; at + 1 < s->on.n; at++)
		s->on.files[at] = s->on.files[at + 1];
	s->on.files[--s->on.n].bytes = bytes;
}

static bool wanted(const struct disk_image *image, const struct disk_image_file *f)
{
	for (int i = 0; i < image->n; i++)
		if (strcmp(image->files[i].path, f->path) == 0 &&
			image->files[i].folder == f->folder)
			return true;
	return false;
}

static void put_file(struct shelf *s, const struct disk_image_file *f)
{
	struct disk_image_file *on = lying(s, f->path);
	char path[900];

	path_of(s, f, path);
	if (f->folder) {
		if (!on && mkdir(path, 0700) < 0)
			err(2, "%s", path);
	} else if (!on || on->len != f->len || memcmp(on->bytes, f->bytes, f->len) != 0) {
		int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		for (size_t at = 0; at < f->len; at += DISK_SECTOR) {
			size_t n = f->len - at < DISK_SECTOR ? f->len - at : DISK_SECTOR;
			bool same = on && at + n <= on->len &&
				    memcmp(on->bytes + at, f->bytes + at, n) == 0;
			if (!same && pwrite(fd, f->bytes + at, n, (off_t)at) != (ssize_t)n)
				err(2, "%s", path);
		}
		if (fd < 0 || ftruncate(fd, (off_t)f->len) < 0 || close(fd) < 0)
			err(2, "%s", path);
	}
	if (!on) {
		on = &s->on.files[s->on.n++];
		snprintf(on->path, sizeof on->path, "%s", f->path);
		on->folder = f->folder;
	}
	on->len = f->len;
	memcpy(on->bytes, f->bytes, f->folder ? 0 : f->len);
}

void shelf_put(struct shelf *s, const struct disk_image *image)
{
	/* from the end: what is in a folder stands behind it */
	for (int i = s->on.n - 1; i >= 0; i--)
		if (!wanted(image, &s->on.files[i]))
			take_away(s, i);
	for (int i = 0; i < image->n; i++)
		put_file(s, &image->files[i]);
}

void shelf_spoiled(struct shelf *s)
{
	while (s->on.n > 0)
		take_away(s, s->on.n - 1);
}

void shelf_close(struct shelf *s)
{
	shelf_spoiled(s);
	rmdir(s->path);
	for (int i = 0; i < DISK_IMAGE_FILES; i++)
		free(s->on.files[i].bytes);
}

static int count_in(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *at;
	int n = 0;

	while (dir && (at = readdir(dir))) {
		char below[900];
		struct stat st;
		if (strcmp(at->d_name, ".") == 0 || strcmp(at->d_name, "..") == 0)
			continue;
		n++;
		snprintf(below, sizeof below, "%s/%s", path, at->d_name);
		if (stat(below, &st) == 0 && S_ISDIR(st.st_mode))
			n += count_in(below);
	}
	if (dir)
		closedir(dir);
	return n;
}

bool shelf_is(const char *real, const struct disk_image *image)
{
	static unsigned char bytes[DISK_FILE_MAX + 1];
	char path[900];

	for (int i = 0; i < image->n; i++) {
		const struct disk_image_file *f = &image->files[i];
		snprintf(path, sizeof path, "%s/%s", real, f->path);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t n = f->folder ? 0 : read(fd, bytes, sizeof bytes);
		if (fd >= 0)
			close(fd);
		if (fd < 0 || (size_t)n != f->len || memcmp(bytes, f->bytes, f->len) != 0) {
			printf("# %s is not as the log has it\n", path);
			return false;
		}
	}
	int there = count_in(real);
	if (there != image->n)
		printf("# %d names in %s, %d in the log\n", there, real, image->n);
	return there == image->n;
}
