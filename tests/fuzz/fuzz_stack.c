/* What check reads in pam.d: lines, stacks with what they include, the walk over them, and the judgement (cli/pam_line, pam_stack, pam_walk,
 * pam_judge).
 *
 *   results of the lines in turn, one a line: letters of s (success), f (auth_err), i (ignore), u (user_unknown), n (new_authtok_reqd)
 *   %%
 *   the service's file
 *   %%
 *   the file "common"
 *   %%
 *   the file "other" */
#include <string.h>

#include "base/text.h"
#include "cabinet.h"
#include "claim.h"
#include "cli/pam_judge.h"
#include "cli/pam_stack.h"
#include "cli/pam_walk.h"
#include "input.h"
#include "property_core.h"

enum { STEPS_MAX = 24, CHOICES_MAX = 256, SKIP_MAX = 1 << 20 };

static struct pam_stack stack;
static struct pam_findings findings;
static const struct pam_stack_place place = { { "/p.d" } };

/* --- lines ------------------------------------------------------------------------------------ */

static bool within(const struct pam_line *l, const char *at)
{
	return !*at || !strcmp(at, "@include") || (at >= l->text && at < l->text + sizeof l->text);
}

/* pam.d(5): what the four words stand for. */
static void claim_word(const struct pam_line *l)
{
	static const struct {
		const char *word;
		int good, other;
	} words[] = {
		{ "required", PAM_LINE_OK, PAM_LINE_BAD },
		{ "requisite", PAM_LINE_OK, PAM_LINE_DIE },
		{ "sufficient", PAM_LINE_DONE, PAM_LINE_PASS },
		{ "optional", PAM_LINE_OK, PAM_LINE_PASS },
	};
	for (size_t i = 0; i < sizeof words / sizeof *words && !l->bracketed; i++) {
		if (strcasecmp(l->control, words[i].word) != 0)
			continue;
		for (int r = 0; r < PAM_LINE_RETURNS; r++) {
			bool good = r == PAM_LINE_SUCCESS || r == PAM_LINE_NEW_AUTHTOK_REQD;
			int want = good ? words[i].good : words[i].other;
			CLAIM(l->action[r] == (r == PAM_LINE_IGNORE ? PAM_LINE_PASS : want));
		}
	}
}

static void try_lines(const char *text)
{
	static struct pam_line l;
	const char *at = text;
	int number = 0, before = 0, rc;
	while ((rc = pam_line_next(&at, &number, PAM_LINE_ANY, &l)) == 1) {
		CLAIM(at > text && at <= text + strlen(text));
		CLAIM(l.number > before && number >= l.number);
		before = l.number;
		CLAIM(l.argc <= PAM_LINE_ARGUMENTS && within(&l, l.control) &&
			within(&l, l.module));
		for (size_t i = 0; i < l.argc; i++)
			CLAIM(within(&l, l.argv[i]));
		CLAIM(l.kind != PAM_LINE_FAILS || l.wrong);
		for (int r = 0; r < PAM_LINE_RETURNS; r++)
			CLAIM(l.action[r] >= PAM_LINE_PASS && l.action[r] < SKIP_MAX);
		if (l.kind == PAM_LINE_MODULE && !l.wrong)
			claim_word(&l);
	}
	CLAIM(rc == 0 || rc == -1);
}

/* --- the walk --------------------------------------------------------------------------------- */

static uint32_t results_of(const char *letters)
{
	uint32_t may = 0;
	for (; *letters && *letters != '\n'; letters++)
		may |= *letters == 's'   ? 1u << PAM_LINE_SUCCESS
		       : *letters == 'f' ? 1u << PAM_LINE_AUTH_ERR
		       : *letters == 'i' ? 1u << PAM_LINE_IGNORE
		       : *letters == 'u' ? 1u << PAM_LINE_USER_UNKNOWN
		       : *letters == 'n' ? 1u << PAM_LINE_NEW_AUTHTOK_REQD
					 : 0;
	return may ? may : 1u << PAM_LINE_SUCCESS;
}

static size_t ends(const struct pam_walk *w)
{
	size_t n = 0;
	for (int r = 0; r < PAM_LINE_RETURNS; r++)
		n += w->end[r] != 0;
	return n;
}

static uint32_t nth_bit(uint32_t set, unsigned n)
{
	for (; n > 0; n--)
		set &= set - 1;
	return set & (0u - set);
}

