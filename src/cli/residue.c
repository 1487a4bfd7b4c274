#include "cli/residue.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/places.h"
#include "base/text.h"
#include "cli/attic.h"
#include "cli/leavings.h"
#include "cli/speech.h"
#include "cli/triage.h"
#include "core/former.h"

enum { A_MINUTE_S = 60 };

static void fail(struct residue *r, const struct fault *f)
{
	r->failed++;
	(void)speech_fault(f);
}

static void told(struct residue *r, const char *path, const char *name, const char *what)
{
	r->gone++;
	printf("%s %s%s%s: %s\n", r->dry ? "would remove" : "removed", path,
		name[0] != 0 ? "/" : "", name, what);
}

/* --- records --- */

/* As forget leaves it: who was enrolled once does not come back by a login. */
static int remove_record(const struct residue *r, const struct triage_user *u, struct fault *f)
{
	struct account whose = u->account;

	memcpy(whose.name, u->record.name, sizeof(whose.name));
	if (!u->record.candidate && former_mark(&r->h->state, &whose, f) != 0)
		return -1;
	return state_remove_user(&r->h->state, &u->account, f);
}

static bool is_recent(const struct residue *r, const struct triage_user *u)
{
	return u->record.seen.st_mtime > r->now_s - r->older_s;
}

static void drop_record(struct residue *r, const struct triage_user *u, const char *what)
{
	struct fault f = FAULT_INIT;
	char name[16];

	snprintf(name, sizeof(name), "%u", (unsigned)u->account.uid);
	if (!r->dry && remove_record(r, u, &f) != 0)
		fail(r, &f);
	else
		told(r, PLACES_STATE, name, what);
}

/* Of somebody whom the system does not know any more. */
static void judge_nobodys(struct residue *r, const struct triage_user *u)
{
	if (u->record.blocked != RECORD_BLOCK_NONE)
		printf("kept %s/%u: its user is blocked, and gone from the system; rm it to end "
		       "that\n",
			PLACES_STATE, (unsigned)u->account.uid);
	else if (!is_recent(r, u))
		drop_record(r, u,
			u->record.candidate ? "of somebody who never enrolled and is gone"
					    : "of somebody who is gone, without an enrolment");
}

/* Somebody began to enrol at a login. What was counted then is to count (B3). */
static void judge_candidate(struct residue *r, const struct triage_user *u)
{
	const char *name = u->account.name;

	if (u->record.blocked != RECORD_BLOCK_NONE)
		printf("kept %s/%u: %s began to enrol, and is blocked; sms-otp enroll %s NUMBER, "
		       "or sms-otp forget %s\n",
			PLACES_STATE, (unsigned)u->account.uid, name, name, name);
	else if (!u->record.failed && !is_recent(r, u))
		drop_record(r, u, "of an enrolment at a login that was never finished");
}

static bool is_gone(const struct account *a, struct fault *why)
{
	struct account unused;

	return account_find_uid(a->uid, &unused, why) != 0 && why->class == FAULT_ABSENT;
}

static void judge_user(struct residue *r, const struct triage_user *u)
{
	char who[TALK_USER_MAX + 1];
	struct fault f = FAULT_INIT;

	text_log(who, sizeof(who), u->account.name);
	switch (triage_judge(u)) {
	case TRIAGE_SOUND:
	case TRIAGE_HALF:
		if (u->enrolment.extent == DAMAGE_MISSING)
			judge_candidate(r, u);
		else if (is_gone(&u->account, &f))
			printf("kept %s/%u.conf: %s is gone from the system; sms-otp forget %s\n",
				PLACES_USERS, (unsigned)u->account.uid, who, who);
		break;
	case TRIAGE_LOST:
		/* without the record the setting `unenrolled` would decide */
		printf("kept %s/%u: the enrolment of %s is missing; sms-otp enroll %s NUMBER, or "
		       "sms-otp forget %s\n",
			PLACES_STATE, (unsigned)u->account.uid, who, who, who);
		break;
	case TRIAGE_UNKNOWN:
	case TRIAGE_ANOTHERS:
	case TRIAGE_DAMAGED:
	default:
		triage_print(u);
		break;
	}
}

void residue_records(struct residue *r)
{
	struct fault f = FAULT_INIT;
	struct triage_user u;
	uint32_t *uids;
	size_t n;

	if (triage_uids(r->h, &uids, &n, &f) != 0) {
		fail(r, &f);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		bool whole;

		if (triage_look(r->h, uids[i], &u, &f) != 0) {
			fail(r, &f);
			continue;
		}
		whole = u.record.extent == DAMAGE_SOUND || u.record.extent == DAMAGE_HALF;
		if (whole && u.account.name[0] == 0 && u.enrolment.extent == DAMAGE_MISSING)
			judge_nobodys(r, &u);
		else
			judge_user(r, &u);
	}
	free(uids);
}

/* --- files that a writer left --- */

struct place {
	struct residue *r;
	const char *path, *what;
};

static int remove_file(void *ctx, int folder, const char *name)
{
	const struct place *p = ctx;
	struct fault f = FAULT_INIT;

	if (p->r->dry || unlinkat(folder, name, 0) == 0) {
		told(p->r, p->path, name, p->what);
	} else {
		fault_set(&f, FAULT_SYSTEM, errno, "%s/%s", p->path, name);
		fail(p->r, &f);
	}
	return 0;
}

void residue_leavings(struct residue *r)
{
	static const char *const folders[] = { PLACES_USERS, PLACES_STATE, PLACES_STATE "/former",
		PLACES_OUTBOX, PLACES_ROLLOUT, PLACES_DATA };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		struct place p = { r, folders[i], "never finished" };
		struct fault f = FAULT_INIT;

		if (leavings_walk(p.path, r->now_s, remove_file, &p, &f) != 0)
			fail(r, &f);
	}
}

/* --- what repair put aside --- */

static int remove_old(void *ctx, int folder, const char *name)
{
	const struct place *p = ctx;

	return attic_time(name) < p->r->now_s - p->r->older_s ? remove_file(ctx, folder, name) : 0;
}

void residue_damaged(struct residue *r)
{
	struct place p = { r, PLACES_DAMAGED, "damaged, put aside long ago" };
	struct fault f = FAULT_INIT;

	if (attic_walk(p.path, remove_old, &p, &f) != 0)
		fail(r, &f);
}

/* --- the socket of a daemon that was killed --- */

static bool nobody_listens(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX, .sun_path = PLACES_SOCKET };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool refused;

	if (fd < 0)
		return false;
	refused = connect(fd, (const struct sockaddr *)&sun, sizeof(sun)) != 0 &&
		  errno == ECONNREFUSED;
	close(fd);
	return refused;
}

void residue_socket(struct residue *r)
{
	struct fault f = FAULT_INIT;
	struct stat st;

	/* a daemon that is just starting does not listen yet */
	if (lstat(PLACES_SOCKET, &st) != 0 || !S_ISSOCK(st.st_mode) || st.st_uid != 0 ||
		st.st_mtime > r->now_s - A_MINUTE_S || !nobody_listens())
		return;
	if (!r->dry && unlink(PLACES_SOCKET) != 0) {
		fault_set(&f, FAULT_SYSTEM, errno, PLACES_SOCKET);
		fail(r, &f);
		return;
	}
	told(r, PLACES_SOCKET, "", "of a daemon that was killed");
}
