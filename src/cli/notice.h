/* notice: a text to a number that stood in an enrolment before it was changed (F6).
 *
 * Owns: the words of these texts.
 * MUST: stay within one segment whatever the names are (G4); warn where a number could not be told.
 * Never: fails a command: the change has been made. */
#ifndef CLI_NOTICE_H
#define CLI_NOTICE_H

#include "cli/house.h"

enum notice {
	NOTICE_REPLACED = 0,   /* by another number */
	NOTICE_OTHER_REPLACED, /* the default was; this is another one */
	NOTICE_ADDED,          /* there is one more */
	NOTICE_REMOVED,
	NOTICE_NOT_FIRST, /* any more */
};

void notice_send(const struct house *h, const char *user, const struct phone *to,
	enum notice notice) __attribute__((nonnull));

#endif
