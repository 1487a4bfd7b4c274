#include "core/admission.h"

#include <string.h>

#include "base/clock.h"
#include "core/bypass.h"
#include "core/day.h"
#include "core/enlist.h"
#include "core/former.h"
#include "core/group.h"
#include "core/number_tag.h"
#include "core/policy.h"

static enum verdict refuse(
	struct verdict_outcome *outcome, enum talk_reason reason, const struct fault *f)
{
	outcome->verdict = VERDICT_DENY;
	outcome->reason = reason;
	if (f->class != FAULT_NONE)
		outcome->fault = *f;
	return VERDICT_DENY;
}

/* Who goes on has no verdict yet. */
static enum verdict as_policy_says(struct verdict_outcome *outcome, struct policy_answer a)
{
	if (a.verdict == VERDICT_CHALLENGE)
		return VERDICT_CHALLENGE;
	outcome->verdict = a.verdict;
	outcome->reason = a.reason;
	return a.verdict;
}

/* Who is blocked is none that is let by, and goes on to be refused. */
static enum verdict ask_bypass(
	const struct admission *a, const struct facts *facts, struct verdict_outcome *outcome)
{
	struct fault f = FAULT_INIT;
	bool covered;

	if (bypass_look(a->state, &a->account, facts, &covered, &f) < 0)
		return refuse(outcome, TALK_REASON_STATE, &f);
	if (covered)
		outcome->by = VERDICT_BY_BYPASS;
	return as_policy_says(outcome, policy_for_bypass(covered));
}

static int find_groups(
	void *ctx, const struct account *a, struct pattern_words *out, struct fault *f)
{
	struct group_names *names = ctx;

	if (group_names_of(a, names, f) < 0)
		return -1;
	*out = names->words;
	return 0;
}

/* What `unenrolled` comes to, here and today. */
static int ask_unenrolled(struct admission *a, const struct facts *facts, struct fault *f)
{
	struct group_names names = { NULL, { NULL, 0 } };
	struct rules_case c = { a->settings, facts, &a->account, 0, find_groups, &names };
	struct clock_now now;

	if (a->settings->unenrolled_terms.has_until &&
		(clock_read(&now, f) < 0 || day_of(now.wall_s, &c.today, f) < 0))
		return -1;
	unenrolled_decide(&c, &a->unenrolled);
	group_free(&names);
	return 0;
}

/* Who was enrolled once is no newcomer: a stranger with the password would be as welcome. */
static enum verdict may_enrol(struct admission *a, struct verdict_outcome *outcome)
{
	struct fault f = FAULT_INIT;
	bool was;

	if (former_look(a->state, &a->account, &was, &f) < 0)
		return refuse(outcome, TALK_REASON_STATE, &f);
	if (was) {
		fault_set(&f, FAULT_BAD, 0,
			"was enrolled before and forgotten: only sms-otp enroll records a phone");
		return refuse(outcome, TALK_REASON_NOT_ENROLLED, &f);
	}
	a->enrols = true;
	return VERDICT_CHALLENGE;
}

static enum verdict never_enrolled(
	struct admission *a, const struct facts *facts, struct verdict_outcome *outcome)
{
	struct fault f = FAULT_INIT;

	if (ask_unenrolled(a, facts, &f) < 0)
		return refuse(outcome, TALK_REASON_SYSTEM, &f);
	struct policy_answer p = policy_for_unenrolled(&a->unenrolled);
	if (p.verdict == VERDICT_DENY)
		return refuse(outcome, p.reason, &a->unenrolled.fault);
	if (a->settings->unenrolled_terms.has_until)
		outcome->until = a->settings->unenrolled_terms.until;
	if (p.verdict == VERDICT_CHALLENGE)
		return may_enrol(a, outcome);
	return as_policy_says(outcome, p);
}

/* There is no enrolment; a record in the state folder says that there was one, and that it was
 * lost (C3, C5), unless it is of somebody who began to enrol and never finished. */
static enum verdict not_enrolled(
	struct admission *a, const struct facts *facts, struct verdict_outcome *outcome)
{
	struct fault f = FAULT_INIT;
	enum enlist_past past;

