#include "core/verdict.h"

#include <string.h>

#include "unit.h"

START_TEST(c1_zero_is_never_success)
{
	struct verdict_outcome o;
	struct talk_verdict w;

	memset(&o, 0, sizeof o);
	verdict_for_wire(&o, &w);
	ck_assert_int_eq(w.kind, TALK_VERDICT_DENY);
	ck_assert_int_eq(VERDICT_DENY, 0);
	ck_assert_int_ne(VERDICT_ACCEPT, 0);
	ck_assert_int_ne(VERDICT_EXEMPT, 0);
	ck_assert_int_ne(VERDICT_CHALLENGE, 0);
}
END_TEST

START_TEST(c1_only_agreeing_pairs_go_through)
{
	static const enum verdict verdicts[] = { VERDICT_DENY, VERDICT_CHALLENGE, VERDICT_ACCEPT, VERDICT_EXEMPT,
		(enum verdict)1, (enum verdict)-1 };

	for (size_t v = 0; v < sizeof verdicts / sizeof verdicts[0]; v++) {
		for (int r = 0; r < TALK_REASON_COUNT; r++) {
			struct verdict_outcome o = { .verdict = verdicts[v], .reason = (enum talk_reason)r };
			struct talk_verdict w;
			verdict_for_wire(&o, &w);
			bool accept = verdicts[v] == VERDICT_ACCEPT && r == TALK_REASON_ACCEPTED;
			bool exempt = verdicts[v] == VERDICT_EXEMPT && r == TALK_REASON_EXEMPT;
			ck_assert_int_eq(w.kind == TALK_VERDICT_ACCEPT, accept);
			ck_assert_int_eq(w.kind == TALK_VERDICT_EXEMPT, exempt);
			if (!accept && !exempt) {
				ck_assert_int_eq(w.kind, TALK_VERDICT_DENY);
				ck_assert_int_ne(w.reason, TALK_REASON_ACCEPTED);
				ck_assert_int_ne(w.reason, TALK_REASON_EXEMPT);
			}
		}
	}
}
END_TEST

START_TEST(every_reason_has_a_name_of_its_own)
{
	for (int a = 0; a < TALK_REASON_COUNT; a++) {
		for (int b = 0; b < a; b++)
			ck_assert_str_ne(verdict_reason_name((enum talk_reason)a),
				verdict_reason_name((enum talk_reason)b));
	}
	ck_assert_str_eq(verdict_reason_name((enum talk_reason)TALK_REASON_COUNT), "none");
	ck_assert_str_eq(verdict_reason_name((enum talk_reason)-1), "none");
	ck_assert_str_eq(verdict_by_name(VERDICT_BY_NONE), "");
	ck_assert_str_eq(verdict_by_name(VERDICT_BY_SMS), "sms");
	ck_assert_str_eq(verdict_by_name(VERDICT_BY_RECOVERY), "recovery");
	ck_assert_str_eq(verdict_by_name(VERDICT_BY_APP), "app");
	ck_assert_str_eq(verdict_by_name(VERDICT_BY_ISSUED), "issued");
	ck_assert_str_eq(verdict_by_name(VERDICT_BY_BYPASS), "bypass");
	ck_assert_str_eq(verdict_by_name(VERDICT_BY_DECOY), "decoy");
	ck_assert_str_eq(verdict_by_name((enum verdict_by)99), "");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("verdict");
	TCase *t = tcase_create("verdict");
	tcase_add_test(t, c1_zero_is_never_success);
	tcase_add_test(t, c1_only_agreeing_pairs_go_through);
	tcase_add_test(t, every_reason_has_a_name_of_its_own);
	suite_add_tcase(s, t);
	return s;
}
