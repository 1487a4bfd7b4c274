/* contacts: a user's numbers behind the first, as show and list print them.
 *
 * Owns: the lines and the JSON about them.
 * MUST: number them as the menu of a login does.
 * Never: reads anything. */
#ifndef CLI_CONTACTS_H
#define CLI_CONTACTS_H

#include "cli/json.h"
#include "core/enrolment.h"

/* One line each, or nothing. */
void contacts_print(const struct directory_entry *e) __attribute__((nonnull));
/* "others": an array, empty where there is one number. */
void contacts_json(const struct directory_entry *e, struct json *j) __attribute__((nonnull));

#endif
