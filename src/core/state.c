#include "core/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/secret.h"
#include "base/text.h"
#include "core/founding.h"
#include "core/slot_write.h"

enum {
	LOCK_AGAIN = 16, /* a file that was removed while we waited for its lock is opened anew */
	SHOWN = 80,      /* of a path or remedy in a fault */
	NAME_SHOWN = 32, /* of a user's name */
};

static struct inode_want want_size(int64_t size)
{
	return (struct inode_want){ .owner = 0, .forbid = 0077, .size = size };
}

static void user_file(uint32_t uid, char out[16])
{
	snprintf(out, 16, "%u", uid);
}

static const char *user_remedy(const struct account *account, char out[SHOWN])
{
	char name[NAME_SHOWN + 1];

	text_log(name, sizeof name, account->name);
	snprintf(out, SHOWN, "sms-otp repair %s", name);
	return out;
}

/* --- the folder and the key --- */

static int open_folder(const char *path, int *fd, struct fault *f)
{
	struct inode_want want = want_size(-1);

	if (file_open_folder(path, &want, fd, f) == 0)
		return 0;
	if (f->class != FAULT_ABSENT)
		return -1;
	return fault_set(
		f, FAULT_ABSENT, 0, "%.80s: not there; install -d -m 0700 %.80s", path, path);
}

static int read_key(struct state *s, struct fault *f)
{
	static const unsigned char none[DIGEST_SIZE];
	struct inode_want want = want_size(DIGEST_SIZE);
	int fd;

	if (file_open_at(s->folder, FOUNDING_KEY, &want, &fd, f) < 0) {
		if (f->class != FAULT_ABSENT)
			return -1;
		fault_set(f, FAULT_ABSENT, 0, "has no key in it");
		return file_blame(s->folder, "enrolling the first user makes it", f);
	}
	int result = file_read_exact(fd, s->key, sizeof s->key, f);
	if (result == 0 && secret_same_bytes(s->key, none, sizeof none)) {
		fault_set(f, FAULT_DAMAGED, 0, "is all zero");
		result = file_blame(fd, FOUNDING_REMEDY, f);
	}
	close(fd);
	return result;
}

int state_open(const char *path, struct state *s, struct fault *f)
{
	memset(s, 0, sizeof *s);
	s->folder = -1;
	if (open_folder(path, &s->folder, f) == 0 && read_key(s, f) == 0)
		return 0;
	state_close(s);
	return -1;
}

void state_close(struct state *s)
{
	if (s->folder >= 0)
		close(s->folder);
	s->folder = -1;
	secret_wipe_bytes(s->key, sizeof s->key);
}

int state_prepare(const char *path, struct state *s, struct fault *f)
{
	int folder;

	memset(s, 0, sizeof *s);
	s->folder = -1;
	if (open_folder(path, &folder, f) < 0)
		return -1;
	int result = founding_prepare(folder, f);
	close(folder);
	return result == 0 ? state_open(path, s, f) : -1;
}

/* --- one change: lock and read (F3, F4) --- */

/* A file with two slots. */
struct part {
	const char *name;
	const struct slot_shape *shape;
};

static const struct part site_part = { FOUNDING_SITE, &site_shape };

static int open_locked(
	int folder, const struct part *part, int64_t deadline_ms, int *fd, struct fault *f)
{
	struct inode_want want = want_size((int64_t)(2 * part->shape->size));
	want.flags = O_RDWR;
	struct stat st;

	for (int i = 0; i < LOCK_AGAIN; i++) {
		if (file_open_at(folder, part->name, &want, fd, f) < 0)
			return -1;
		if (file_lock(*fd, FILE_LOCK_WRITE, deadline_ms, f) < 0)
			goto fail;
		if (fstat(*fd, &st) < 0) {
			fault_set(f, FAULT_SYSTEM, errno, "%s: cannot be judged", part->name);
			goto fail;
		}
		/* who removes a record holds its lock: what we waited for may be gone, or
		 * another be in its place */
		if (st.st_nlink > 0)
			return 0;
		close(*fd);
		*fd = -1;
	}
	return fault_set(f, FAULT_SYSTEM, 0, "state/%s: is replaced all the time", part->name);
fail:
	close(*fd);
	*fd = -1;
	return -1;
}

/* Of one change at a time, as a process makes them: from the heap it would be mapped, and given
 * back, for each. */
static unsigned char site_room[2 * (size_t)SITE_SLOT_SIZE];

