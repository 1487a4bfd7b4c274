#include "cli/rollout_record.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/number.h"
#include "base/places.h"
#include "base/text.h"

#define SUFFIX ".rollout"
#define LOCK   "lock"

enum {
	HEAD_MAX = 1024,
	NAME_ROOM = TALK_SERVICE_MAX + sizeof(SUFFIX),
	LOCK_MS = 10000,
	RECORD_MAX = HEAD_MAX + 2 * ROLLOUT_RECORD_FILE_MAX,
	NO_FILE = -1, /* a length */
};

const struct rollout_home rollout_record_home = { PLACES_ROLLOUT, "/etc/pam.d" };

static const struct inode_want want = { .owner = 0, .forbid = 0077, .size = -1 };
static const struct inode_want want_lock = {
	.owner = 0, .forbid = 0077, .size = -1, .flags = O_RDWR
};

static const char *const standings[] = { [ROLLOUT_NONE] = "",
	[ROLLOUT_OPEN] = "open",
	[ROLLOUT_KEPT] = "kept",
	[ROLLOUT_BACK] = "back" };

bool rollout_record_service(const char *service)
{
	char name[TALK_SERVICE_MAX + 1];

	if (service[0] == '.' || service[0] == 0 || strlen(service) > TALK_SERVICE_MAX)
		return false;
	text_name(name, sizeof(name), service, TALK_SERVICE_MAX);
	return strcmp(name, service) == 0;
}

bool rollout_record_due(const struct rollout_record *r, const struct clock_now *now)
{
	return memcmp(r->boot_id, now->boot_id, sizeof(r->boot_id)) != 0 ||
	       now->boot_ms >= r->due_boot_ms;
}

