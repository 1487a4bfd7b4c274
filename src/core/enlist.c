#include "core/enlist.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/secret.h"
#include "base/text.h"

/* Who stored it: nobody but the person. */
static const char by_login[] = "login";

int enlist_fill(const struct account *a, const struct phone *phone, struct directory_entry *out,
	struct fault *f)
{
	struct clock_now now;

	memset(out, 0, sizeof *out);
	if (clock_read(&now, f) < 0)
		return -1;
	out->uid = a->uid;
	out->phone = *phone;
	out->since_wall_s = now.wall_s;
	if (text_copy(out->name, sizeof out->name, a->name) < 0)
		return fault_set(f, FAULT_BAD, 0, "the user's name is too long");
	return 0;
}

static int count_one(
	void *ctx, uint32_t uid, const struct directory_entry *entry, const struct fault *f)
{
	uint32_t *n = ctx;

	(void)uid;
	(void)entry;
	(void)f;
	(*n)++;
	return 0;
}

int enlist_count(const struct directory *d, uint32_t *n, struct fault *f)
{
	*n = 0;
	return directory_walk(d, count_one, n, f) == 0 ? 0 : -1;
}

int enlist_look(
	const struct state *s, const struct account *a, enum enlist_past *past, struct fault *f)
{
	struct state_change ch;
	bool has;

	*past = ENLIST_DAMAGED;
	if (state_has_user(s, a, &has, f) < 0)
		return -1;
	if (!has) {
		*past = ENLIST_NONE;
		return 0;
	}
	if (state_begin(s, STATE_USER, a, &ch, f) < 0)
		return -1;
	state_abandon(&ch);
	if (ch.user.candidate == 1)
		*past = ch.user.block == RECORD_BLOCK_NONE ? ENLIST_CANDIDATE : ENLIST_BLOCKED;
	secret_wipe_bytes(&ch, sizeof ch);
	return 0;
}

int enlist_begin(const struct state *s, const struct account *a, struct fault *f)
{
	struct fault why = FAULT_INIT;

	if (state_create_candidate(s, a, &why) == 0 || why.errnum == EEXIST)
		return 0;
	*f = why;
	return -1;
}

int enlist_seal(struct enlist *e, const struct account *a, struct state_change *ch, struct fault *f)
{
	struct fault why = FAULT_INIT;
	struct directory_entry entry;

	e->done = false;
	/* the mark has gone: another login of theirs was faster, or an administrator */
	if (ch->user.candidate != 1)
		return 0;
	if (enlist_fill(a, e->phone, &entry, f) < 0 ||
		text_copy(entry.by, sizeof entry.by, by_login) < 0)
		return -1;
	entry.verified = true;
	if (directory_create(e->directory, &entry, &why) < 0) {
		if (why.errnum == EEXIST)
			return 0;
		*f = why;
		return -1;
	}
	e->done = true;
	ch->user.candidate = 0;
	return 0;
}

int enlist_counted(const struct state *s, struct fault *f)
{
	struct state_change ch;

	if (state_begin(s, STATE_SITE, NULL, &ch, f) < 0)
		return -1;
	if (ch.site.enrolled < UINT32_MAX)
		ch.site.enrolled++;
	return state_commit(&ch, f);
}
