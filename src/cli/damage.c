#include "cli/damage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/secret.h"
#include "base/text.h"
#include "core/founding.h"

enum { NAME_SHOWN = 32 };

/* A file with two slots, and who decodes it. */
struct file {
	int folder;
	const char *name;
	const struct slot_shape *shape;
	const struct account *account; /* NULL: the site's */
};

/* --- what a login would say of owner, mode, links and size --- */

/* 0: *fd is open. Else nothing is, and *out says why; askew: what is in it may be looked at. */
static int open_judged(
	const struct file *file, const struct inode_want *want, int *fd, struct damage *out)
{
	*fd = -1;
	if (file_open_at(file->folder, file->name, want, fd, &out->fault) == 0)
		return 0;
	if (out->fault.class == FAULT_ABSENT)
		out->extent = DAMAGE_MISSING;
	else if (out->fault.class == FAULT_DAMAGED)
		out->extent = DAMAGE_BROKEN;
	return -1;
}

/* Nobody but root can have written it: then owner and mode are all that is wrong. A second name
 * of it shows the same. */
static bool is_roots(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_uid == 0 && (st->st_mode & 0022) == 0;
}

static int open_askew(const struct file *file, int64_t size, int *fd, struct damage *out)
{
	struct stat st;

	if (fstatat(file->folder, file->name, &out->seen, AT_SYMLINK_NOFOLLOW) != 0) {
		out->extent = DAMAGE_UNKNOWN;
		return fault_set(&out->fault, FAULT_SYSTEM, errno, "%s", file->name);
	}
	*fd = openat(file->folder, file->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0)
		return -1;
	if (fstat(*fd, &st) == 0 && st.st_ino == out->seen.st_ino &&
		(size < 0 || st.st_size == size))
		return 0;
	close(*fd);
	*fd = -1;
	return -1;
}

/* --- what is in it --- */

static bool has_failed(const struct record *r)
{
	uint32_t any = 0;

	for (int i = 0; i < RECORD_PURSES; i++)
		any |= r->purse[i].consecutive;
	for (int i = 0; i < RECORD_OFFLINE_PURSES; i++)
		any |= r->offline.purse[i].consecutive;
	return any != 0;
}

static int decode_user(const struct file *file, struct slot_cursor *c, struct damage *out)
{
	const struct account *a = file->account;
	char theirs[NAME_SHOWN + 1];
	struct record r;

	int rc = record_decode(c, &r, &out->fault);
	if (rc == 0 && (r.uid != a->uid || (a->name[0] != 0 && strcmp(r.name, a->name) != 0))) {
		text_log(theirs, sizeof(theirs), r.name);
		rc = fault_set(&out->fault, FAULT_DAMAGED, 0, "belongs to %s (uid %u)", theirs,
			(unsigned)r.uid);
	}
	if (rc == 0) {
		out->blocked = r.block;
		out->candidate = r.candidate == 1;
		out->failed = has_failed(&r);
		memcpy(out->name, r.name, sizeof(out->name));
	}
	secret_wipe_bytes(&r, sizeof(r));
	return rc;
}

static int decode_site(struct slot_cursor *c, struct damage *out)
{
	struct site *s = malloc(sizeof(*s));

	if (s == NULL)
		return fault_set(&out->fault, FAULT_MEMORY, 0, "out of memory");
	int rc = site_decode(c, s, &out->fault);
	free(s);
	return rc;
}

static bool is_blank(const unsigned char *slot)
{
	unsigned char any = 0;

	for (size_t i = 0; i < SLOT_HEAD; i++)
		any |= slot[i];
	return any == 0;
}

/* Does one slot hold without the other? room: two slots of zeros. */
static bool stands_alone(
	const unsigned char *slot, const struct slot_shape *shape, unsigned char *room)
{
	struct fault f = FAULT_INIT;
	struct slot_cursor c;
	uint64_t sequence;

	memcpy(room, slot, shape->size);
	return slot_pick(room, shape, &sequence, &c, &f) == 0;
}

static void judge_bytes(
	const struct file *file, unsigned char *both, unsigned char *room, struct damage *out)
{
	const size_t size = file->shape->size;
	struct slot_cursor c;
	uint64_t sequence;

	bool first = stands_alone(both, file->shape, room);
	bool second = stands_alone(both + size, file->shape, room);
	bool blank = is_blank(both) || is_blank(both + size);
	if (file->account != NULL)
		out->block = caution_read(both, file->account->uid);
	out->extent = DAMAGE_BROKEN;
	int at = slot_pick(both, file->shape, &sequence, &c, &out->fault);
	int rc = at < 0 ? -1
			: (file->account != NULL ? decode_user(file, &c, out)
						 : decode_site(&c, out));
	if (rc == 0)
		out->extent = (first && second) || blank ? DAMAGE_SOUND : DAMAGE_HALF;
	else if (out->fault.class != FAULT_DAMAGED)
		out->extent = DAMAGE_UNKNOWN;
}

