#include "engine/decoys.h"

#include <stddef.h>
#include <sys/mman.h>

#include "wire/talk.h"

static unsigned char *taken; /* one a slot, shared; NULL: not the daemon's child, or no memory */
static int nslots;
static int own = -1;

void decoys_open(int slots)
{
	void *page = mmap(NULL, (size_t)slots * sizeof *taken, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	taken = page == MAP_FAILED ? NULL : page;
	nslots = slots;
	own = -1;
}

void decoys_left(int slot)
{
	if (taken && slot >= 0 && slot < nslots)
		__atomic_store_n(&taken[slot], 0, __ATOMIC_SEQ_CST);
}

void decoys_sit(int slot)
{
	own = slot;
}

int64_t decoys_patience_ms(void)
{
	int n = 0;

	if (own < 0)
		return TALK_ANSWER_MS;
	if (!taken)
		return DECOYS_SHORT_MS;
	/* first sit down, then count: of two at once none is overlooked */
	__atomic_store_n(&taken[own], 1, __ATOMIC_SEQ_CST);
	for (int i = 0; i < nslots; i++)
		n += __atomic_load_n(&taken[i], __ATOMIC_SEQ_CST);
	if (n <= nslots / 4)
		return TALK_ANSWER_MS;
	if (n <= nslots / 2)
		return DECOYS_SHORT_MS;
	__atomic_store_n(&taken[own], 0, __ATOMIC_SEQ_CST);
	return 0;
}
