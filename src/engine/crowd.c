#include "engine/crowd.h"

#include <stddef.h>
#include <sys/mman.h>

static uint64_t *waits; /* one a slot, shared: the uid and one; NULL: no daemon, or no memory */
static int nslots;
static int own = -1;

void crowd_open(int slots)
{
	void *page = mmap(NULL, (size_t)slots * sizeof *waits, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	waits = page == MAP_FAILED ? NULL : page;
	nslots = slots;
	own = -1;
}

void crowd_left(int slot)
{
	if (waits && slot >= 0 && slot < nslots)
		__atomic_store_n(&waits[slot], 0, __ATOMIC_SEQ_CST);
}

void crowd_sit(int slot)
{
	own = slot;
}

bool crowd_room(uint32_t uid)
{
	const uint64_t whom = (uint64_t)uid + 1;
	int n = 0;

	if (own < 0)
		return true;
	if (!waits)
		return false;
	/* first sit down, then count: of two at once none is overlooked */
	__atomic_store_n(&waits[own], whom, __ATOMIC_SEQ_CST);
	for (int i = 0; i < nslots; i++)
		n += __atomic_load_n(&waits[i], __ATOMIC_SEQ_CST) == whom;
	if (n <= CROWD_MAX)
		return true;
	crowd_left(own);
	return false;
}