bool rollout_record_same(const struct rollout_content *a, const struct rollout_content *b)
{
	if (a->bytes == NULL || b->bytes == NULL)
		return a->bytes == b->bytes;
	return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* --- the bytes --- */

static long long length_of(const struct rollout_content *c)
{
	return c->bytes != NULL ? (long long)c->len : NO_FILE;
}

static void put_head(const struct rollout_record *r, struct text_line *line)
{
	char boot[2 * CLOCK_BOOT_ID_SIZE + 1];

	text_hex(boot, sizeof(boot), r->boot_id, sizeof(r->boot_id));
	text_add(line, "rollout 1\nservice %s\nstanding %s\nby %s\n", r->service,
		standings[r->standing], r->by);
	text_add(line, "began %lld\nended %lld\nlength %lld\nboot %s\ndue %lld\n",
		(long long)r->began_wall_s, (long long)r->ended_wall_s, (long long)r->length_s,
		boot, (long long)r->due_boot_ms);
	text_add(line, "mode %u\nuid %u\ngid %u\nold %lld\nnew %lld\n\n", (unsigned)r->mode,
		(unsigned)r->uid, (unsigned)r->gid, length_of(&r->old), length_of(&r->new));
}

/* The value of the next line, which must be of this name; NULL: it is not. */
static const char *take(char **at, const char *name)
{
	char *from = *at, *end = strchr(from, '\n');
	size_t len = strlen(name);

	if (end == NULL || strncmp(from, name, len) != 0 || from[len] != ' ')
		return NULL;
	*end = 0;
	*at = end + 1;
	return from + len + 1;
}

static bool take_number(char **at, const char *name, int64_t max, int64_t *out)
{
	struct fault f = FAULT_INIT;
	const char *text = take(at, name);

	if (text == NULL)
		return false;
	*out = NO_FILE;
	return (strcmp(text, "-1") == 0 && max == ROLLOUT_RECORD_FILE_MAX) ||
	       number_parse(text, 0, max, out, &f) == 0;
}

static bool take_words(char **at, struct rollout_record *r)
{
	const char *version = take(at, "rollout"), *service = take(at, "service");
	const char *standing = take(at, "standing"), *by = take(at, "by");

	if (version == NULL || service == NULL || standing == NULL || by == NULL ||
		strcmp(version, "1") != 0 || !rollout_record_service(service) ||
		text_copy(r->service, sizeof(r->service), service) != 0 ||
		text_copy(r->by, sizeof(r->by), by) != 0)
		return false;
	for (int i = ROLLOUT_OPEN; i <= ROLLOUT_BACK; i++)
		if (strcmp(standing, standings[i]) == 0)
			r->standing = (enum rollout_standing)i;
	return r->standing != ROLLOUT_NONE;
}

static bool take_boot(char **at, struct rollout_record *r)
{
	char again[2 * CLOCK_BOOT_ID_SIZE + 1];
	const char *text = take(at, "boot");

	if (text == NULL || strlen(text) != (size_t)2 * CLOCK_BOOT_ID_SIZE)
		return false;
	for (size_t i = 0; i < CLOCK_BOOT_ID_SIZE; i++) {
		char pair[3] = { text[2 * i], text[2 * i + 1], 0 };

		r->boot_id[i] = (unsigned char)strtoul(pair, NULL, 16);
	}
	text_hex(again, sizeof(again), r->boot_id, sizeof(r->boot_id));
	return strcmp(again, text) == 0;
}

static bool take_numbers(char **at, struct rollout_record *r, int64_t *old, int64_t *new)
{
	int64_t mode, uid, gid;

	if (!take_number(at, "began", INT64_MAX, &r->began_wall_s) ||
		!take_number(at, "ended", INT64_MAX, &r->ended_wall_s) ||
		!take_number(at, "length", INT64_MAX, &r->length_s) || !take_boot(at, r) ||
		!take_number(at, "due", INT64_MAX, &r->due_boot_ms) ||
		!take_number(at, "mode", 07777, &mode) ||
		!take_number(at, "uid", UINT32_MAX, &uid) ||
		!take_number(at, "gid", UINT32_MAX, &gid) ||
		!take_number(at, "old", ROLLOUT_RECORD_FILE_MAX, old) ||
		!take_number(at, "new", ROLLOUT_RECORD_FILE_MAX, new) || **at != '\n')
		return false;
	r->mode = (mode_t)mode;
	r->uid = (uid_t)uid;
	r->gid = (gid_t)gid;
	++*at;
	return *new != NO_FILE;
}

static bool take_content(const char *from, int64_t len, struct rollout_content *out)
{
	if (len == NO_FILE)
		return true;
	out->bytes = malloc((size_t)len + 1);
	if (out->bytes == NULL)
		return false;
	memcpy(out->bytes, from, (size_t)len);
	out->bytes[len] = 0;
	out->len = (size_t)len;
	return true;
}

static bool decode(char *text, size_t len, struct rollout_record *r)
{
	char *at = text, *end = text + len;
	int64_t old, new;

	if (!take_words(&at, r) || !take_numbers(&at, r, &old, &new))
		return false;
	if (end - at != (old > 0 ? old : 0) + new)
		return false;
	return take_content(at, old, &r->old) &&
	       take_content(at + (old > 0 ? old : 0), new, &r->new);
}

/* --- the folder --- */

static int make_folder(const char *path, struct fault *f)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return 0;
	return fault_set(f, FAULT_SYSTEM, errno, "%s: cannot be made", path);
}

static int open_lock(int folder, int *fd, struct fault *f)
{
	struct fault why = FAULT_INIT;

	if (file_open_at(folder, LOCK, &want_lock, fd, f) == 0)
		return 0;
	if (f->class != FAULT_ABSENT ||
		(file_create_at(folder, LOCK, "", 0, &why) != 0 && why.errnum != EEXIST))
		return -1;
	return file_open_at(folder, LOCK, &want_lock, fd, f);
}

int rollout_record_enter(const struct rollout_home *home, struct rollout_desk *d, struct fault *f)
{
	d->folder = d->lock = -1;
	if (make_folder(home->state, f) == 0 &&
		file_open_folder(home->state, &want, &d->folder, f) == 0 &&
		open_lock(d->folder, &d->lock, f) == 0 &&
		file_lock(d->lock, FILE_LOCK_WRITE, clock_boot_ms() + LOCK_MS, f) == 0)
		return 0;
	rollout_record_leave(d);
	return -1;
}

