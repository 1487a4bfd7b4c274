#include "cli/erasure.h"

#include "base/places.h"
#include "cli/attic.h"
#include "cli/leavings.h"
#include "cli/mailbox.h"

int erasure_sweep(struct fault *f)
{
	static const char *const folders[] = { PLACES_USERS, PLACES_STATE, PLACES_OUTBOX,
		PLACES_DATA };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (leavings_sweep(folders[i], f) != 0)
			return -1;
	return 0;
}

int erasure_damaged(uint32_t uid, struct fault *f)
{
	size_t n;

	return attic_erase(PLACES_DAMAGED, uid, &n, f);
}

int erasure_messages(
	const struct directory_entry *entry, const char *name, size_t *n, struct fault *f)
{
	uint32_t others = entry != NULL ? entry->nothers : 0;
	size_t more;

	if (mailbox_erase(entry != NULL ? entry->phone.e164 : NULL, name, n, f) != 0)
		return -1;
	for (uint32_t i = 0; i < others; i++) {
		if (mailbox_erase(entry->others[i].phone.e164, name, &more, f) != 0)
			return -1;
		*n += more;
	}
	return 0;
}
