/* pam_walk: what a stack can come to, by libpam's rules, without PAM.
 *
 * Owns: the simulation of libpam's dispatch (1.5; unchanged since 1.3): ok, done, bad, die, ignore,
 *       reset, jumps, substacks; over all results that the lines may have at once.
 * MUST: come to exactly what libpam comes to where each line may have one result only; say so when
 *       there is too much to follow, and then promise nothing.
 * Never: knows a module, opens anything. */
#ifndef CLI_PAM_WALK_H
#define CLI_PAM_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/pam_line.h"

/* LEVELS is libpam's own limit. */
enum { PAM_WALK_STEPS = 256, PAM_WALK_LEVELS = 16, PAM_WALK_MARKS = 3, PAM_WALK_STATES = 6000 };

struct pam_walk_step {
	const int *action; /* PAM_LINE_RETURNS of them */
	unsigned level;    /* of substacks, below PAM_WALK_LEVELS */
	bool gate;         /* no module: the mark of a substack */
	uint32_t may;      /* a bit for each result it may have; 0: nobody gets past it */
	uint8_t mark;      /* bits that stay with whoever passes it, below 1 << PAM_WALK_MARKS */
};

/* A set of combinations of marks: bit m stands for the combination m. */
typedef uint8_t pam_walk_seen;

struct pam_walk {
	pam_walk_seen end[PAM_LINE_RETURNS]; /* with which marks the whole can come to it */
	pam_walk_seen at[PAM_WALK_STEPS];    /* with which marks a step can be reached */
	bool lost;                           /* there was too much to follow */
};

void pam_walk_run(const struct pam_walk_step *steps, size_t n, struct pam_walk *out)
	__attribute__((nonnull));

/* Where the walk goes on after step i with this action, n: it ends. *bad: the jump leads nowhere.
 */
size_t pam_walk_next(const struct pam_walk_step *steps, size_t n, size_t i, int action, bool *bad)
	__attribute__((nonnull));

/* The combinations that have all of these marks. */
pam_walk_seen pam_walk_with(uint8_t marks);

#endif
