#include "cli/pam_question.h"

void pam_question_reset(struct pam_question *q)
{
	for (size_t i = 0; i < q->stack->n; i++) {
		const struct pam_stack_line *l = &q->stack->at[i];

		q->steps[i].may = q->missing[i] ? 1u << PAM_LINE_MODULE_UNKNOWN
						: pam_module_results(&l->line);
		q->steps[i].mark = q->kind[i] == PAM_MODULE_OURS ? PAM_QUESTION_OURS : 0;
	}
}

void pam_question_begin(struct pam_question *q, const struct pam_stack *stack)
{
	q->stack = stack;
	q->lost = false;
	for (size_t i = 0; i < stack->n; i++) {
		const struct pam_stack_line *l = &stack->at[i];

		q->kind[i] = l->gate ? PAM_MODULE_UNKNOWN : pam_module_kind(&l->line);
		/* a line that always fails is no module, but for ours, which is told of */
		if (l->line.kind != PAM_LINE_MODULE && q->kind[i] != PAM_MODULE_OURS)
			q->kind[i] = PAM_MODULE_UNKNOWN;
		q->missing[i] = false;
		q->steps[i] = (struct pam_walk_step){
			.action = l->line.action, .level = l->level, .gate = l->gate
		};
	}
	pam_question_reset(q);
}

void pam_question_ours(struct pam_question *q, uint32_t may)
{
	for (size_t i = 0; i < q->stack->n; i++)
		if (q->kind[i] == PAM_MODULE_OURS)
			q->steps[i].may = may;
}

void pam_question_fail(struct pam_question *q, enum pam_module_kind kind, uint8_t mark)
{
	for (size_t i = 0; i < q->stack->n; i++) {
		const struct pam_stack_line *l = &q->stack->at[i];

		if (q->kind[i] != kind || l->gate)
			continue;
		if (!q->missing[i])
			q->steps[i].may = pam_module_failures(&l->line);
		q->steps[i].mark |= mark;
	}
}

void pam_question_fail_proofs(struct pam_question *q)
{
	pam_question_fail(q, PAM_MODULE_FACTOR, 0);
	pam_question_fail(q, PAM_MODULE_UNKNOWN, 0);
}

static void run(struct pam_question *q)
{
	/* what was too much once is again, and takes its time */
	if (q->lost)
		return;
	pam_walk_run(q->steps, q->stack->n, &q->walk);
	q->lost = q->walk.lost;
}

bool pam_question_succeeds(struct pam_question *q, uint8_t marks)
{
	run(q);
	return !q->lost && (q->walk.end[PAM_LINE_SUCCESS] & pam_walk_with(marks)) != 0;
}

bool pam_question_reaches(struct pam_question *q, size_t i, uint8_t marks)
{
	run(q);
	return !q->lost && (q->walk.at[i] & pam_walk_with(marks)) != 0;
}

uint32_t pam_question_leaving(const struct pam_question *q, size_t i, size_t to)
{
	uint32_t all = 0;

	if (q->steps[i].gate)
		return 0;
	for (unsigned v = 0; v < PAM_LINE_RETURNS; v++) {
		bool bad;
		size_t next = pam_walk_next(q->steps, q->stack->n, i, q->steps[i].action[v], &bad);

		if (next > to)
			all |= 1u << v;
	}
	return all;
}
