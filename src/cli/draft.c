#include "cli/draft.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

static const struct inode_want want_settings = { .owner = 0, .forbid = 0022, .size = -1 };

static int name_parts(const char *path, struct draft *d, struct fault *f)
{
	const char *slash = strrchr(path, '/');
	struct text_line copy, whole;

	if (slash == NULL || slash[1] == 0)
		return fault_set(f, FAULT_BAD, 0, "%s is no file's name", path);
	text_begin(&copy, d->copy, sizeof(d->copy));
	text_add(&copy, "%s.edit", slash + 1);
	text_begin(&whole, d->path, sizeof(d->path));
	text_add(&whole, "%s.edit", path);
	if (copy.cut || whole.cut || text_copy(d->name, sizeof(d->name), slash + 1) != 0)
		return fault_set(f, FAULT_BAD, 0, "the name of the settings file is too long");
	return 0;
}

static int open_folder(const char *path, struct draft *d, struct fault *f)
{
	char folder[DRAFT_PATH_MAX];

	memset(d, 0, sizeof(*d));
	d->folder = -1;
	if (name_parts(path, d, f) != 0 || text_copy(folder, sizeof(folder), path) != 0)
		return -1;
	*(strrchr(folder, '/') == folder ? folder + 1 : strrchr(folder, '/')) = 0;
	return file_open_folder(folder, &want_settings, &d->folder, f);
}

/* A file as it was read. */
struct content {
	char *bytes; /* the caller frees */
	size_t len;
	mode_t mode;
};

/* All of a file in the folder, at most DRAFT_MAX bytes. */
static int read_file(int folder, const char *name, struct content *c, struct fault *f)
{
	struct stat st;
	int fd = -1, rc;

	if (file_open_at(folder, name, &want_settings, &fd, f) != 0)
		return -1;
	*c = (struct content){ .bytes = malloc(DRAFT_MAX) };
	if (c->bytes == NULL || fstat(fd, &st) != 0)
		rc = fault_set(f, FAULT_SYSTEM, errno, "%s", name);
	else
		rc = file_read_all(fd, c->bytes, DRAFT_MAX, &c->len, f);
	close(fd);
	if (rc != 0) {
		free(c->bytes);
		c->bytes = NULL;
		return -1;
	}
	c->mode = st.st_mode & 0777;
	return 0;
}

static int read_before(struct draft *d, const char *sample, struct fault *f)
{
	struct fault why = FAULT_INIT;
	struct content c;

	if (read_file(d->folder, d->name, &c, &why) == 0) {
		d->before = c.bytes;
		d->len = c.len;
		d->mode = c.mode;
		d->existed = true;
		return 0;
	}
	if (why.class != FAULT_ABSENT) {
		*f = why;
		return -1;
	}
	d->mode = 0600;
	d->len = strlen(sample);
	d->before = strdup(sample);
	return d->before != NULL ? 0 : fault_set(f, FAULT_MEMORY, ENOMEM, "%s", d->name);
}

int draft_begin(const char *path, const char *sample, struct draft *d, struct fault *f)
{
	if (open_folder(path, d, f) == 0 && read_before(d, sample, f) == 0 &&
		file_create_at(d->folder, d->copy, d->before, d->len, f) == 0)
		return 0;
	draft_end(d, true);
	return -1;
}

int draft_resume(const char *path, struct draft *d, struct fault *f)
{
	if (open_folder(path, d, f) == 0 && read_before(d, "", f) == 0)
		return 0;
	draft_end(d, true);
	return -1;
}

int draft_discard_old(const char *path, struct fault *f)
{
	struct draft d;
	int rc = open_folder(path, &d, f);

	if (rc == 0)
		rc = file_remove_at(d.folder, d.copy, f);
	draft_end(&d, true);
	return rc;
}

/* 1: name holds other bytes than were copied. */
static int differs(const struct draft *d, const char *name, struct fault *f)
{
	struct content c;
	int rc;

	if (read_file(d->folder, name, &c, f) != 0)
		return -1;
	rc = c.len != d->len || memcmp(c.bytes, d->before, c.len) != 0 ? 1 : 0;
	free(c.bytes);
	return rc;
}

int draft_changed(const struct draft *d, struct fault *f)
{
	return differs(d, d->copy, f);
}

static int same_as_copied(const struct draft *d, struct fault *f)
{
	struct fault why = FAULT_INIT;
	int rc = differs(d, d->name, &why);

	if (rc == 0 || (rc < 0 && why.class == FAULT_ABSENT && !d->existed))
		return 0;
	if (rc < 0 && why.class != FAULT_ABSENT) {
		*f = why;
		return -1;
	}
	return fault_set(f, FAULT_BAD, 0,
		"%s was changed by somebody else meanwhile; your text is kept in %s", d->name,
		d->path);
}

static int set_mode(const struct draft *d, struct fault *f)
{
	int fd = -1, rc = 0;

	/* an editor may have put a new file in the copy's place: judge it as it is now */
	if (file_open_at(d->folder, d->copy, &want_settings, &fd, f) != 0)
		return -1;
	if (fchmod(fd, d->mode) != 0 || fsync(fd) != 0)
		rc = fault_set(f, FAULT_SYSTEM, errno, "%s", d->path);
	close(fd);
	return rc;
}

int draft_install(struct draft *d, struct fault *f)
{
	if (same_as_copied(d, f) != 0 || set_mode(d, f) != 0)
		return -1;
	if (renameat(d->folder, d->copy, d->folder, d->name) != 0 || fsync(d->folder) != 0)
		return fault_set(f, FAULT_SYSTEM, errno, "%s", d->name);
	return 0;
}

void draft_end(struct draft *d, bool keep)
{
	if (d->folder >= 0) {
		if (!keep)
			unlinkat(d->folder, d->copy, 0);
		close(d->folder);
		d->folder = -1;
	}
	free(d->before);
	d->before = NULL;
}
