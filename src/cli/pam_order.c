#include "cli/pam_order.h"

#include <string.h>

#include "base/text.h"
#include "core/settings_mode.h"

#define BIT(value) (1u << (value))

static const struct pam_line *line(const struct pam_case *c, size_t i)
{
	return &c->stack->at[i].line;
}

static const char *type(const struct pam_case *c)
{
	return pam_line_type_name(c->stack->type);
}

/* Can a right code let in at all? */
static bool look_never(const struct pam_case *c)
{
	struct pam_finding at = pam_hole_at(c, INSPECTION_TROUBLE, "never-succeeds", c->ours);

	pam_question_reset(c->q);
	pam_question_ours(c->q, BIT(PAM_LINE_SUCCESS));
	if (pam_question_succeeds(c->q, PAM_QUESTION_OURS))
		return false;
	pam_findings_remedy(
		pam_findings_add(c->out, &at,
			"even the right code lets nobody in: no way through the stack that has "
			"our line in it ends in success"),
		"look at the lines around it: a pam_deny, a jump too long, a control misspelt");
	return true;
}

bool pam_order_excluded(const struct pam_case *c)
{
	const char *only = pam_line_argument(line(c, c->ours), "only=");
	size_t len = strlen(c->service);

	if (only == NULL)
		return false;
	while (*only != 0) {
		size_t word = strcspn(only, ",");

		if (word == len && memcmp(only, c->service, len) == 0)
			return false;
		only += word + (only[word] == ',' ? 1 : 0);
	}
	return true;
}

/* An exemption is PAM_IGNORE, and must not be a refusal. */
static void look_ignore(const struct pam_case *c)
{
	const struct pam_line *l = line(c, c->ours);
	int action = l->action[PAM_LINE_IGNORE];
	bool never = pam_order_excluded(c);
	bool all = never || (c->settings && settings_mode_observes(c->settings, c->service));
	enum inspection_level level = all ? INSPECTION_TROUBLE : INSPECTION_FINDING;
	struct pam_finding at;

	pam_question_reset(c->q);
	pam_question_ours(c->q, BIT(PAM_LINE_IGNORE));
	if (pam_question_succeeds(c->q, PAM_QUESTION_OURS))
		return;
	if (action == PAM_LINE_BAD || action == PAM_LINE_DIE) {
		at = pam_hole_at(c, level, "ignore-unnamed", c->ours);
		pam_findings_remedy(
			pam_findings_add(c->out, &at,
				"[%s] makes a refusal of \"ignore\", which is what the module says "
				"of who is exempt",
				l->control),
			"add ignore=ignore to the brackets, or write: %s required pam_sms_otp.so",
			type(c));
		return;
	}
	at = pam_hole_at(c, level, "exemption-denied", c->ours);
	pam_findings_remedy(
		pam_findings_add(c->out, &at,
			"who is exempt (%s) is refused: our line then says \"ignore\", and no "
			"other line says yes",
			never ? "everybody: only= does not name this service"
			: all ? "everybody: `mode` says observe"
			      : "a rule that skips, a bypass, a remembered login"),
		"put a line before ours, or after it, that succeeds for whom a proof was seen; "
		"pam_permit only where one certainly was");
}

/* A decoy is what a wrong password is to come to. */
static bool sends_nothing(const struct pam_case *c, size_t i)
{
	const char *decoy = pam_line_argument(line(c, i), "decoy");

	return decoy != NULL && decoy[0] == 0;
}

/* A wrong password that still comes to our line costs an SMS. */
static void look_wrong_password(const struct pam_case *c)
{
	struct pam_question *q = c->q;

	for (size_t i = 0; i < c->last; i++) {
		struct pam_finding at;
		bool reached = false;

		if (q->kind[i] != PAM_MODULE_PASSWORD)
			continue;
		pam_question_reset(q);
		pam_question_fail(q, PAM_MODULE_PASSWORD, 0);
		q->steps[i].mark = PAM_QUESTION_WATCHED;
		for (size_t k = c->ours; k <= c->last && !reached; k++)
			reached = k > i && q->kind[k] == PAM_MODULE_OURS &&
				  !pam_hole_forwards(c, k) && !sends_nothing(c, k) &&
				  pam_question_reaches(q, k, PAM_QUESTION_WATCHED);
		if (!reached)
			continue;
		at = pam_hole_at(c, INSPECTION_FINDING, "wrong-password-asked", i);
		pam_hole_requisite(c, i,
			pam_findings_add(c->out, &at,
				"a wrong password goes on to our line%s, and each guess of a "
				"stranger costs an SMS",
				c->stack->at[i].level > c->stack->at[c->ours].level
					? " (a substack that fails does not stop)"
					: ""));
		return;
	}
}

static bool no_password_meant(const struct pam_case *c)
{
	for (size_t k = 0; k < c->settings->nwithout_password; k++)
		if (strcmp(c->settings->without_password[k], c->service) == 0)
			return true;
	return false;
}

/* D4: nothing is sent before a first factor is in evidence. sshd may have seen a key; that is
 * judged with its configuration. */
static void look_evidence(const struct pam_case *c)
{
	struct pam_finding at = pam_hole_at(c, INSPECTION_TROUBLE, "no-first-factor", c->ours);
	struct pam_question *q = c->q;
	bool after = false;

	if (pam_hole_forwards(c, c->ours) || c->settings == NULL || no_password_meant(c))
		return;
	for (size_t i = 0; i < c->stack->n; i++) {
		/* an unknown module may have asked for a password */
		if (i < c->ours &&
			(q->kind[i] == PAM_MODULE_PASSWORD ||
				(q->kind[i] == PAM_MODULE_UNKNOWN && !c->stack->at[i].gate)))
			return;
		if (i > c->ours && q->kind[i] == PAM_MODULE_PASSWORD)
			after = true;
	}
	if (text_starts(c->service, "sshd") && !after)
		return;
	pam_findings_remedy(
		pam_findings_add(c->out, &at,
			"our line stands %s: the module sends nothing before a first factor is in "
			"evidence, and refuses",
			after ? "before the line that asks for the password"
			      : "behind no line that asks for a password"),
		after ? "put it after that line"
		      : "put before it: %s requisite pam_unix.so; or name the service in "
			"without_password, if nothing else is needed",
		type(c));
}

