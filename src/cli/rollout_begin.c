#include "cli/rollout_begin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/audit.h"
#include "cli/rollout_back.h"
#include "cli/rollout_watch.h"

static int copy(const struct rollout_content *from, struct rollout_content *to, struct fault *f)
{
	if (from->bytes == NULL)
		return 0;
	to->bytes = malloc(from->len + 1);
	if (to->bytes == NULL)
		return fault_set(f, FAULT_MEMORY, ENOMEM, "the file's copy");
	memcpy(to->bytes, from->bytes, from->len);
	to->bytes[from->len] = 0;
	to->len = from->len;
	return 0;
}

static int fill(const struct rollout_begin *b, struct rollout_record *r, struct fault *f)
{
	struct clock_now now;

	if (clock_read(&now, f) != 0)
		return -1;
	*r = (struct rollout_record){
		.standing = ROLLOUT_OPEN,
		.began_wall_s = now.wall_s,
		.length_s = b->length_s,
		.due_boot_ms = now.boot_ms + b->length_s * 1000,
		.mode = b->present->mode,
		.uid = b->present->uid,
		.gid = b->present->gid,
	};
	memcpy(r->boot_id, now.boot_id, sizeof(r->boot_id));
	if (text_copy(r->service, sizeof(r->service), b->plan->service) != 0 ||
		text_copy(r->by, sizeof(r->by), b->by) != 0)
		return fault_set(f, FAULT_BAD, 0, "that name is too long");
	if (copy(&b->present->content, &r->old, f) != 0)
		return -1;
	return copy(&b->plan->new, &r->new, f);
}

/* Somebody else may be at the same file. */
static int still_so(const struct rollout_home *home, const struct rollout_desk *d,
	const struct rollout_begin *b, struct fault *f)
{
	struct rollout_record other;
	struct rollout_file now;
	struct fault why = FAULT_INIT;
	bool same, open;

	open = rollout_record_read(d, b->plan->service, &other, &why) == 0 &&
	       other.standing == ROLLOUT_OPEN;
	rollout_record_free(&other);
	if (open)
		return fault_set(f, FAULT_BAD, 0,
			"%s is on trial already: --confirm keeps it, --revert ends it",
			b->plan->service);
	if (why.class != FAULT_NONE && why.class != FAULT_ABSENT) {
		*f = why;
		return -1;
	}
	if (rollout_file_read(home->pam, b->plan->service, &now, f) != 0)
		return -1;
	same = rollout_record_same(&now.content, &b->present->content);
	free(now.content.bytes);
	return same ? 0
		    : fault_set(f, FAULT_BAD, 0, "%s was changed meanwhile: begin again",
			      b->plan->service);
}

static int enter_record(const struct rollout_home *home, const struct rollout_begin *b,
	struct rollout_record *r, struct fault *f)
{
	struct rollout_desk desk;
	int rc = -1;

	if (rollout_record_enter(home, &desk, f) != 0)
		return -1;
	if (still_so(home, &desk, b, f) == 0 && fill(b, r, f) == 0)
		rc = rollout_record_write(&desk, r, f);
	rollout_record_leave(&desk);
	return rc;
}

/* The record may say by now that it is over: then nothing goes in. */
static int install(const struct rollout_home *home, const struct rollout_begin *b, struct fault *f)
{
	struct rollout_file new = {
		.mode = b->present->mode, .uid = b->present->uid, .gid = b->present->gid
	};
	struct rollout_desk desk;
	struct rollout_record r;
	int rc;

	if (rollout_record_enter(home, &desk, f) != 0)
		return -1;
	rc = rollout_record_read(&desk, b->plan->service, &r, f);
	if (rc == 0 && r.standing != ROLLOUT_OPEN)
		rc = fault_set(f, FAULT_LATE, 0, "the trial was ended before it began");
	new.content = b->plan->new;
	if (rc == 0)
		rc = rollout_file_put(home->pam, b->plan->service, &new, f);
	rollout_record_free(&r);
	rollout_record_leave(&desk);
	return rc;
}

static void undo(const struct rollout_home *home, struct rollout_record *r)
{
	struct rollout_back_wish wish = { .why = "not-begun", .force = true };
	struct rollout_desk desk;
	struct fault f = FAULT_INIT;

	if (rollout_record_enter(home, &desk, &f) != 0)
		return;
	/* what fails here is the watcher's to do */
	if (rollout_back_put(home, &desk, r, &wish, &f) == ROLLOUT_BACK_NOT)
		r->standing = ROLLOUT_OPEN;
	rollout_record_leave(&desk);
}

int rollout_begin_trial(const struct rollout_home *home, const struct rollout_begin *b,
	struct rollout_record *r, struct fault *f)
{
	struct state closed = { .folder = -1 };
	struct audit_change line = { .action = "rollout", .for_s = b->length_s };

	memset(r, 0, sizeof(*r));
	if (enter_record(home, b, r, f) != 0)
		return -1;
	if (rollout_watch_start(home, f) != 0 || install(home, b, f) != 0) {
		undo(home, r);
		return -1;
	}
	line.service = r->service;
	audit_admin(&closed, &line);
	return 0;
}