	if (enlist_look(a->state, &a->account, &past, &f) < 0)
		return refuse(outcome, TALK_REASON_STATE, &f);
	if (past == ENLIST_BLOCKED)
		return refuse(outcome, TALK_REASON_BLOCKED, &f);
	if (past != ENLIST_DAMAGED)
		return never_enrolled(a, facts, outcome);
	fault_set(&f, FAULT_DAMAGED, 0,
		"users/%u.conf is missing, but state/%u is there: restore it, or sms-otp forget "
		"and "
		"enroll again",
		(unsigned int)a->account.uid, (unsigned int)a->account.uid);
	return refuse(outcome, TALK_REASON_STATE, &f);
}

static enum verdict find_phone(
	struct admission *a, const struct facts *facts, struct verdict_outcome *outcome)
{
	struct fault f = FAULT_INIT;

	if (directory_find(a->directory, &a->account, &a->entry, &f) < 0) {
		if (f.class == FAULT_ABSENT)
			return not_enrolled(a, facts, outcome);
		return refuse(outcome, TALK_REASON_STATE, &f);
	}
	bool allowed = numbers_begin(&a->numbers, a->settings, &a->entry);
	number_tag(a->state, numbers_phone(&a->numbers)->e164, outcome->number,
		sizeof outcome->number);
	enum verdict verdict = ask_bypass(a, facts, outcome);
	if (verdict != VERDICT_CHALLENGE || allowed)
		return verdict;
	fault_set(&f, FAULT_BAD, 0,
		a->numbers.n == 1
			? "the user's number is outside numbers.prefixes, or a premium number"
			: "all of the user's numbers are outside numbers.prefixes, or premium "
			  "numbers");
	return refuse(outcome, TALK_REASON_NUMBER, &f);
}

/* Who must not bring a code, or must not come in with one. */
static enum verdict ask_rules(const struct settings *s, const struct facts *facts,
	struct admission_entrance *out, struct verdict_outcome *outcome)
{
	struct group_names names = { NULL, { NULL, 0 } };
	struct rules_case c = { s, facts, &out->account, 0, find_groups, &names };
	struct clock_now now;
	struct fault f = FAULT_INIT;

	if (s->nrules > 0 && (clock_read(&now, &f) < 0 || day_of(now.wall_s, &c.today, &f) < 0))
		return refuse(outcome, TALK_REASON_SYSTEM, &f);
	rules_decide(&c, &out->rule);
	group_free(&names);
	out->known = true;
	outcome->rule = out->rule.rule ? out->rule.rule->line : 0;
	outcome->fault = out->rule.fault;
	return as_policy_says(outcome, policy_for_rule(&out->rule));
}

enum verdict admission_enter(const struct settings *s, const struct facts *facts,
	struct admission_entrance *out, struct verdict_outcome *outcome)
{
	struct fault f = FAULT_INIT;

	memset(out, 0, sizeof *out);
	out->verdict = as_policy_says(outcome, policy_for_service(s, facts));
	if (out->verdict != VERDICT_CHALLENGE)
		return out->verdict;
	out->verdict = VERDICT_DENY;
	if (account_find(facts->user, &out->account, &f) < 0)
		return refuse(outcome,
			f.class == FAULT_ABSENT ? TALK_REASON_UNKNOWN_USER : TALK_REASON_SYSTEM,
			&f);
	outcome->uid = (int64_t)out->account.uid;
	if (!facts->trusted && out->account.uid != facts->peer)
		return refuse(outcome, TALK_REASON_REFUSED, &f);
	out->verdict = ask_rules(s, facts, out, outcome);
	if (out->verdict == VERDICT_CHALLENGE)
		out->verdict = as_policy_says(outcome, policy_for_evidence(s, facts));
	return out->verdict;
}

enum verdict admission_decide(
	struct admission *a, const struct facts *facts, struct verdict_outcome *outcome)
{
	struct admission_entrance own;
	/* cppcheck-suppress uninitvar ; read only once admission_enter has filled it */
	const struct admission_entrance *e = a->entrance ? a->entrance : &own;

	if (!a->entrance && admission_enter(a->settings, facts, &own, outcome) != VERDICT_CHALLENGE)
		return own.verdict;
	if (e->verdict != VERDICT_CHALLENGE || !e->known)
		return VERDICT_DENY;
	a->enrols = false;
	a->account = e->account;
	outcome->uid = (int64_t)e->account.uid;
	outcome->rule = e->rule.rule ? e->rule.rule->line : 0;
	outcome->fault = e->rule.fault;
	return find_phone(a, facts, outcome);
}
