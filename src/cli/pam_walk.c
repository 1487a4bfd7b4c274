#include "cli/pam_walk.h"

#include <string.h>

/* What libpam thinks so far. */
enum impression { UNDECIDED = 0, POSITIVE, NEGATIVE };

/* Impression and status in a byte, so that states compare as bytes. */
struct state {
	uint8_t now;
	uint8_t marks;
	uint8_t level;                  /* of the step before */
	uint8_t saved[PAM_WALK_LEVELS]; /* by level: as it was when the substack began */
};

static struct {
	struct {
		uint16_t at;
		struct state s;
	} pool[PAM_WALK_STATES];
	size_t n;
} work;

static uint8_t pack(enum impression i, unsigned status)
{
	return (uint8_t)((unsigned)i << 5 | status);
}

static enum impression impression_of(uint8_t now)
{
	return (enum impression)(now >> 5);
}

static unsigned status_of(uint8_t now)
{
	return now & 31;
}

static bool push(size_t at, const struct state *s)
{
	for (size_t k = 0; k < work.n; k++)
		if (work.pool[k].at == at && memcmp(&work.pool[k].s, s, sizeof(*s)) == 0)
			return true;
	if (work.n == PAM_WALK_STATES)
		return false;
	work.pool[work.n].at = (uint16_t)at;
	work.pool[work.n++].s = *s;
	return true;
}

/* Past the rest of the substack, or of all. */
static size_t leave(const struct pam_walk_step *steps, size_t n, size_t i)
{
	unsigned level = steps[i].level;

	while (i + 1 < n && steps[i + 1].level >= level)
		i++;
	return i + 1;
}

/* A substack counts as one with its mark. */
static size_t jump(const struct pam_walk_step *steps, size_t n, size_t i, int *left)
{
	unsigned level = steps[i].level;

	while (i + 1 < n && steps[i + 1].level >= level && *left > 0) {
		do
			i++;
		while (i + 1 < n && steps[i + 1].level > level);
		--*left;
	}
	return i + 1;
}

size_t pam_walk_next(const struct pam_walk_step *steps, size_t n, size_t i, int action, bool *bad)
{
	int left = action;
	size_t next;

	*bad = false;
	if (action == PAM_LINE_DONE || action == PAM_LINE_DIE)
		return leave(steps, n, i);
	if (action <= 0)
		return i + 1;
	next = jump(steps, n, i, &left);
	*bad = left > 0;
	return next;
}

/* ok and done; whether a done may end it. */
static bool agree(struct state *s, unsigned value)
{
	enum impression was = impression_of(s->now);

	if (was == UNDECIDED || (was == POSITIVE && status_of(s->now) == PAM_LINE_SUCCESS))
		s->now = pack(POSITIVE, value);
	return impression_of(s->now) == POSITIVE;
}

static void object(struct state *s, unsigned value)
{
	if (impression_of(s->now) == NEGATIVE)
		return;
	/* "ignore" is never what the application gets to see for a refusal */
	s->now = pack(NEGATIVE, value == PAM_LINE_IGNORE ? PAM_LINE_PERM_DENIED : value);
}

/* The state after one result, and where it goes on. */
static size_t react(
	const struct pam_walk_step *steps, size_t n, size_t i, unsigned value, struct state *s)
{
	int action = steps[i].action[value];
	size_t next;
	bool bad;

	switch (action) {
	case PAM_LINE_RESET:
		s->now = s->saved[steps[i].level];
		return i + 1;
	case PAM_LINE_OK:
		agree(s, value);
		return i + 1;
	case PAM_LINE_DONE:
		if (!agree(s, value))
			return i + 1;
		break;
	case PAM_LINE_BAD:
	case PAM_LINE_DIE:
		object(s, value);
		break;
	default:
		break;
	}
	next = pam_walk_next(steps, n, i, action, &bad);
	if (bad)
		s->now = pack(NEGATIVE, PAM_LINE_PERM_DENIED);
	return next;
}

/* What is known of levels that were left does not tell states apart. */
static void enter(struct state *s, unsigned level)
{
	if (s->level < level)
		s->saved[level] = s->now;
	s->level = (uint8_t)level;
	memset(s->saved + level + 1, 0, sizeof(s->saved) - level - 1);
}

static bool step(const struct pam_walk_step *steps, size_t n, size_t i, const struct state *before)
{
	struct state here = *before;

	enter(&here, steps[i].level);
	if (steps[i].gate)
		return push(i + 1, &here);
	here.marks |= steps[i].mark;
	for (unsigned value = 0; value < PAM_LINE_RETURNS; value++) {
		struct state s = here;
		size_t next;

		if ((steps[i].may >> value & 1) == 0)
			continue;
		next = react(steps, n, i, value, &s);
		if (!push(next, &s))
			return false;
	}
	return true;
}

static unsigned verdict(uint8_t now)
{
	if (status_of(now) == PAM_LINE_SUCCESS && impression_of(now) != POSITIVE)
		return PAM_LINE_PERM_DENIED;
	return status_of(now);
}

void pam_walk_run(const struct pam_walk_step *steps, size_t n, struct pam_walk *out)
{
	struct state start = { .now = pack(UNDECIDED, PAM_LINE_PERM_DENIED) };

	memset(out, 0, sizeof(*out));
	start.saved[0] = start.now;
	work.n = 0;
	push(0, &start);
	/* all ways lead forwards, so that one pass meets every state */
	for (size_t i = 0; i < n && !out->lost; i++)
		for (size_t k = 0; k < work.n && !out->lost; k++) {
			if (work.pool[k].at != i)
				continue;
			out->at[i] |= (pam_walk_seen)(1u << work.pool[k].s.marks);
			if (!step(steps, n, i, &work.pool[k].s))
				out->lost = true;
		}
	for (size_t k = 0; k < work.n; k++)
		if (work.pool[k].at == n)
			out->end[verdict(work.pool[k].s.now)] |=
				(pam_walk_seen)(1u << work.pool[k].s.marks);
}

pam_walk_seen pam_walk_with(uint8_t marks)
{
	pam_walk_seen all = 0;

	for (unsigned m = 0; m < 1u << PAM_WALK_MARKS; m++)
		if ((m & marks) == marks)
			all |= (pam_walk_seen)(1u << m);
	return all;
}
