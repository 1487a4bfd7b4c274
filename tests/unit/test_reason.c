#include "cli/reason.h"

#include <security/pam_modules.h>
#include <string.h>

#include "module/result.h"
#include "unit.h"

/* D9 */
static const struct {
	enum talk_reason reason;
	const char *code;
	int exit;
} cases[] = {
	{ TALK_REASON_NONE, "PAM_SYSTEM_ERR", 2 },
	{ TALK_REASON_ACCEPTED, "PAM_SUCCESS", 0 },
	{ TALK_REASON_EXEMPT, "PAM_IGNORE", 0 },
	{ TALK_REASON_WRONG, "PAM_AUTH_ERR", 1 },
	{ TALK_REASON_EXPIRED, "PAM_AUTH_ERR", 1 },
	{ TALK_REASON_VOID, "PAM_AUTH_ERR", 1 },
	{ TALK_REASON_UNKNOWN_USER, "PAM_AUTH_ERR", 1 },
	{ TALK_REASON_NOT_ENROLLED, "PAM_AUTH_ERR", 1 },
	{ TALK_REASON_NO_ANSWER, "PAM_AUTH_ERR", 1 },
	{ TALK_REASON_ONE_FIELD, "PAM_AUTH_ERR", 1 },
	{ TALK_REASON_LOCKED, "PAM_MAXTRIES", 1 },
	{ TALK_REASON_BUDGET, "PAM_MAXTRIES", 1 },
	{ TALK_REASON_CROWDED, "PAM_MAXTRIES", 1 },
	{ TALK_REASON_BLOCKED, "PAM_AUTH_ERR", 1 },
	{ TALK_REASON_OUTAGE, "PAM_AUTHINFO_UNAVAIL", 2 },
	{ TALK_REASON_NUMBER, "PAM_PERM_DENIED", 1 },
	{ TALK_REASON_SETTINGS, "PAM_SERVICE_ERR", 2 },
	{ TALK_REASON_ARGUMENTS, "PAM_SERVICE_ERR", 2 },
	{ TALK_REASON_STATE, "PAM_SYSTEM_ERR", 2 },
	{ TALK_REASON_SYSTEM, "PAM_SYSTEM_ERR", 2 },
	{ TALK_REASON_CONVERSATION, "PAM_CONV_ERR", 1 },
	{ TALK_REASON_REFUSED, "PAM_PERM_DENIED", 1 },
	{ TALK_REASON_UNLISTED, "PAM_PERM_DENIED", 1 },
	{ TALK_REASON_NO_FIRST_FACTOR, "PAM_AUTH_ERR", 1 },
	{ TALK_REASON_ENGINE, "PAM_SYSTEM_ERR", 2 },
	{ TALK_REASON_NO_OFFLINE, "PAM_AUTH_ERR", 1 },
	{ TALK_REASON_SENT, "PAM_AUTH_ERR", 1 },
	{ TALK_REASON_NO_STEP, "PAM_AUTH_ERR", 1 },
};

START_TEST(d9_every_reason_has_its_code)
{
	ck_assert_int_eq(sizeof(cases) / sizeof(cases[0]), TALK_REASON_COUNT);
	for (size_t i = 0; i < TALK_REASON_COUNT; i++) {
		ck_assert_int_eq((int)cases[i].reason, (int)i);
		ck_assert_str_eq(reason_pam_code(cases[i].reason), cases[i].code);
	}
}
END_TEST

static const char *code_name(int code)
{
	static const struct {
		int code;
		const char *name;
	} names[] = {
		{ PAM_SUCCESS, "PAM_SUCCESS" },
		{ PAM_IGNORE, "PAM_IGNORE" },
		{ PAM_AUTH_ERR, "PAM_AUTH_ERR" },
		{ PAM_MAXTRIES, "PAM_MAXTRIES" },
		{ PAM_AUTHINFO_UNAVAIL, "PAM_AUTHINFO_UNAVAIL" },
		{ PAM_SERVICE_ERR, "PAM_SERVICE_ERR" },
		{ PAM_CONV_ERR, "PAM_CONV_ERR" },
		{ PAM_PERM_DENIED, "PAM_PERM_DENIED" },
		{ PAM_SYSTEM_ERR, "PAM_SYSTEM_ERR" },
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (names[i].code == code)
			return names[i].name;
	}
	return "?";
}

/* What `sms-otp try` shows is what the module would say: the two tables live in places that cannot see each other. */
START_TEST(d9_the_tool_says_what_the_module_does)
{
	for (int r = 0; r < TALK_REASON_COUNT; r++) {
		struct talk_verdict v = { TALK_VERDICT_DENY, (enum talk_reason)r };
		if (r == TALK_REASON_ACCEPTED)
			v.kind = TALK_VERDICT_ACCEPT;
		if (r == TALK_REASON_EXEMPT)
			v.kind = TALK_VERDICT_EXEMPT;
		ck_assert_str_eq(reason_pam_code(v.reason), code_name(result_code(&v)));
	}
}
END_TEST

START_TEST(c1_only_an_acceptance_is_a_yes)
{
	for (size_t i = 0; i < TALK_REASON_COUNT; i++) {
		struct verdict_outcome o = { .verdict = VERDICT_DENY, .reason = cases[i].reason };
		int wanted = cases[i].exit == 0 ? 2 : cases[i].exit;

		ck_assert_msg((int)reason_exit(&o) == wanted, "deny %zu", i);
		o.verdict = cases[i].reason == TALK_REASON_EXEMPT ? VERDICT_EXEMPT : VERDICT_ACCEPT;
		ck_assert_msg((int)reason_exit(&o) == cases[i].exit, "accept %zu", i);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("reason");
	TCase *t = tcase_create("reason");

	tcase_add_test(t, d9_every_reason_has_its_code);
	tcase_add_test(t, d9_the_tool_says_what_the_module_does);
	tcase_add_test(t, c1_only_an_acceptance_is_a_yes);
	suite_add_tcase(s, t);
	return s;
}
