#include "core/unenrolled.h"

#include <string.h>

#include "unit.h"

enum { TODAY = 20000 };

static struct settings s;
static int asked;

static int two_groups(void *ctx, const struct account *a, struct pattern_words *out, struct fault *f)
{
	(void)a;
	asked++;
	if (ctx)
		return fault_set(f, FAULT_SYSTEM, 0, "no answer");
	*out = (struct pattern_words){ "staff\0interns", 2 };
	return 0;
}

#define GOOD { .trusted = true, .first_factor = true }

static const struct {
	const char *name;
	enum settings_otherwise then;
	int days; /* 0: no end */
	const char *groups;
	bool broken;
	struct facts facts;
	enum unenrolled_why why;
	bool stands;
} cases[] = {
	{ "deny", SETTINGS_REFUSE, 0, "", false, GOOD, UNENROLLED_SAID, false },
	{ "some other value", (enum settings_otherwise)1, 0, "", false, GOOD, UNENROLLED_SAID, false },
	{ "ignore", SETTINGS_IGNORE, 0, "", false, GOOD, UNENROLLED_SAID, true },
	{ "ignore, nothing known", SETTINGS_IGNORE, 0, "", false, { .trusted = false }, UNENROLLED_SAID, true },
	{ "ignore, last day", SETTINGS_IGNORE, TODAY, "", false, GOOD, UNENROLLED_SAID, true },
	{ "ignore, over", SETTINGS_IGNORE, TODAY - 1, "", false, GOOD, UNENROLLED_OVER, false },
	{ "ignore, group", SETTINGS_IGNORE, 0, "staff|", false, GOOD, UNENROLLED_SAID, true },
	{ "ignore, no group", SETTINGS_IGNORE, 0, "wheel|", false, GOOD, UNENROLLED_OUTSIDE, false },
	{ "ignore, broken", SETTINGS_IGNORE, 0, "staff|", true, GOOD, UNENROLLED_LOOKUP, false },
	{ "enroll", SETTINGS_ENROLL, TODAY, "staff|", false, GOOD, UNENROLLED_SAID, true },
	{ "enroll, pattern", SETTINGS_ENROLL, TODAY, "st*|", false, GOOD, UNENROLLED_SAID, true },
	{ "enroll, negated", SETTINGS_ENROLL, TODAY, "staff|!interns|", false, GOOD, UNENROLLED_OUTSIDE, false },
	{ "enroll, over", SETTINGS_ENROLL, TODAY - 1, "staff|", false, GOOD, UNENROLLED_OVER, false },
	{ "enroll, no group", SETTINGS_ENROLL, TODAY, "wheel|", false, GOOD, UNENROLLED_OUTSIDE, false },
	{ "C6 enroll, broken", SETTINGS_ENROLL, TODAY, "staff|", true, GOOD, UNENROLLED_LOOKUP, false },
	{ "E1 enroll, peer", SETTINGS_ENROLL, TODAY, "staff|", false, { .first_factor = true }, UNENROLLED_OCCASION, false },
	{ "D4 enroll, nothing", SETTINGS_ENROLL, TODAY, "staff|", false, { .trusted = true }, UNENROLLED_OCCASION, false },
	{ "enroll, change", SETTINGS_ENROLL, TODAY, "staff|", false, { .trusted = true, .first_factor = true, .change = true },
		UNENROLLED_OCCASION, false },
	{ "enroll, forward", SETTINGS_ENROLL, TODAY, "staff|", false, { .trusted = true, .first_factor = true, .forward = true },
		UNENROLLED_OCCASION, false },
};

START_TEST(c3_the_table_of_cases)
{
	static const struct account a = { "alice", 1000, 1000 };
	struct rules_case c = { &s, &cases[_i].facts, &a, TODAY, two_groups, cases[_i].broken ? &s : NULL };
	struct unenrolled_answer got;

	memset(&s, 0, sizeof s);
	memset(&got, 0xff, sizeof got);
	s.unenrolled = cases[_i].then;
	s.unenrolled_terms.has_until = cases[_i].days != 0;
	s.unenrolled_terms.until = cases[_i].days;
	strcpy(s.rule_text, cases[_i].groups);
	for (char *at = s.rule_text; (at = strchr(at, '|')); *at++ = '\0')
		s.unenrolled_terms.groups.n++;
	unenrolled_decide(&c, &got);
	ck_assert_msg(got.why == cases[_i].why, "%s: %d", cases[_i].name, (int)got.why);
	ck_assert_msg(got.then == (cases[_i].stands ? cases[_i].then : SETTINGS_REFUSE), "%s", cases[_i].name);
	ck_assert_msg((got.fault.class != FAULT_NONE) == (got.why == UNENROLLED_LOOKUP), "%s", cases[_i].name);
}
END_TEST

START_TEST(nobody_is_asked_for_groups_in_vain)
{
	static const struct account a = { "alice", 1000, 1000 };
	struct facts facts = GOOD;
	struct rules_case c = { &s, &facts, &a, TODAY, two_groups, NULL };
	struct unenrolled_answer got;

	memset(&s, 0, sizeof s);
	asked = 0;
	strcpy(s.rule_text, "staff");
	s.unenrolled_terms = (struct settings_unenrolled){ .has_until = true, .until = TODAY - 1, .groups = { 0, 1 } };
	unenrolled_decide(&c, &got);
	s.unenrolled = SETTINGS_ENROLL;
	unenrolled_decide(&c, &got);
	ck_assert_int_eq(asked, 0);
	ck_assert(unenrolled_over(&s, TODAY));
	ck_assert(!unenrolled_over(&s, TODAY - 1));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("unenrolled");
	TCase *t = tcase_create("unenrolled");
	tcase_add_loop_test(t, c3_the_table_of_cases, 0, (int)(sizeof cases / sizeof cases[0]));
	tcase_add_test(t, nobody_is_asked_for_groups_in_vain);
	suite_add_tcase(suite, t);
	return suite;
}
