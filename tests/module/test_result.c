/* D9, C1, C3: the table from verdict to PAM's code, all of it. */
#include "module/result.h"

#include <security/pam_modules.h>

#include "tests/unit/unit.h"

static const struct {
	enum talk_reason reason;
	int code;
} table[] = {
	{ TALK_REASON_NONE, PAM_SYSTEM_ERR },
	{ TALK_REASON_ACCEPTED, PAM_SYSTEM_ERR },
	{ TALK_REASON_EXEMPT, PAM_SYSTEM_ERR },
	{ TALK_REASON_WRONG, PAM_AUTH_ERR },
	{ TALK_REASON_EXPIRED, PAM_AUTH_ERR },
	{ TALK_REASON_VOID, PAM_AUTH_ERR },
	{ TALK_REASON_UNKNOWN_USER, PAM_AUTH_ERR },
	{ TALK_REASON_NOT_ENROLLED, PAM_AUTH_ERR },
	{ TALK_REASON_NO_ANSWER, PAM_AUTH_ERR },
	{ TALK_REASON_ONE_FIELD, PAM_AUTH_ERR },
	{ TALK_REASON_LOCKED, PAM_MAXTRIES },
	{ TALK_REASON_BUDGET, PAM_MAXTRIES },
	{ TALK_REASON_CROWDED, PAM_MAXTRIES },
	{ TALK_REASON_BLOCKED, PAM_AUTH_ERR },
	{ TALK_REASON_OUTAGE, PAM_AUTHINFO_UNAVAIL },
	{ TALK_REASON_NUMBER, PAM_PERM_DENIED },
	{ TALK_REASON_SETTINGS, PAM_SERVICE_ERR },
	{ TALK_REASON_ARGUMENTS, PAM_SERVICE_ERR },
	{ TALK_REASON_STATE, PAM_SYSTEM_ERR },
	{ TALK_REASON_SYSTEM, PAM_SYSTEM_ERR },
	{ TALK_REASON_CONVERSATION, PAM_CONV_ERR },
	{ TALK_REASON_REFUSED, PAM_PERM_DENIED },
	{ TALK_REASON_UNLISTED, PAM_PERM_DENIED },
	{ TALK_REASON_NO_FIRST_FACTOR, PAM_AUTH_ERR },
	{ TALK_REASON_ENGINE, PAM_SYSTEM_ERR },
	{ TALK_REASON_NO_OFFLINE, PAM_AUTH_ERR },
	{ TALK_REASON_SENT, PAM_AUTH_ERR },
	{ TALK_REASON_NO_STEP, PAM_AUTH_ERR },
};

static int code(unsigned kind, unsigned reason)
{
	struct talk_verdict v = { (enum talk_verdict_kind)kind, (enum talk_reason)reason };
	return result_code(&v);
}

START_TEST(d9_each_refusal_has_its_code)
{
	ck_assert_uint_eq(sizeof table / sizeof table[0], TALK_REASON_COUNT);
	for (unsigned i = 0; i < TALK_REASON_COUNT; i++) {
		ck_assert_uint_eq(table[i].reason, i);
		ck_assert_msg(code(TALK_VERDICT_DENY, i) == table[i].code, "reason %u", i);
	}
}
END_TEST

START_TEST(c1_success_for_one_pair_only)
{
	static const unsigned kinds[] = { TALK_VERDICT_DENY, TALK_VERDICT_ACCEPT,
		TALK_VERDICT_EXEMPT, 1, ~0U, TALK_VERDICT_ACCEPT ^ 1U, TALK_VERDICT_EXEMPT ^ 1U };

	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
		for (unsigned r = 0; r < 300; r++) {
			int got = code(kinds[k], r);
			bool success = kinds[k] == TALK_VERDICT_ACCEPT && r == TALK_REASON_ACCEPTED;
			bool ignore = kinds[k] == TALK_VERDICT_EXEMPT && r == TALK_REASON_EXEMPT;
			ck_assert_msg((got == PAM_SUCCESS) == success, "%x, %u", kinds[k], r);
			ck_assert_msg((got == PAM_IGNORE) == ignore, "%x, %u", kinds[k], r);
		}
	}
}
END_TEST

/* One flipped bit of the distant constants lets nobody in. */
START_TEST(c1_no_single_bit_makes_an_acceptance)
{
	for (unsigned bit = 0; bit < 32; bit++) {
		ck_assert_int_eq(code(1U << bit, TALK_REASON_ACCEPTED), PAM_SYSTEM_ERR);
		ck_assert_int_eq(code(TALK_VERDICT_ACCEPT ^ (1U << bit), TALK_REASON_ACCEPTED),
			PAM_SYSTEM_ERR);
		ck_assert_int_eq(code(TALK_VERDICT_EXEMPT ^ (1U << bit), TALK_REASON_EXEMPT),
			PAM_SYSTEM_ERR);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("result");
	TCase *tcase = tcase_create("table");

	tcase_add_test(tcase, d9_each_refusal_has_its_code);
	tcase_add_test(tcase, c1_success_for_one_pair_only);
	tcase_add_test(tcase, c1_no_single_bit_makes_an_acceptance);
	suite_add_tcase(suite, tcase);
	return suite;
}
