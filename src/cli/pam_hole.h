/* pam_hole: who can get in without the code that our line asks for?
 *
 * Owns: the questions about one stack with our line in it of which a yes lets somebody in (H).
 * MUST: be asked of the simulated stack, never of the look of a line.
 * Never: reads a file. */
#ifndef CLI_PAM_HOLE_H
#define CLI_PAM_HOLE_H

#include "cli/pam_findings.h"
#include "cli/pam_question.h"
#include "core/settings.h"

/* One service and type. */
struct pam_case {
	const char *service;
	const struct settings *settings; /* NULL: not usable */
	const struct pam_stack *stack;
	size_t ours; /* our first line */
	size_t last; /* our last one */
	struct pam_question *q;
	struct pam_findings *out;
};

void pam_hole_look(const struct pam_case *c) __attribute__((nonnull));

/* For findings about line i. */
struct pam_finding pam_hole_at(const struct pam_case *c, enum inspection_level level,
	const char *code, size_t i) __attribute__((nonnull));

/* What to do: make line i requisite, where it stands; and where that is a file that others
 * include, write it into the file of our line instead. */
void pam_hole_requisite(const struct pam_case *c, size_t i, struct pam_finding *f)
	__attribute__((nonnull));

/* Our line i has this argument. */
bool pam_hole_forwards(const struct pam_case *c, size_t i) __attribute__((nonnull));
/* Line i is of two_step. */
bool pam_hole_two_step(const struct pam_case *c, size_t i) __attribute__((nonnull));

#endif
