/* courier: a text to a phone by the site's routes, with word of its progress on the terminal.
 *
 * Owns: the lines about a sending and about what a provider said.
 * MUST: show at most two digits of the number (G2) and nothing of the text.
 * Never: charges a budget: what root sends by hand is root's to count. */
#ifndef CLI_COURIER_H
#define CLI_COURIER_H

#include "cli/house.h"
#include "core/delivery.h"

/* what: "a code". The text is the caller's to wipe. */
enum delivery_end courier_send(const struct house *h, const struct phone *to, const char *what,
	const char *text) __attribute__((nonnull));

/* The word for an outcome: "accepted", "refused: the account" ... Never NULL. */
const char *courier_outcome(enum receipt_outcome outcome);

#endif
