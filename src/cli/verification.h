/* verification: the proof that a person holds the phone of a number.
 *
 * Owns: the code of an enrolment, its text message, the three tries on the terminal.
 * MUST: say VERIFICATION_PROVEN only when the code that was sent came back within its validity;
 *       wipe the code on every path.
 * Never: stores anything, shows the code. */
#ifndef CLI_VERIFICATION_H
#define CLI_VERIFICATION_H

#include "cli/house.h"

enum verification {
	VERIFICATION_NO = 0,      /* wrong, late or no answer */
	VERIFICATION_TROUBLE = 1, /* no code could be made or sent */
	VERIFICATION_PROVEN = 0x6e3a91c5,
};

/* Needs the house's settings and state. What went wrong has been said. */
enum verification verification_run(const struct house *h, const char *user,
	const struct phone *phone) __attribute__((nonnull));

#endif
