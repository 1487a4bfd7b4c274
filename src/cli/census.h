/* census: do enrolments, records, users and the site's record fit together?
 *
 * Owns: what `check` says of people's data.
 * MUST: look at every enrolment and every record; name the command that mends what is wrong.
 * Never: changes anything; holds a lock while it prints. */
#ifndef CLI_CENSUS_H
#define CLI_CENSUS_H

#include <stdbool.h>

#include "cli/house.h"
#include "cli/inspection.h"

/* What was found out before. */
struct census_seen {
	bool judged;  /* the settings are usable, so that numbers can be held against them */
	bool console; /* logins at the machine itself ask for codes */
};

/* Opens the house's directory and state. */
void census_inspect(struct inspection *i, struct house *h, const struct census_seen *seen)
	__attribute__((nonnull));

#endif
