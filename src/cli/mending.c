#include "cli/mending.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/places.h"
#include "base/secret.h"
#include "cli/membership.h"
#include "cli/rank.h"
#include "core/founding.h"

/* --- one file --- */

/* A file with two slots, and what is to stand in its place. */
struct exchange {
	struct attic_item item;
	size_t size;
	bool keep;            /* what is in it */
	unsigned char *fresh; /* size bytes; where it is kept, room for it */
};

/* All of the file that was looked at, whatever its owner and mode. */
static int read_kept(const struct exchange *x, struct fault *f)
{
	struct stat st;
	int fd = openat(
		x->item.folder, x->item.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int rc = -1;

	if (fd < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "%s", x->item.name);
	if (fstat(fd, &st) == 0 && st.st_ino == x->item.seen->st_ino)
		rc = file_read_exact(fd, x->fresh, x->size, f);
	else
		fault_set(
			f, FAULT_SYSTEM, 0, "%s: has just been replaced; look again", x->item.name);
	close(fd);
	return rc;
}

static int put_in_place(
	const struct exchange *x, bool missing, char kept[ATTIC_NAME_MAX], struct fault *f)
{
	if (x->keep && read_kept(x, f) != 0)
		return -1;
	if (!missing && attic_put(PLACES_DAMAGED, &x->item, kept, f) != 0)
		return -1;
	return file_create_at(x->item.folder, x->item.name, x->fresh, x->size, f);
}

/* --- a user's record --- */

static int fresh_record(const struct house *h, const struct triage_user *u, unsigned char *slot,
	struct mending *out, struct fault *f)
{
	struct clock_now now;
	struct record r;

	if (clock_read(&now, f) != 0)
		return -1;
	record_init(&r, u->account.uid, u->account.name);
	caution_user(&r, &h->settings, &now);
	r.block = caution_block(u->record.block, rank_administrator(&u->account));
	out->block = r.block;
	return record_encode(&r, 1, slot, f);
}

static int mend_record(
	const struct house *h, const struct triage_user *u, struct mending *out, struct fault *f)
{
	unsigned char both[2 * RECORD_SLOT_SIZE] = { 0 };
	char name[16];
	const bool keep = u->record.extent == DAMAGE_ASKEW;
	const bool missing = u->record.extent == DAMAGE_MISSING;
	struct exchange x = { { ATTIC_RECORD, u->account.uid, h->state.folder, name,
				      &u->record.seen },
		sizeof(both), keep, both };
	int rc;

	snprintf(name, sizeof(name), "%u", (unsigned)u->account.uid);
	/* nobody in the system has this uid: nobody needs a record, and none can be named */
	if (u->account.name[0] == 0)
		return missing ? 0 : attic_put(PLACES_DAMAGED, &x.item, out->record, f);
	if (!keep && fresh_record(h, u, both, out, f) != 0)
		return -1;
	rc = put_in_place(&x, missing, out->record, f);
	out->anew = rc == 0 && !keep;
	secret_wipe_bytes(both, sizeof(both));
	return rc;
}

/* --- an enrolment --- */

/* Without an entry a candidate would be somebody who was never enrolled (core/enlist.h), and let by
 * where `unenrolled` says so. */
static int end_candidacy(const struct house *h, const struct account *account, struct fault *f)
{
	struct state_change ch;

	if (state_begin(&h->state, STATE_USER, account, &ch, f) != 0)
		return -1;
	if (ch.user.candidate == 0) {
		state_abandon(&ch);
		return 0;
	}
	ch.user.candidate = 0;
	return state_commit(&ch, f);
}

static int mend_enrolment(
	const struct house *h, const struct triage_user *u, struct mending *out, struct fault *f)
{
	const bool keep = u->enrolment.extent == DAMAGE_ASKEW;
	char name[24];
	struct attic_item item = { ATTIC_ENROLMENT, u->account.uid, h->directory.folder, name,
		&u->enrolment.seen };

	snprintf(name, sizeof(name), "%u.conf", (unsigned)u->account.uid);
	if (!keep && u->account.name[0] != 0 && end_candidacy(h, &u->account, f) != 0)
		return -1;
	if (attic_put(PLACES_DAMAGED, &item, out->enrolment, f) != 0)
		return -1;
	out->lost = !keep;
	return keep ? directory_store(&h->directory, &u->entry, f) : 0;
}

int mending_user(
	const struct house *h, const struct triage_user *u, struct mending *out, struct fault *f)
{
	memset(out, 0, sizeof(*out));
	out->lost = u->enrolment.extent == DAMAGE_MISSING;
	/* the record first: it is what denies while there is no enrolment */
	if (u->record.extent != DAMAGE_SOUND && u->record.extent != DAMAGE_HALF &&
		mend_record(h, u, out, f) != 0)
		return -1;
	if (u->enrolment.extent == DAMAGE_ASKEW || u->enrolment.extent == DAMAGE_BROKEN)
		return mend_enrolment(h, u, out, f);
	return 0;
}

/* --- the site's record --- */

static int fresh_site(const struct house *h, unsigned char *slot, struct fault *f)
{
	struct site *s = malloc(sizeof(*s));
	struct clock_now now;
	int rc = -1;

	if (s == NULL)
		return fault_set(f, FAULT_MEMORY, 0, "out of memory");
	site_init(s);
	if (clock_read(&now, f) == 0 && membership_count(h, &s->enrolled, f) == 0) {
		caution_site(s, &h->settings, &now);
		rc = site_encode(s, 1, slot, f);
	}
	free(s);
	return rc;
}

int mending_site(
	const struct house *h, const struct damage *site, struct mending *out, struct fault *f)
{
	const bool keep = site->extent == DAMAGE_ASKEW;
	struct exchange x = { { ATTIC_SITE, 0, h->state.folder, FOUNDING_SITE, &site->seen },
		2 * (size_t)SITE_SLOT_SIZE, keep, NULL };
	int rc = -1;

	memset(out, 0, sizeof(*out));
	x.fresh = calloc(2, SITE_SLOT_SIZE);
	if (x.fresh == NULL)
		return fault_set(f, FAULT_MEMORY, 0, "out of memory");
	if (keep || fresh_site(h, x.fresh, f) == 0)
		rc = put_in_place(&x, site->extent == DAMAGE_MISSING, out->record, f);
	out->anew = rc == 0 && !keep;
	free(x.fresh);
	return rc;
}
