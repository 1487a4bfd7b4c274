#include "core/pace.h"

#include <string.h>

enum {
	FEW = 4,       /* of fewer than these no spread can be seen */
	ONE = 1 << 20, /* chances and fractions are counted in so many parts */
	/* before the first login: a message takes so long, a step without one so long */
	SENT_FROM_US = 300000,
	SENT_TO_US = 1500000,
	QUIET_FROM_US = 2000,
	QUIET_TO_US = 12000,
};

bool pace_sane(const struct pace *p)
{
	for (int i = 0; i < PACE_PLACES; i++) {
		if (p->us[i] > PACE_MAX_US || (i >= PACE_KINDS * PACE_DEPTH && p->us[i] != 0))
			return false;
	}
	return true;
}

void pace_add(struct pace *p, enum pace_kind kind, int64_t us)
{
	uint32_t *ring = p->us + (size_t)kind * PACE_DEPTH;

	memmove(ring + 1, ring, (PACE_DEPTH - 1) * sizeof *ring);
	ring[0] = us < 1 ? 1 : us > PACE_MAX_US ? PACE_MAX_US : (uint32_t)us;
}

/* The times of one kind, the shortest first; how many. */
static int sorted(const struct pace *p, enum pace_kind kind, int64_t out[PACE_DEPTH])
{
	const uint32_t *ring = p->us + (size_t)kind * PACE_DEPTH;
	int n = 0;

	for (int i = 0; i < PACE_DEPTH; i++) {
		int at = n;
		if (ring[i] == 0)
			continue;
		for (; at > 0 && out[at - 1] > ring[i]; at--)
			out[at] = out[at - 1];
		out[at] = ring[i];
		n++;
	}
	return n;
}

static int64_t between(int64_t from, int64_t to, int64_t part)
{
	return from + (to - from) * part / ONE;
}

/* One of them, and not quite: as far from it as half way to the nearer neighbour, within an eighth
 * and a sixty-fourth of it. Halfway between two clusters, of steps that were disturbed and that
 * were not, there is nothing. */
static int64_t near_one(const int64_t *times, int n, int64_t part)
{
	int i = (int)(n * part / ONE);
	int64_t us = times[i], width = us / 4;

	if (i > 0 && us - times[i - 1] < width)
		width = us - times[i - 1];
	if (i < n - 1 && times[i + 1] - us < width)
		width = times[i + 1] - us;
	if (width < us / 32)
		width = us / 32;
	return between(us - width / 2, us + width / 2, n * part - (int64_t)i * ONE);
}

int64_t pace_draw(const struct pace *p, enum pace_kind kind, uint64_t chance)
{
	int64_t times[PACE_DEPTH];
	int64_t part = (int64_t)(chance % ONE);
	int n = sorted(p, kind, times);

	if (n >= FEW)
		return near_one(times, n, part);
	if (n > 0) {
		int64_t one = times[chance / ONE % (uint64_t)n];
		return between(one * 7 / 10, one * 13 / 10 + 1, part);
	}
	if (kind == PACE_FIRST || kind == PACE_AGAIN)
		return between(SENT_FROM_US, SENT_TO_US, part);
	return between(QUIET_FROM_US, QUIET_TO_US, part);
}
