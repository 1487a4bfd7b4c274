/* pam_question: a stack, asked what can come of it when some of its lines fail, or succeed.
 *
 * Owns: which results each line may have while it is asked, and the marks of those who pass.
 * MUST: begin each question with all results that a module may have.
 * Never: knows what an answer is worth. */
#ifndef CLI_PAM_QUESTION_H
#define CLI_PAM_QUESTION_H

#include "cli/pam_module.h"
#include "cli/pam_stack.h"
#include "cli/pam_walk.h"

/* Marks. */
enum { PAM_QUESTION_OURS = 1, PAM_QUESTION_WATCHED = 2 };

struct pam_question {
	const struct pam_stack *stack;
	enum pam_module_kind kind[PAM_STACK_LINES];
	bool missing[PAM_STACK_LINES]; /* the module's file is not there */
	struct pam_walk_step steps[PAM_STACK_LINES];
	struct pam_walk walk;
	bool lost; /* at least one question was too much to follow */
};

void pam_question_begin(struct pam_question *q, const struct pam_stack *stack)
	__attribute__((nonnull));
/* All results again, no marks. Our lines have their mark. */
void pam_question_reset(struct pam_question *q) __attribute__((nonnull));

/* Our lines can only say this; 0: nobody gets past them. */
void pam_question_ours(struct pam_question *q, uint32_t may) __attribute__((nonnull));
/* Lines of this kind fail, and mark who passes. */
void pam_question_fail(struct pam_question *q, enum pam_module_kind kind, uint8_t mark)
	__attribute__((nonnull));
/* Lines that prove who somebody is, or might, fail: another's and unknown ones. */
void pam_question_fail_proofs(struct pam_question *q) __attribute__((nonnull));

/* Whether success can come of it, with these marks at least. Too much to follow: false. */
bool pam_question_succeeds(struct pam_question *q, uint8_t marks) __attribute__((nonnull));
/* Whether line i can be reached with these marks at least. */
bool pam_question_reaches(struct pam_question *q, size_t i, uint8_t marks) __attribute__((nonnull));

/* The results of line i after which the walk is past line `to` without having met it. */
uint32_t pam_question_leaving(const struct pam_question *q, size_t i, size_t to)
	__attribute__((nonnull));

#endif
