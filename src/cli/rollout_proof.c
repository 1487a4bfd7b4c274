#include "cli/rollout_proof.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "cli/subject.h"
#include "core/place.h"

struct search {
	const struct house *house;
	const char *service;
	int64_t since_wall_s;
	struct rollout_proof *out;
};

/* With thousands enrolled, only records that were written since are opened. */
static bool written_since(const struct state *s, uint32_t uid, int64_t since_wall_s)
{
	char name[16];
	struct stat st;

	snprintf(name, sizeof(name), "%u", (unsigned)uid);
	/* a file's time is the kernel's coarse clock, a moment behind */
	return fstatat(s->folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       st.st_mtim.tv_sec >= since_wall_s - 1;
}

static bool counts(const struct record_place *p, const char *service)
{
	char cut[RECORD_PLACE_SERVICE];
	size_t len = strnlen(service, sizeof(cut) - 1);

	memcpy(cut, service, len);
	cut[len] = 0;
	if (p->kind == RECORD_PLACE_NONE || strcmp(p->service, cut) != 0)
		return false;
	return strcmp(service, "sshd") != 0 || p->kind == RECORD_PLACE_ADDRESS ||
	       p->kind == RECORD_PLACE_KEY;
}

static int look(
	void *ctx, uint32_t uid, const struct directory_entry *entry, const struct fault *why)
{
	const struct search *s = ctx;
	struct account a = { .uid = uid };
	struct fault f = FAULT_INIT;
	struct state_change ch;

	(void)why;
	if (entry == NULL || !written_since(&s->house->state, uid, s->since_wall_s) ||
		text_copy(a.name, sizeof(a.name), entry->name) != 0 ||
		state_begin(&s->house->state, STATE_USER, &a, &ch, &f) != 0)
		return 0;
	for (size_t i = 0; i < RECORD_PLACES; i++) {
		const struct record_place *p = &ch.user.places[i];

		if (!counts(p, s->service) || p->last_clock_s <= s->since_wall_s ||
			p->last_clock_s <= s->out->wall_s)
			continue;
		memcpy(s->out->user, a.name, sizeof(a.name));
		s->out->wall_s = p->last_clock_s;
		s->out->kind = place_kind_name(p->kind);
	}
	state_abandon(&ch);
	return 0;
}

void rollout_proof_find(
	const struct house *h, const char *service, int64_t since_wall_s, struct rollout_proof *out)
{
	struct search s = { h, service, since_wall_s, out };
	struct fault f = FAULT_INIT;

	*out = (struct rollout_proof){ .kind = "" };
	/* without it there is no proof, which is what the caller is told */
	if (directory_walk(&h->directory, look, &s, &f) != 0)
		*out = (struct rollout_proof){ .kind = "" };
}

int rollout_proof_offline(const struct house *h, const char *user, struct fault *f)
{
	struct subject s;
	struct state_change ch;
	int has;

	if (subject_find(h, user, &s, f) != 0)
		return -1;
	if (s.standing == SUBJECT_DAMAGED) {
		*f = s.fault;
		return -1;
	}
	if (s.standing != SUBJECT_ENROLLED)
		return fault_set(f, FAULT_ABSENT, 0,
			"%s is not enrolled: sms-otp enroll %s NUMBER, then begin again", user,
			user);
	if (state_begin(&h->state, STATE_USER, &s.account, &ch, f) != 0)
		return -1;
	has = record_recovery_left(&ch.user.offline) > 0 || ch.user.offline.app.enrolled != 0;
	state_abandon(&ch);
	return has;
}