/* forward_pass parts the field, so that it must come first, and must stop what comes after. */
static void look_forward(const struct pam_case *c)
{
	struct pam_question *q = c->q;
	struct pam_finding at =
		pam_hole_at(c, INSPECTION_TROUBLE, "forward-after-password", c->ours);

	if (!pam_hole_forwards(c, c->ours))
		return;
	for (size_t i = 0; i < c->ours; i++)
		if (q->kind[i] == PAM_MODULE_PASSWORD) {
			pam_findings_remedy(
				pam_findings_add(c->out, &at,
					"forward_pass stands after a line that asks for the "
					"password, which then sees password and code as one"),
				"put our line first, and try_first_pass behind %s",
				line(c, i)->module);
			return;
		}
	/* there the password itself may be in the field */
	if (pam_hole_two_step(c, c->ours))
		return;
	pam_question_reset(q);
	pam_question_ours(q, BIT(PAM_LINE_AUTH_ERR) | BIT(PAM_LINE_MAXTRIES));
	at = pam_hole_at(c, INSPECTION_FINDING, "forward-goes-on", c->ours);
	for (size_t i = c->ours + 1; i < c->stack->n; i++)
		if (q->kind[i] == PAM_MODULE_PASSWORD &&
			pam_question_reaches(q, i, PAM_QUESTION_OURS)) {
			pam_findings_remedy(
				pam_findings_add(c->out, &at,
					"after a refused code the next line is handed password "
					"and code as one, and says that the password is wrong"),
				"write: %s requisite pam_sms_otp.so forward_pass", type(c));
			return;
		}
}

/* After the right code nothing more may be sent: such a login would never end. */
static bool sends_again(const struct pam_case *c, size_t takes, size_t sends)
{
	pam_question_reset(c->q);
	c->q->steps[takes].may &= BIT(PAM_LINE_SUCCESS);
	c->q->steps[takes].mark = PAM_QUESTION_WATCHED;
	return pam_question_reaches(c->q, sends, PAM_QUESTION_WATCHED);
}

/* One line sends the code, behind the password; the other takes it, before. */
static void look_two_step(const struct pam_case *c)
{
	struct pam_finding at = pam_hole_at(c, INSPECTION_TROUBLE, "two-step-half", c->ours);
	size_t none = c->last + 1, sends = none, takes = none;
	const char *what = NULL;

	for (size_t i = c->ours; i <= c->last; i++) {
		if (c->q->kind[i] != PAM_MODULE_OURS || !pam_hole_two_step(c, i))
			continue;
		*(pam_hole_forwards(c, i) ? &takes : &sends) = i;
	}
	/* cppcheck-suppress knownConditionTrueFalse ; the loop sets one of them */
	if (takes == none && sends != none)
		what = "two_step sends codes that no line takes: nobody gets in";
	/* cppcheck-suppress knownConditionTrueFalse ; the loop sets one of them */
	else if (takes != none && sends == none)
		what = "two_step takes codes that no line sends: nobody gets in";
	/* cppcheck-suppress knownConditionTrueFalse ; the loop sets one of them */
	else if (takes != none && sends_again(c, takes, sends))
		what = "after the right code the line that sends the next one is reached: nobody "
		       "gets in";
	if (what != NULL)
		pam_findings_remedy(pam_findings_add(c->out, &at, "%s", what),
			"two lines of ours belong together, as in the example dovecot-two-step");
}

/* A refused code must not count as a wrong password. */
static void look_counters(const struct pam_case *c)
{
	struct pam_question *q = c->q;

	for (size_t i = 0; i < c->stack->n; i++) {
		struct pam_finding at;

		if (q->kind[i] != PAM_MODULE_COUNTER || !pam_module_counts(line(c, i)))
			continue;
		pam_question_reset(q);
		pam_question_ours(q, BIT(PAM_LINE_AUTH_ERR) | BIT(PAM_LINE_MAXTRIES));
		/* pam_tally2 counts before, and takes it back after a login */
		if (!pam_question_reaches(q, i, PAM_QUESTION_OURS) &&
			(i > c->ours || strstr(line(c, i)->module, "faillock") != NULL))
			continue;
		at = pam_hole_at(c, INSPECTION_FINDING, "refusals-counted", i);
		pam_findings_remedy(
			pam_findings_add(c->out, &at,
				"%s counts a refused code as a wrong password, and locks people "
				"out who know theirs; the module has a lock of its own",
				line(c, i)->module),
			"put our line behind it, or make ours requisite");
	}
}

static void say_excluded(const struct pam_case *c)
{
	struct pam_finding at = pam_hole_at(c, INSPECTION_NOTE, "only-elsewhere", c->ours);

	pam_findings_add(c->out, &at, "only= leaves this service out: nobody is asked for a code");
}

void pam_order_look(const struct pam_case *c)
{
	if (pam_order_excluded(c)) {
		say_excluded(c);
		look_ignore(c);
		return;
	}
	look_wrong_password(c);
	look_evidence(c);
	look_forward(c);
	look_two_step(c);
	look_counters(c);
	if (!look_never(c))
		look_ignore(c);
}