static int read_site(struct state_change *ch, int64_t deadline_ms, struct fault *f)
{
	unsigned char *both = site_room;
	struct slot_cursor c;

	if (open_locked(ch->of->folder, &site_part, deadline_ms, &ch->site_fd, f) < 0) {
		if (f->class != FAULT_ABSENT)
			return -1;
		fault_set(f, FAULT_DAMAGED, 0, "%s is missing", FOUNDING_SITE);
		return file_blame(ch->of->folder, FOUNDING_SITE_REMEDY, f);
	}
	int at = file_read_exact(ch->site_fd, both, sizeof site_room, f) < 0
			 ? -1
			 : slot_pick(both, &site_shape, &ch->site_seq, &c, f);
	int result = at < 0 ? -1 : site_decode(&c, &ch->site, f);
	if (result == 0)
		ch->site_slot = slot_next(both, &site_shape, at);
	return result < 0 ? file_blame(ch->site_fd, FOUNDING_SITE_REMEDY, f) : 0;
}

/* A record of somebody who had this uid before is not this user's (D12). */
static int judge_user(const struct record *r, const struct account *account, struct fault *f)
{
	char theirs[NAME_SHOWN + 1];

	if (r->uid == account->uid && strcmp(r->name, account->name) == 0)
		return 0;
	text_log(theirs, sizeof theirs, r->name);
	return fault_set(f, FAULT_DAMAGED, 0, "belongs to %s (uid %u)", theirs, r->uid);
}

/* A record may hold an app's key: what it passed through is wiped. */
static int take_user(struct state_change *ch, const struct account *account, struct fault *f)
{
	unsigned char both[2 * RECORD_SLOT_SIZE];
	struct slot_cursor c;

	int at = file_read_exact(ch->user_fd, both, sizeof both, f) < 0
			 ? -1
			 : slot_pick(both, &record_shape, &ch->user_seq, &c, f);
	int result = at < 0 || record_decode(&c, &ch->user, f) < 0
			     ? -1
			     : judge_user(&ch->user, account, f);
	if (result == 0)
		ch->user_slot = slot_next(both, &record_shape, at);
	secret_wipe_bytes(both, sizeof both);
	return result;
}

static int read_user(struct state_change *ch, const struct account *account, int64_t deadline_ms,
	struct fault *f)
{
	char name[16], remedy[SHOWN];
	struct part part = { name, &record_shape };

	user_file(account->uid, name);
	user_remedy(account, remedy);
	if (open_locked(ch->of->folder, &part, deadline_ms, &ch->user_fd, f) < 0) {
		if (f->class != FAULT_ABSENT)
			return -1;
		fault_set(f, FAULT_DAMAGED, 0, "record %s is missing", name);
		return file_blame(ch->of->folder, remedy, f);
	}
	if (take_user(ch, account, f) == 0)
		return 0;
	return file_blame(ch->user_fd, remedy, f);
}

/* Wall time goes on from the highest that a record knows, for each by itself: a clock that was
 * wrong when one was looked at first in this boot must not turn the windows of the other (F5). */
static int tell_time(struct state_change *ch, struct fault *f)
{
	struct clock_now *now = &ch->now;

	if (clock_read(now, f) < 0)
		return -1;
	if (!height_wall_sane(now->wall_s) && now->wall_s > 0)
		return fault_set(
			f, FAULT_SYSTEM, 0, "the clock is beyond the year 9999; set it right");
	ch->clock_wall_s = now->wall_s;
	if (ch->part & STATE_SITE)
		height_rise(&ch->site.high, now);
	if (ch->part & STATE_USER)
		height_rise(&ch->user.high, now);
	if (ch->part != 0)
		now->wall_s = ch->part & STATE_USER ? ch->user.high.wall_s : ch->site.high.wall_s;
	if (ch->part & STATE_SITE)
		ch->site_ahead_s = ch->site.high.wall_s - now->wall_s;
	return 0;
}

int state_begin(const struct state *s, enum state_part part, const struct account *account,
	struct state_change *ch, struct fault *f)
{
	memset(ch, 0, sizeof *ch);
	ch->part = part;
	ch->of = s;
	ch->user_fd = ch->site_fd = -1;
	if ((part & STATE_USER) && !account)
		return fault_set(f, FAULT_BAD, 0, "a user's state was asked for without a user");
	if ((part & STATE_SITE) && s->turn) {
		s->turn->wait(s->turn->ctx);
		ch->has_turn = true;
	}
	int64_t deadline_ms = clock_boot_ms() + STATE_LOCK_MS;
	if ((part & STATE_SITE) && read_site(ch, deadline_ms, f) < 0)
		goto fail;
	if ((part & STATE_USER) && read_user(ch, account, deadline_ms, f) < 0)
		goto fail;
	if (tell_time(ch, f) == 0)
		return 0;
fail:
	state_abandon(ch);
	return -1;
}

