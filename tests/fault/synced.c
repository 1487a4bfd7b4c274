#include "tests/fault/synced.h"

#include <string.h>

#include "core/slot.h"

static enum synced_state *at(struct synced *s, long fd)
{
	static enum synced_state nowhere;

	nowhere = SYNCED_OTHER;
	return fd >= 0 && fd < SYNCED_FDS ? &s->fds[fd] : &nowhere;
}

void synced_opened(struct synced *s, long fd, const char *name)
{
	size_t len = strlen(name);
	bool record = len > 0 && (strcmp(name, "site") == 0 || strspn(name, "0123456789") == len);

	*at(s, fd) = record ? SYNCED_CLEAN : SYNCED_OTHER;
}

void synced_wrote(struct synced *s, long fd, const unsigned char head[16], size_t asked, long done)
{
	static const unsigned char none[16];
	enum synced_state *state = at(s, fd);

	if (*state == SYNCED_OTHER || asked == 1)
		return; /* of 1 byte: the mark of an outlived slot */
	if (asked == SLOT_HEAD && memcmp(head, none, sizeof none) == 0) {
		*state =
			SYNCED_CLEAN; /* given up; where even that fails, one change too many is granted */
		return;
	}
	if (done <= 0)
		return;
	if (memcmp(head, "SMSOTP", 7) == 0)
		*state = head[SLOT_MARK_AT] == 1 ? SYNCED_LAZY : SYNCED_DIRTY;
	else if (*state == SYNCED_CLEAN)
		*state = SYNCED_DIRTY;
}

void synced_synced(struct synced *s, long fd)
{
	enum synced_state *state = at(s, fd);

	if (*state != SYNCED_OTHER)
		*state = SYNCED_CLEAN;
}

bool synced_closed(struct synced *s, long fd)
{
	enum synced_state *state = at(s, fd);
	bool good = *state != SYNCED_DIRTY;

	*state = SYNCED_OTHER;
	return good;
}
