/* pam_order: does our line stand where it can work, and where it costs nothing in vain?
 *
 * Owns: the questions about one stack with our line in it of which the answer is a refusal too
 *       many, or an SMS too many (H).
 * MUST: be asked of the simulated stack, never of the look of a line.
 * Never: reads a file. */
#ifndef CLI_PAM_ORDER_H
#define CLI_PAM_ORDER_H

#include "cli/pam_hole.h"

/* Our first line has an only= that leaves this service out: it says "ignore", always. */
bool pam_order_excluded(const struct pam_case *c) __attribute__((nonnull));

void pam_order_look(const struct pam_case *c) __attribute__((nonnull));

#endif
