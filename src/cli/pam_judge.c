#include "cli/pam_judge.h"

#include <stdio.h>
#include <string.h>

#include "cli/pam_host.h"
#include "cli/pam_order.h"

/* Large, and used one after the other. */
static struct pam_stack stack;
static struct pam_question question;

/* Lines that libpam makes a failure of, and what it cannot find. */
static void look_lines(const struct pam_judge *j, const struct pam_case *c)
{
	for (size_t i = 0; i < stack.n; i++) {
		const struct pam_line *l = &stack.at[i].line;
		struct pam_finding at = pam_hole_at(c, INSPECTION_TROUBLE, "line-unreadable", i);

		if (l->wrong != NULL)
			pam_findings_remedy(
				pam_findings_add(c->out, &at,
					"libpam cannot make sense of this line: %s", l->wrong),
				"mend it: pam.conf(5)");
		if (l->kind != PAM_LINE_MODULE || stack.at[i].gate || j->present == NULL ||
			j->present(l->module))
			continue;
		/* of our own it is told what it would be with it */
		question.missing[i] = question.kind[i] != PAM_MODULE_OURS;
		/* written so on purpose, or without consequences */
		if (question.kind[i] != PAM_MODULE_OURS &&
			(l->quiet || (l->action[PAM_LINE_MODULE_UNKNOWN] == PAM_LINE_PASS &&
					     question.kind[i] != PAM_MODULE_PASSWORD)))
			continue;
		at = pam_hole_at(c, INSPECTION_TROUBLE, "module-missing", i);
		pam_findings_remedy(
			pam_findings_add(c->out, &at,
				"the file of %s is not there: the line fails, always", l->module),
			question.kind[i] == PAM_MODULE_OURS
				? "install the package again, or take the line out"
				: "install what it belongs to, or take the line out");
	}
}

static void say_well(const struct pam_case *c)
{
	bool forward = pam_hole_forwards(c, c->ours);
	struct pam_finding at = pam_hole_at(c, INSPECTION_FINE, "well", c->ours);

	pam_findings_add(c->out, &at, "%s %sthe code",
		c->stack->type == PAM_LINE_AUTH ? "nobody logs in without"
						: "no password is changed without",
		forward ? "the password and " : "");
}

static void say_too_much(const struct pam_case *c)
{
	struct pam_finding at = pam_hole_at(c, INSPECTION_FINDING, "too-entangled", c->ours);

	pam_findings_remedy(
		pam_findings_add(c->out, &at,
			"this stack has too many ways through it: not all of them were judged"),
		"make it simpler, as in the examples");
}

static void judge_stack(const struct pam_judge *j, struct pam_case *c)
{
	unsigned before = c->out->bad;

	look_lines(j, c);
	if (!pam_order_excluded(c))
		pam_hole_look(c);
	pam_order_look(c);
	pam_host_look(c);
	if (question.lost)
		say_too_much(c);
	if (c->out->bad == before && !pam_order_excluded(c))
		say_well(c);
}

static void note(struct pam_judged *judged, const struct pam_case *c)
{
	const struct pam_stack_line *l = &stack.at[c->ours];

	if (!judged->ours) {
		snprintf(judged->file, sizeof(judged->file), "%s", l->file);
		judged->line = l->line.number;
	}
	judged->ours = true;
	judged->excluded |= pam_line_argument(&l->line, "conf=") != NULL || pam_order_excluded(c);
	if (stack.type != PAM_LINE_AUTH)
		return;
	judged->auth = true;
	judged->asks |= !pam_order_excluded(c);
	judged->forward = pam_hole_forwards(c, c->ours);
	for (size_t i = 0; i < c->ours; i++)
		judged->password |= question.kind[i] == PAM_MODULE_PASSWORD ||
				    (question.kind[i] == PAM_MODULE_UNKNOWN && !stack.at[i].gate);
}

/* The module has nothing for account and session. */
static void say_wrong_type(const struct pam_case *c)
{
	struct pam_finding at = pam_hole_at(c, INSPECTION_TROUBLE, "wrong-type", c->ours);

	pam_findings_remedy(
		pam_findings_add(c->out, &at,
			"the module has nothing for lines of type %s: libpam takes it for unknown",
			pam_line_type_name(stack.type)),
		"take the line out; it belongs to auth, and for passwd to password");
}

static bool find_ours(struct pam_case *c)
{
	bool found = false;

	for (size_t i = 0; i < stack.n; i++) {
		if (question.kind[i] != PAM_MODULE_OURS)
			continue;
		if (!found)
			c->ours = i;
		c->last = i;
		found = true;
	}
	return found;
}

static void judge_type(const struct pam_judge *j, const char *service, enum pam_line_type type,
	struct pam_findings *out, struct pam_judged *judged)
{
	struct pam_case c = {
		.service = service,
		.settings = j->settings,
		.stack = &stack,
		.q = &question,
		.out = out,
	};
	struct fault f = FAULT_INIT;

	/* what cannot be read at all is told once, by the survey */
	if (pam_stack_read(j->place, service, type, &stack, &f) != 0)
		return;
	/* those of `other` are told of as its own */
	if (stack.other && strcmp(service, "other") != 0)
		return;
	pam_question_begin(&question, &stack);
	if (!find_ours(&c))
		return;
	note(judged, &c);
	if (type == PAM_LINE_AUTH || type == PAM_LINE_PASSWORD)
		judge_stack(j, &c);
	else
		say_wrong_type(&c);
}

void pam_judge_service(const struct pam_judge *j, const char *service, struct pam_findings *out,
	struct pam_judged *judged)
{
	memset(judged, 0, sizeof(*judged));
	for (int t = PAM_LINE_AUTH; t <= PAM_LINE_PASSWORD; t++)
		judge_type(j, service, (enum pam_line_type)t, out, judged);
}
