#include "cli/pam_hole.h"

#include <string.h>

#include "base/text.h"

#define BIT(value) (1u << (value))

enum { NAMES_MAX = 160 };

static const unsigned refusals[] = { PAM_LINE_AUTH_ERR, PAM_LINE_MAXTRIES, PAM_LINE_SERVICE_ERR,
	PAM_LINE_SYSTEM_ERR, PAM_LINE_CONV_ERR, PAM_LINE_PERM_DENIED, PAM_LINE_AUTHINFO_UNAVAIL,
	PAM_LINE_MODULE_UNKNOWN };

struct pam_finding pam_hole_at(
	const struct pam_case *c, enum inspection_level level, const char *code, size_t i)
{
	return pam_findings_at(
		level, code, c->service, c->stack->at[i].file, c->stack->at[i].line.number);
}

bool pam_hole_forwards(const struct pam_case *c, size_t i)
{
	return pam_line_argument(&c->stack->at[i].line, "forward_pass") != NULL;
}

bool pam_hole_two_step(const struct pam_case *c, size_t i)
{
	return pam_line_argument(&c->stack->at[i].line, "two_step") != NULL;
}

static const struct pam_line *line(const struct pam_case *c, size_t i)
{
	return &c->stack->at[i].line;
}

static const char *type(const struct pam_case *c)
{
	return pam_line_type_name(c->stack->type);
}

void pam_hole_requisite(const struct pam_case *c, size_t i, struct pam_finding *f)
{
	const char *here = c->stack->at[c->ours].file;

	if (strcmp(c->stack->at[i].file, here) == 0)
		pam_findings_remedy(f, "write: %s requisite %s", type(c), line(c, i)->module);
	else
		pam_findings_remedy(f,
			"in %s, write in place of the line that leads there: %s requisite %s", here,
			type(c), line(c, i)->module);
}

static void tell_password(const struct pam_case *c, size_t i)
{
	struct pam_finding at = pam_hole_at(c, INSPECTION_TROUBLE, "password-alone", i);
	struct pam_finding *f = pam_findings_add(c->out, &at,
		"the right password alone lets in: with %s %s the walk ends, or jumps, past our "
		"line",
		line(c, i)->control, line(c, i)->module);

	pam_hole_requisite(c, i, f);
}

/* Line i can lead past us into success. */
static void tell_past(const struct pam_case *c, size_t i)
{
	struct pam_finding at;

	switch (c->q->kind[i]) {
	case PAM_MODULE_PASSWORD:
		tell_password(c, i);
		return;
	case PAM_MODULE_ROOT:
		at = pam_hole_at(c, INSPECTION_NOTE, "root-exempt", i);
		pam_findings_add(c->out, &at, "root is asked for no code here");
		return;
	case PAM_MODULE_CONDITION:
	case PAM_MODULE_PROGRAM:
		at = pam_hole_at(c, INSPECTION_FINDING, "condition-past", i);
		pam_findings_remedy(
			pam_findings_add(c->out, &at,
				"%s leads past our line: who it is true for is asked for no code",
				line(c, i)->module),
			"if that is meant, better say it by a rule in sms-otp.conf: explain and "
			"the log then tell of it");
		return;
	case PAM_MODULE_FACTOR:
	case PAM_MODULE_UNKNOWN:
		at = pam_hole_at(c, INSPECTION_FINDING, "other-past", i);
		pam_findings_remedy(
			pam_findings_add(c->out, &at, "%s lets in by itself, past our line",
				line(c, i)->module),
			"if the code is to be asked for as well, write requisite in place of %s",
			line(c, i)->control);
		return;
	case PAM_MODULE_OURS:
	case PAM_MODULE_COUNTER:
	case PAM_MODULE_BESIDE:
	case PAM_MODULE_PERMIT:
	case PAM_MODULE_DENY:
		break;
	}
	at = pam_hole_at(c, INSPECTION_TROUBLE, "past-us", i);
	pam_findings_remedy(pam_findings_add(c->out, &at,
				    "%s leads past our line to success: no code is asked for",
				    line(c, i)->module),
		"put our line before it, or write requisite in place of %s", line(c, i)->control);
}

/* Success without our line: each line that brings it about by itself, with all others kept from
 * leaving. */
static void look_past(const struct pam_case *c)
{
	struct pam_question *q = c->q;
	bool found = false;

	pam_question_reset(q);
	pam_question_ours(q, 0);
	if (!pam_question_succeeds(q, 0))
		return;
	for (size_t i = 0; i < c->last; i++) {
		if (q->kind[i] == PAM_MODULE_OURS || pam_question_leaving(q, i, c->last) == 0)
			continue;
		pam_question_reset(q);
		pam_question_ours(q, 0);
		for (size_t k = 0; k < c->last; k++)
			if (k != i)
				q->steps[k].may &= ~pam_question_leaving(q, k, c->last);
		if (!pam_question_succeeds(q, 0))
			continue;
		tell_past(c, i);
		found = true;
	}
	if (!found) {
		struct pam_finding at =
			pam_hole_at(c, INSPECTION_TROUBLE, "never-reached", c->ours);

		pam_findings_remedy(
			pam_findings_add(c->out, &at,
				"the stack can come to success without ever reaching our line"),
			"take the jumps before it apart, line by line: pam.conf(5)");
	}
}

static void tell_refusal(const struct pam_case *c, const char *names)
{
	const struct pam_line *l = line(c, c->ours);
	struct pam_finding at = pam_hole_at(c, INSPECTION_TROUBLE, "refusal-passes", c->ours);
	struct pam_finding *f = pam_findings_add(c->out, &at,
		"our line is no obstacle: with %s%s%s the login succeeds although the code was "
		"refused (%s)%s",
		l->bracketed ? "[" : "", l->control, l->bracketed ? "]" : "", names,
		pam_line_argument(l, "decoy") != NULL ? "; a decoy of all must deny" : "");

	pam_findings_remedy(f, "write: %s required pam_sms_otp.so", type(c));
}

