/* contacts: a user's numbers behind the first, as show and list print them.
 *
 * Owns: the lines and the JSON about them; and about those that a login would offer, as explain
 *       prints them, masked.
 * MUST: number them as the menu of a login does.
 * Never: reads anything. */
#ifndef CLI_CONTACTS_H
#define CLI_CONTACTS_H

#include "cli/json.h"
#include "core/enrolment.h"
#include "core/numbers.h"

/* One line each, or nothing. */
void contacts_print(const struct directory_entry *e) __attribute__((nonnull));
/* "others": an array, empty where there is one number. */
void contacts_json(const struct directory_entry *e, struct json *j) __attribute__((nonnull));

/* Where the SMS would go, and what else could be chosen at the prompt; nothing where no number is
 * known yet. */
void contacts_offered_print(const struct numbers *n) __attribute__((nonnull));
/* "number", null where none is known, and "menu". */
void contacts_offered_json(const struct numbers *n, struct json *j) __attribute__((nonnull));

#endif
