#include "cli/triage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "base/places.h"
#include "base/text.h"
#include "core/founding.h"

/* --- one user --- */

int triage_look(const struct house *h, uint32_t uid, struct triage_user *out, struct fault *f)
{
	struct fault unknown = FAULT_INIT;

	memset(out, 0, sizeof(*out));
	if (account_find_uid(uid, &out->account, &unknown) != 0) {
		/* a name service that is down knows nobody (C6) */
		if (unknown.class != FAULT_ABSENT) {
			*f = unknown;
			return -1;
		}
		out->account.name[0] = 0;
	}
	out->account.uid = uid;
	damage_of_enrolment(&h->directory, &out->account, &out->entry, &out->enrolment);
	bool whole = out->enrolment.extent == DAMAGE_SOUND || out->enrolment.extent == DAMAGE_ASKEW;
	if (out->account.name[0] == 0 && whole &&
		text_copy(out->account.name, sizeof(out->account.name), out->entry.name) != 0)
		out->account.name[0] = 0;
	damage_of_record(&h->state, &out->account, &out->record);
	return 0;
}

static bool is_wrong(const struct damage *d)
{
	return d->extent == DAMAGE_ASKEW || d->extent == DAMAGE_BROKEN;
}

enum triage_kind triage_judge(const struct triage_user *u)
{
	const struct damage *r = &u->record, *e = &u->enrolment;

	if (r->extent == DAMAGE_UNKNOWN || e->extent == DAMAGE_UNKNOWN)
		return TRIAGE_UNKNOWN;
	if (e->anothers)
		return TRIAGE_ANOTHERS;
	if (is_wrong(r) || is_wrong(e) ||
		(r->extent == DAMAGE_MISSING && e->extent != DAMAGE_MISSING))
		return TRIAGE_DAMAGED;
	if (r->extent != DAMAGE_MISSING && e->extent == DAMAGE_MISSING && !r->candidate)
		return TRIAGE_LOST;
	return r->extent == DAMAGE_HALF ? TRIAGE_HALF : TRIAGE_SOUND;
}

/* --- all of them --- */

struct uids {
	uint32_t *at;
	size_t n, room;
};

static int add_uid(struct uids *u, uint32_t uid, struct fault *f)
{
	if (u->n == u->room) {
		size_t room = u->room == 0 ? 64 : u->room * 2;
		uint32_t *more = reallocarray(u->at, room, sizeof(*more));

		if (more == NULL)
			return fault_set(f, FAULT_MEMORY, 0, "out of memory");
		u->at = more;
		u->room = room;
	}
	u->at[u->n++] = uid;
	return 0;
}

/* "1000" or "1000.conf", as the programs write it; others are nobody's. */
static bool uid_of(const char *name, const char *suffix, uint32_t *uid)
{
	struct fault f = FAULT_INIT;
	char digits[16], again[32];
	int64_t value;

	size_t len = strspn(name, "0123456789");
	if (len == 0 || len >= sizeof(digits))
		return false;
	memcpy(digits, name, len);
	digits[len] = 0;
	if (number_parse(digits, 0, UINT32_MAX - 1, &value, &f) != 0)
		return false;
	*uid = (uint32_t)value;
	snprintf(again, sizeof(again), "%u%s", (unsigned)*uid, suffix);
	return strcmp(again, name) == 0;
}

static int collect(int folder, const char *suffix, struct uids *u, struct fault *f)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;
	uint32_t uid;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return fault_set(f, FAULT_SYSTEM, errno, "a folder of ours cannot be read");
	}
	while (rc == 0 && (entry = readdir(dir)) != NULL)
		if (uid_of(entry->d_name, suffix, &uid))
			rc = add_uid(u, uid, f);
	closedir(dir);
	return rc;
}

static int ascending(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

int triage_uids(const struct house *h, uint32_t **uids, size_t *n, struct fault *f)
{
	struct uids u = { 0 };
	size_t kept = 0;

	*uids = NULL;
	*n = 0;
	if (collect(h->directory.folder, ".conf", &u, f) != 0 ||
		collect(h->state.folder, "", &u, f) != 0) {
		free(u.at);
		return -1;
	}
	if (u.n > 0)
		qsort(u.at, u.n, sizeof(u.at[0]), ascending);
	for (size_t i = 0; i < u.n; i++)
		if (i == 0 || u.at[i] != u.at[i - 1])
			u.at[kept++] = u.at[i];
	*uids = u.at;
	*n = kept;
	return 0;
}

/* --- words --- */

static void print_one(const char *what, const struct damage *d)
{
	char text[384];

	if (d->extent == DAMAGE_MISSING)
		printf("%s: missing\n", what);
	else if (d->fault.class != FAULT_NONE)
		printf("%s: %s\n", what, fault_text(&d->fault, text, sizeof(text)));
}

static void print_remedy(const struct triage_user *u, const char *who)
{
	switch (triage_judge(u)) {
	case TRIAGE_DAMAGED:
		printf("    sms-otp repair %s\n", who);
		break;
	case TRIAGE_ANOTHERS:
		printf("    sms-otp forget %s, then sms-otp enroll %s NUMBER\n", who, who);
		break;
	case TRIAGE_LOST:
		printf("    restore %s/%u.conf from a backup, or sms-otp enroll %s NUMBER\n",
			PLACES_USERS, (unsigned)u->account.uid, who);
		break;
	case TRIAGE_UNKNOWN:
	case TRIAGE_SOUND:
	case TRIAGE_HALF:
	default:
		break;
	}
}

void triage_print(const struct triage_user *u)
{
	char who[TALK_USER_MAX + 1], what[TALK_USER_MAX + 40];

	if (triage_judge(u) == TRIAGE_SOUND)
		return;
	snprintf(who, sizeof(who), "%u", (unsigned)u->account.uid);
	if (u->account.name[0] != 0)
		text_log(who, sizeof(who), u->account.name);
	snprintf(what, sizeof(what), "record of %s", who);
	if (triage_judge(u) == TRIAGE_HALF) {
		printf("%s: one of its two copies is broken and the other one holds; nothing to "
		       "do: the next change writes over it\n",
			what);
		return;
	}
	if (u->record.extent != DAMAGE_SOUND && u->record.extent != DAMAGE_HALF)
		print_one(what, &u->record);
	snprintf(what, sizeof(what), "enrolment of %s", who);
	if (u->enrolment.extent != DAMAGE_SOUND)
		print_one(what, &u->enrolment);
	print_remedy(u, who);
}

void triage_print_site(const struct damage *site)
{
	if (site->extent == DAMAGE_SOUND)
		return;
	if (site->extent == DAMAGE_HALF) {
		printf("record of the site: one of its two copies is broken and the other one "
		       "holds; nothing to do: the next change writes over it\n");
		return;
	}
	print_one("record of the site", site);
	if (site->extent != DAMAGE_UNKNOWN)
		printf("    sms-otp repair --site\n");
}
