/* numbers: the phones of one user within one login: which may be sent to, by which digit they are
 *          chosen, and which is in use.
 *
 * Owns: the menu: the default has digit 1, the others theirs in the order of the enrolment,
 *       whatever else is offered.
 * MUST: offer no number that the settings forbid (numbers.prefixes, premium, G3) or that no route
 *       serves, nor the one in use; begin with the first that may be offered, and with one that
 *       no route serves only where there is none; count what was sent to each.
 * Never: does I/O. Pure. */
#ifndef CORE_NUMBERS_H
#define CORE_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/challenge.h"
#include "core/enrolment.h"
#include "core/message.h"
#include "core/settings.h"

struct numbers_one {
	const struct phone *phone; /* of the entry */
	bool usable;               /* may be offered */
	uint32_t sent;             /* messages and calls that were taken for it */
};

/* By places: 0 is the default. */
struct numbers {
	struct numbers_one all[ENROLMENT_NUMBERS];
	size_t n;
	size_t at; /* in use */
};

/* The settings allow this number. */
bool numbers_allowed(const struct settings *s, const struct phone *phone) __attribute__((nonnull));

/* Those of the entry, which must outlive them. false: the settings allow none, and the default is
 * in use. */
bool numbers_begin(struct numbers *n, const struct settings *s, const struct directory_entry *entry)
	__attribute__((warn_unused_result, nonnull));

/* The one in use. */
const struct phone *numbers_phone(const struct numbers *n) __attribute__((nonnull));

/* What can be chosen in its place. */
void numbers_menu(const struct numbers *n, struct message_menu *out) __attribute__((nonnull));

/* What was typed is a digit of this menu: *place. */
bool numbers_chosen(const struct message_menu *menu, enum challenge_answer typed, size_t *place)
	__attribute__((warn_unused_result, nonnull));

/* The one in use is refused by the providers: it is offered no more. true: *place is another. */
bool numbers_give_up(struct numbers *n, size_t *place) __attribute__((warn_unused_result, nonnull));

#endif