/* Success although our line refused, for each kind of refusal. */
static void look_refusals(const struct pam_case *c)
{
	char names[NAMES_MAX];
	struct text_line list;
	bool worse = false, outage = false, missing = false;
	struct pam_finding at;

	text_begin(&list, names, sizeof(names));
	for (size_t k = 0; k < sizeof(refusals) / sizeof(refusals[0]); k++) {
		pam_question_reset(c->q);
		pam_question_ours(c->q, BIT(refusals[k]));
		if (!pam_question_succeeds(c->q, PAM_QUESTION_OURS))
			continue;
		text_add(
			&list, "%s%s", list.len > 0 ? ", " : "", pam_line_return_name(refusals[k]));
		if (refusals[k] == PAM_LINE_AUTHINFO_UNAVAIL)
			outage = true;
		else if (refusals[k] == PAM_LINE_MODULE_UNKNOWN)
			missing = true;
		else
			worse = true;
	}
	if (worse) {
		tell_refusal(c, names);
		return;
	}
	/* C4: a site may say so, and is told what it said */
	at = pam_hole_at(c, INSPECTION_FINDING, "outage-passes", c->ours);
	if (outage)
		pam_findings_remedy(
			pam_findings_add(c->out, &at,
				"while no provider can be reached, nobody is asked for a code "
				"(authinfo_unavail); who can cut the network off has no need of "
				"one"),
			"recovery codes and apps work in an outage without this");
	at = pam_hole_at(c, INSPECTION_FINDING, "missing-passes", c->ours);
	if (missing)
		pam_findings_remedy(
			pam_findings_add(c->out, &at,
				"should pam_sms_otp.so ever be missing, nobody is asked for a "
				"code (module_unknown)"),
			"take module_unknown= out of the brackets");
}

/* The right code in place of the right password. */
static void look_code_alone(const struct pam_case *c)
{
	struct pam_question *q = c->q;

	for (size_t i = 0; i < c->last; i++) {
		struct pam_finding at;

		if (q->kind[i] != PAM_MODULE_PASSWORD)
			continue;
		pam_question_reset(q);
		pam_question_ours(q, BIT(PAM_LINE_SUCCESS));
		pam_question_fail(q, PAM_MODULE_PASSWORD, 0);
		pam_question_fail_proofs(q);
		q->steps[i].mark = PAM_QUESTION_WATCHED;
		if (!pam_question_succeeds(q, PAM_QUESTION_OURS | PAM_QUESTION_WATCHED))
			continue;
		at = pam_hole_at(c, INSPECTION_TROUBLE, "code-alone", i);
		pam_hole_requisite(c, i,
			pam_findings_add(c->out, &at,
				"the right code alone lets in: a wrong password here (%s %s) is "
				"passed over",
				line(c, i)->control, line(c, i)->module));
		return;
	}
}

/* With forward_pass a later line must check the password. A code of two steps stands for one that
 * was right already. */
static void look_unchecked(const struct pam_case *c)
{
	struct pam_finding at;

	if (!pam_hole_forwards(c, c->ours) || pam_hole_two_step(c, c->ours))
		return;
	pam_question_reset(c->q);
	pam_question_ours(c->q, BIT(PAM_LINE_SUCCESS));
	pam_question_fail(c->q, PAM_MODULE_PASSWORD, 0);
	pam_question_fail(c->q, PAM_MODULE_PROGRAM, 0);
	pam_question_fail_proofs(c->q);
	if (!pam_question_succeeds(c->q, PAM_QUESTION_OURS))
		return;
	at = pam_hole_at(c, INSPECTION_TROUBLE, "password-unchecked", c->ours);
	pam_findings_remedy(pam_findings_add(c->out, &at,
				    "nobody checks the password that forward_pass hands on: the "
				    "code alone lets in"),
		"write after it: %s required pam_unix.so try_first_pass", type(c));
}

/* After an exemption somebody else must have proven something. */
static void look_exempt(const struct pam_case *c)
{
	/* there a key may have been accepted before; a second sshd often has a name like it */
	bool sshd = text_starts(c->service, "sshd");
	struct pam_finding at;

	pam_question_reset(c->q);
	pam_question_ours(c->q, BIT(PAM_LINE_IGNORE));
	pam_question_fail(c->q, PAM_MODULE_PASSWORD, 0);
	pam_question_fail(c->q, PAM_MODULE_PROGRAM, 0);
	pam_question_fail(c->q, PAM_MODULE_ROOT, 0);
	pam_question_fail_proofs(c->q);
	if (!pam_question_succeeds(c->q, PAM_QUESTION_OURS))
		return;
	at = pam_hole_at(c, sshd ? INSPECTION_FINDING : INSPECTION_TROUBLE, "exempt-free", c->ours);
	pam_findings_remedy(
		pam_findings_add(c->out, &at,
			"who is exempt (a rule that skips, a bypass, a remembered login) gets in "
			"without any proof%s: nothing else here has to say yes but lines that "
			"always do",
			sshd ? ", unless sshd wants a key by AuthenticationMethods" : ""),
		"%s",
		sshd ? "take pam_exec in place of pam_permit, as in the example "
		       "sshd-publickey"
		     : "put a line that checks the password, as requisite, before ours");
}

void pam_hole_look(const struct pam_case *c)
{
	look_past(c);
	look_refusals(c);
	look_code_alone(c);
	look_unchecked(c);
	look_exempt(c);
}