static void judge_content(const struct file *file, int fd, struct damage *out)
{
	const size_t size = file->shape->size;
	unsigned char *bytes = calloc(4, size);

	out->extent = DAMAGE_UNKNOWN;
	if (bytes == NULL) {
		fault_set(&out->fault, FAULT_MEMORY, 0, "out of memory");
		return;
	}
	/* a read lock: nobody is writing meanwhile */
	if (file_lock(fd, FILE_LOCK_READ, clock_boot_ms() + STATE_LOCK_MS, &out->fault) == 0 &&
		file_read_exact(fd, bytes, 2 * size, &out->fault) == 0)
		judge_bytes(file, bytes, bytes + 2 * size, out);
	else if (out->fault.class == FAULT_DAMAGED)
		out->extent = DAMAGE_BROKEN;
	secret_wipe_bytes(bytes, 4 * size);
	free(bytes);
}

/* What is wrong outside is what is told; what is inside decides whether it is kept. */
static void judge_inside(const struct file *file, int fd, struct damage *out)
{
	struct damage inside = { .extent = DAMAGE_UNKNOWN, .seen = out->seen };

	judge_content(file, fd, &inside);
	out->block = inside.block;
	/* who may have written it may have written that too */
	if (out->block == CAUTION_FREE && !is_roots(&out->seen))
		out->block = CAUTION_UNKNOWN;
	out->blocked = inside.blocked;
	out->candidate = inside.candidate;
	if ((inside.extent == DAMAGE_SOUND || inside.extent == DAMAGE_HALF) && is_roots(&out->seen))
		out->extent = DAMAGE_ASKEW;
}

static void judge(const struct file *file, struct damage *out)
{
	const int64_t size = 2 * (int64_t)file->shape->size;
	struct inode_want want = { .owner = 0, .forbid = 0077, .size = size };
	char path[160];
	int fd;

	memset(out, 0, sizeof(*out));
	if (open_judged(file, &want, &fd, out) == 0) {
		if (fstat(fd, &out->seen) == 0)
			judge_content(file, fd, out);
		if (out->extent == DAMAGE_BROKEN) {
			file_path(fd, path, sizeof(path));
			fault_prefix(&out->fault, "%s", path);
		}
		close(fd);
	} else if (out->extent == DAMAGE_BROKEN && open_askew(file, size, &fd, out) == 0) {
		judge_inside(file, fd, out);
		close(fd);
	}
}

void damage_of_record(const struct state *s, const struct account *account, struct damage *out)
{
	char name[16];
	struct file file = { s->folder, name, &record_shape, account };

	snprintf(name, sizeof(name), "%u", (unsigned)account->uid);
	judge(&file, out);
}

void damage_of_site(const struct state *s, struct damage *out)
{
	struct file file = { s->folder, FOUNDING_SITE, &site_shape, NULL };

	judge(&file, out);
}

/* --- enrolments --- */

/* Is what is in it whole, and whose? */
static void judge_entry(
	int fd, const struct account *account, struct directory_entry *entry, struct damage *out)
{
	struct fault f = FAULT_INIT;
	char text[ENROLMENT_MAX + 1];
	size_t len;

	if (file_read_all(fd, text, ENROLMENT_MAX, &len, &f) != 0)
		return;
	text[len] = 0;
	if (strlen(text) != len || enrolment_parse(text, entry, &f) != 0 ||
		entry->uid != account->uid)
		return;
	bool as_it_must_be = (out->seen.st_mode & 0077) == 0 && out->seen.st_nlink == 1;
	if (account->name[0] != 0 && strcmp(entry->name, account->name) != 0)
		out->anothers = true;
	else
		out->extent = as_it_must_be ? DAMAGE_SOUND : DAMAGE_ASKEW;
}

void damage_of_enrolment(const struct directory *d, const struct account *account,
	struct directory_entry *entry, struct damage *out)
{
	char name[24];
	struct file file = { .folder = d->folder, .name = name, .account = account };
	int fd;

	memset(out, 0, sizeof(*out));
	snprintf(name, sizeof(name), "%u.conf", (unsigned)account->uid);
	if (directory_find(d, account, entry, &out->fault) == 0) {
		out->extent = DAMAGE_SOUND;
		return;
	}
	if (out->fault.class == FAULT_ABSENT)
		out->extent = DAMAGE_MISSING;
	if (out->fault.class != FAULT_DAMAGED)
		return;
	out->extent = DAMAGE_BROKEN;
	if (open_askew(&file, -1, &fd, out) != 0)
		return;
	if (is_roots(&out->seen))
		judge_entry(fd, account, entry, out);
	close(fd);
}