void rollout_record_leave(struct rollout_desk *d)
{
	if (d->lock >= 0)
		close(d->lock);
	if (d->folder >= 0)
		close(d->folder);
	d->folder = d->lock = -1;
}

static void file_name(const char *service, char out[NAME_ROOM])
{
	snprintf(out, NAME_ROOM, "%s%s", service, SUFFIX);
}

int rollout_record_read(const struct rollout_desk *d, const char *service,
	struct rollout_record *out, struct fault *f)
{
	char name[NAME_ROOM], *text;
	int fd = -1, rc;
	size_t len = 0;

	memset(out, 0, sizeof(*out));
	file_name(service, name);
	if (file_open_at(d->folder, name, &want, &fd, f) != 0)
		return -1;
	text = malloc(RECORD_MAX + 1);
	rc = text == NULL ? fault_set(f, FAULT_MEMORY, ENOMEM, "%s", name)
			  : file_read_all(fd, text, RECORD_MAX, &len, f);
	if (rc == 0) {
		text[len] = 0;
		if (!decode(text, len, out) || strcmp(out->service, service) != 0)
			rc = fault_set(f, FAULT_DAMAGED, 0,
				"%s/%s: is damaged; compare the file in pam.d by hand, then remove "
				"this one",
				PLACES_ROLLOUT, name);
	}
	free(text);
	close(fd);
	return rc;
}

int rollout_record_write(
	const struct rollout_desk *d, const struct rollout_record *r, struct fault *f)
{
	char name[NAME_ROOM], *text = malloc(RECORD_MAX + 1);
	size_t old = r->old.bytes != NULL ? r->old.len : 0;
	struct text_line line;
	int rc;

	if (text == NULL)
		return fault_set(f, FAULT_MEMORY, ENOMEM, "%s", r->service);
	text_begin(&line, text, HEAD_MAX);
	put_head(r, &line);
	file_name(r->service, name);
	if (line.cut || old > ROLLOUT_RECORD_FILE_MAX || r->new.len > ROLLOUT_RECORD_FILE_MAX) {
		rc = fault_set(f, FAULT_BAD, 0, "%s: the file is too large", r->service);
	} else {
		if (old > 0)
			memcpy(text + line.len, r->old.bytes, old);
		memcpy(text + line.len + old, r->new.bytes, r->new.len);
		rc = file_replace_at(d->folder, name, text, line.len + old + r->new.len, f);
	}
	free(text);
	return rc;
}

void rollout_record_free(struct rollout_record *r)
{
	free(r->old.bytes);
	free(r->new.bytes);
	memset(r, 0, sizeof(*r));
}

/* The service of a record's file. */
static bool service_of(const char *name, char out[TALK_SERVICE_MAX + 1])
{
	size_t len = strlen(name), end = sizeof(SUFFIX) - 1;

	if (len <= end || len - end > TALK_SERVICE_MAX || strcmp(name + len - end, SUFFIX) != 0)
		return false;
	memcpy(out, name, len - end);
	out[len - end] = 0;
	return rollout_record_service(out);
}

int rollout_record_walk(const struct rollout_desk *d,
	void (*each)(
		void *ctx, const char *service, struct rollout_record *r, const struct fault *f),
	void *ctx, struct fault *f)
{
	int fd = openat(d->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *e;

	if (dir == NULL) {
		fault_set(f, FAULT_SYSTEM, errno, "%s", PLACES_ROLLOUT);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while ((e = readdir(dir)) != NULL) {
		char service[TALK_SERVICE_MAX + 1];
		struct fault why = FAULT_INIT;
		struct rollout_record r;

		if (!service_of(e->d_name, service))
			continue;
		if (rollout_record_read(d, service, &r, &why) == 0)
			each(ctx, service, &r, &why);
		else
			each(ctx, service, NULL, &why);
		rollout_record_free(&r);
	}
	closedir(dir);
	return 0;
}