/* All ways that the results can fall together, one at a time, come to exactly what the walk over all of them says (the header's MUST). */
static void claim_union(const struct pam_walk_step *steps, size_t n, const struct pam_walk *all)
{
	static struct pam_walk_step one[STEPS_MAX];
	static struct pam_walk w;
	size_t ways = 1;
	bool seen[PAM_LINE_RETURNS] = { false };
	for (size_t i = 0; i < n; i++)
		ways *= steps[i].gate ? 1 : (size_t)__builtin_popcount(steps[i].may);
	for (size_t k = 0; k < ways && k < CHOICES_MAX; k++) {
		size_t rest = k;
		for (size_t i = 0; i < n; i++) {
			one[i] = steps[i];
			size_t of = steps[i].gate ? 1 : (size_t)__builtin_popcount(steps[i].may);
			one[i].may = nth_bit(steps[i].may, (unsigned)(rest % of));
			rest /= of;
		}
		pam_walk_run(one, n, &w);
		CLAIM(!w.lost && ends(&w) == 1);
		for (int r = 0; r < PAM_LINE_RETURNS; r++) {
			seen[r] |= w.end[r] != 0;
			CLAIM(!w.end[r] || all->end[r]);
		}
		/* no success where nobody has said so */
		bool said = n == 0;
		for (size_t i = 0; i < n; i++)
			said |= !one[i].gate && (one[i].may & (1u << PAM_LINE_SUCCESS));
		for (size_t i = 0; i < n; i++)
			said |= one[i].level > 0;
		CLAIM(!w.end[PAM_LINE_SUCCESS] || said);
	}
	for (int r = 0; r < PAM_LINE_RETURNS && ways <= CHOICES_MAX; r++)
		CLAIM(seen[r] == (all->end[r] != 0));
}

static void try_walk(const char *results)
{
	static struct pam_walk_step steps[STEPS_MAX];
	static struct pam_walk all;
	size_t n = stack.n < STEPS_MAX ? stack.n : STEPS_MAX;
	/* the first marks of levels must be whole */
	if (stack.n > STEPS_MAX)
		return;
	size_t ways = 1;
	for (size_t i = 0; i < n; i++) {
		const struct pam_stack_line *l = &stack.at[i];
		CLAIM(l->level < PAM_WALK_LEVELS && l->file);
		steps[i] = (struct pam_walk_step){ l->line.action, l->level, l->gate,
			results_of(results), 0 };
		/* more than can be tried one by one says less */
		ways *= (size_t)__builtin_popcount(steps[i].may);
		if (ways > CHOICES_MAX)
			steps[i].may = nth_bit(steps[i].may, 0);
		const char *next = strchr(results, '\n');
		results = next ? next + 1 : results;
	}
	pam_walk_run(steps, n, &all);
	CLAIM(all.lost || n == 0 || ends(&all) > 0);
	if (!all.lost)
		claim_union(steps, n, &all);
}

/* --- the judgement ---------------------------------------------------------------------------- */

static bool there(const char *name)
{
	return name[0] != 'x';
}

static void judge(const struct input *in)
{
	static struct settings settings;
	struct pam_judge j = { &place, &settings, there };
	struct pam_judged judged;
	memset(&findings, 0, sizeof findings);
	memset(&judged, 0, sizeof judged);
	pam_judge_service(&j, "main", &findings, &judged);
	/* the header's MUST, and nothing of a service that is none of ours */
	CLAIM(!judged.ours || findings.n > 0 || findings.bad > 0);
	CLAIM(judged.ours || findings.n == 0);
	if (judged.ours)
		CLAIM(strstr(in->part[1], "pam_sms_otp") || strstr(in->part[2], "pam_sms_otp") ||
			strstr(in->part[3], "pam_sms_otp") || strstr(in->part[1], "\\\n"));
	for (size_t i = 0; i < findings.n; i++) {
		CLAIM(*findings.at[i].code && *findings.at[i].text && findings.at[i].line >= 0);
		for (const char *at = findings.at[i].text; *at; at++)
			CLAIM((unsigned char)*at != 0x1b && (unsigned char)*at != '\n');
	}
	fuzz_taken += judged.ours;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct input in;
	struct fault f = FAULT_INIT;
	if (len < 20000 && input_split(&in, bytes, len, 4) && strlen(in.part[3]) == in.len[3]) {
		cabinet_clear();
		cabinet_put("/p.d/main", in.part[1], in.len[1]);
		cabinet_put("/p.d/common", in.part[2], in.len[2]);
		if (in.len[3] > 0)
			cabinet_put("/p.d/other", in.part[3], in.len[3]);
		try_lines(in.part[1]);
		if (pam_stack_read(&place, "main", PAM_LINE_AUTH, &stack, &f) == 0) {
			CLAIM(stack.n > 0 && stack.n <= PAM_STACK_LINES);
			try_walk(in.part[0]);
		} else {
			CLAIM(f.class != FAULT_NONE && f.text[0]);
		}
		judge(&in);
		cabinet_clear();
		input_free(&in);
	} else if (len < 20000) {
		input_free(&in);
	}
	return 0;
}
