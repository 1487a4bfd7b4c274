#include "cli/rollout_back.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "cli/audit.h"
#include "cli/rollout_file.h"

static void log_end(const struct rollout_record *r, const char *action, const char *why)
{
	struct state closed = { .folder = -1 };
	struct audit_change line = { .action = action, .service = r->service, .reason = why };

	audit_admin(&closed, &line);
}

/* What somebody made of the file is not lost; but nothing stands in the way of the old one. */
static void set_aside(const struct rollout_desk *d, const struct rollout_record *r,
	const struct rollout_content *now)
{
	struct fault ignored = FAULT_INIT;
	char name[TALK_SERVICE_MAX + 16];

	snprintf(name, sizeof(name), "%s.changed", r->service);
	if (now->bytes != NULL &&
		file_replace_at(d->folder, name, now->bytes, now->len, &ignored) != 0)
		log_end(r, "rollout-changed", "the changed file could not be kept");
}

static int close_record(const struct rollout_desk *d, struct rollout_record *r,
	enum rollout_standing standing, struct fault *f)
{
	struct clock_now now;

	if (clock_read(&now, f) != 0)
		return -1;
	r->standing = standing;
	r->ended_wall_s = now.wall_s;
	return rollout_record_write(d, r, f);
}

static int put_old(const struct rollout_home *home, const struct rollout_record *r, struct fault *f)
{
	struct rollout_file old = {
		.content = r->old, .mode = r->mode, .uid = r->uid, .gid = r->gid
	};

	return rollout_file_put(home->pam, r->service, &old, f);
}

enum rollout_back_end rollout_back_put(const struct rollout_home *home,
	const struct rollout_desk *d, struct rollout_record *r, const struct rollout_back_wish *w,
	struct fault *f)
{
	enum rollout_back_end end = ROLLOUT_BACK_DONE;
	struct rollout_file now;
	bool readable = rollout_file_read(home->pam, r->service, &now, f) == 0;
	bool ours = readable && rollout_record_same(&now.content, &r->new);

	/* a link in its place, for one: by force the rename takes that away */
	if (!readable && !w->force)
		return ROLLOUT_BACK_NOT;
	if (readable && rollout_record_same(&now.content, &r->old))
		end = ROLLOUT_BACK_ALREADY;
	else if (!ours && !w->force)
		end = ROLLOUT_BACK_CHANGED;
	else if (!ours)
		set_aside(d, r, &now.content);
	if (end == ROLLOUT_BACK_DONE && put_old(home, r, f) != 0)
		end = ROLLOUT_BACK_NOT;
	free(now.content.bytes);
	if (end == ROLLOUT_BACK_NOT || end == ROLLOUT_BACK_CHANGED)
		return end;
	log_end(r, "rollout-back", w->why);
	if (r->standing != ROLLOUT_BACK && close_record(d, r, ROLLOUT_BACK, f) != 0)
		return ROLLOUT_BACK_NOT;
	return end;
}

enum rollout_back_end rollout_back_keep(const struct rollout_home *home,
	const struct rollout_desk *d, struct rollout_record *r, struct fault *f)
{
	struct rollout_file now_there;
	struct clock_now now;
	bool ours;

	if (clock_read(&now, f) != 0)
		return ROLLOUT_BACK_NOT;
	if (r->standing == ROLLOUT_KEPT)
		return ROLLOUT_BACK_ALREADY;
	if (r->standing != ROLLOUT_OPEN || rollout_record_due(r, &now))
		return ROLLOUT_BACK_LATE;
	if (rollout_file_read(home->pam, r->service, &now_there, f) != 0)
		return ROLLOUT_BACK_NOT;
	ours = rollout_record_same(&now_there.content, &r->new);
	free(now_there.content.bytes);
	if (!ours)
		return ROLLOUT_BACK_CHANGED;
	if (close_record(d, r, ROLLOUT_KEPT, f) != 0)
		return ROLLOUT_BACK_NOT;
	log_end(r, "rollout-keep", "confirmed");
	return ROLLOUT_BACK_DONE;
}