/* --- one change: write (F2, B1) --- */

static int write_site(struct state_change *ch, unsigned char *slot, bool lazy, struct fault *f)
{
	if (lazy)
		return slot_write_lazily(ch->site_fd, slot, &site_shape, &ch->site_slot, f);
	return slot_write_synced(ch->site_fd, slot, &site_shape, &ch->site_slot, f);
}

static int commit_both(struct state_change *ch, unsigned char *site, unsigned char *user, bool lazy,
	struct fault *f)
{
	/* both are encoded before one is written: a value without a place on the disk must not
	 * charge half */
	if (site && site_encode(&ch->site, ch->site_seq + 1, site, f) < 0)
		return file_blame(ch->site_fd, FOUNDING_SITE_REMEDY, f);
	if (user && record_encode(&ch->user, ch->user_seq + 1, user, f) < 0)
		return file_blame(ch->user_fd, "tell the makers of sms-otp", f);
	if (site && write_site(ch, site, lazy, f) < 0)
		return -1;
	return !user ? 0 : slot_write_synced(ch->user_fd, user, &record_shape, &ch->user_slot, f);
}

static int commit(struct state_change *ch, bool lazy, struct fault *f)
{
	unsigned char user[RECORD_SLOT_SIZE];
	unsigned char *site = NULL;
	int result = -1;

	bool all_open = (!(ch->part & STATE_SITE) || ch->site_fd >= 0) &&
			(!(ch->part & STATE_USER) || ch->user_fd >= 0);
	if (ch->part == 0 || !all_open || (lazy && ch->part != STATE_SITE)) {
		fault_set(f, FAULT_BAD, 0, "a change was committed that was not begun so");
		goto out;
	}
	if (ch->part & STATE_SITE)
		site = site_room;
	result = commit_both(ch, site, ch->part & STATE_USER ? user : NULL, lazy, f);
out:
	secret_wipe_bytes(user, sizeof user);
	state_abandon(ch);
	return result;
}

int state_commit(struct state_change *ch, struct fault *f)
{
	return commit(ch, false, f);
}

int state_commit_lazily(struct state_change *ch, struct fault *f)
{
	return commit(ch, true, f);
}

void state_abandon(struct state_change *ch)
{
	/* closing unlocks; the user's first, the other way round than they were taken */
	if (ch->user_fd >= 0)
		close(ch->user_fd);
	if (ch->site_fd >= 0)
		close(ch->site_fd);
	ch->user_fd = ch->site_fd = -1;
	if (ch->has_turn)
		ch->of->turn->leave(ch->of->turn->ctx);
	ch->has_turn = false;
	secret_wipe_bytes(ch->user.offline.app.key, sizeof ch->user.offline.app.key);
}

/* --- for the CLI --- */

static int create(
	const struct state *s, const struct account *account, bool candidate, struct fault *f)
{
	unsigned char both[2 * RECORD_SLOT_SIZE];
	struct record r;
	char name[16];

	/* slot 1 stays zero, hence broken, until the first change */
	memset(both, 0, sizeof both);
	record_init(&r, account->uid, account->name);
	r.candidate = candidate;
	if (record_encode(&r, 1, both, f) < 0)
		return -1;
	user_file(account->uid, name);
	return file_create_at(s->folder, name, both, sizeof both, f);
}

int state_create_user(const struct state *s, const struct account *account, struct fault *f)
{
	return create(s, account, false, f);
}

int state_create_candidate(const struct state *s, const struct account *account, struct fault *f)
{
	return create(s, account, true, f);
}

int state_remove_user(const struct state *s, const struct account *account, struct fault *f)
{
	int64_t deadline_ms = clock_boot_ms() + STATE_LOCK_MS;
	char name[16];
	struct part part = { name, &record_shape };
	int fd = -1, result = -1;

	user_file(account->uid, name);
	/* what is damaged was never locked by anybody, and must go all the same */
	if (open_locked(s->folder, &part, deadline_ms, &fd, f) == 0 || f->class == FAULT_DAMAGED)
		result = file_remove_at(s->folder, name, f);
	if (fd >= 0)
		close(fd);
	return result;
}

int state_has_user(const struct state *s, const struct account *account, bool *has, struct fault *f)
{
	struct stat st;
	char name[16];

	*has = true;
	user_file(account->uid, name);
	if (fstatat(s->folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	if (errno != ENOENT)
		return fault_set(f, FAULT_SYSTEM, errno, "state/%s: cannot be looked for", name);
	*has = false;
	return 0;
}
