/* notification: a text to a number that stood in an enrolment before it was changed (F6).
 *
 * Owns: the words of these texts.
 * MUST: stay within one segment whatever the names are (G4); warn where a number could not be told.
 * Never: fails a command: the change has been made. */
#ifndef CLI_NOTIFICATION_H
#define CLI_NOTIFICATION_H

#include "cli/house.h"

enum notification {
	NOTIFICATION_REPLACED = 0,   /* by another number */
	NOTIFICATION_OTHER_REPLACED, /* the default was; this is another one */
	NOTIFICATION_ADDED,          /* there is one more */
	NOTIFICATION_REMOVED,
	NOTIFICATION_NOT_FIRST, /* any more */
};

/* In the language of the entry's user, which is spoken from then on. */
void notification_send(const struct house *h, const struct directory_entry *entry,
	const struct phone *to, enum notification which) __attribute__((nonnull));

#endif
