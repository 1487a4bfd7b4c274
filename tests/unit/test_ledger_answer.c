#include "core/ledger_answer.h"

#include "unit.h"

/* Whatever is not granted is not granted, and what nobody has a word for is refused (C1). */
START_TEST(c1_only_a_grant_is_a_grant)
{
	static const struct {
		enum limit_answer limit;
		enum ledger_answer ledger;
	} cases[] = {
		{ LIMIT_REFUSED, LEDGER_REFUSED }, { LIMIT_GRANTED, LEDGER_GRANTED }, { LIMIT_LOCKED, LEDGER_LOCKED },
		{ LIMIT_BLOCKED, LEDGER_BLOCKED }, { LIMIT_SPENT_USER, LEDGER_SPENT }, { LIMIT_SPENT_SITE, LEDGER_SPENT },
		{ LIMIT_WAIT, LEDGER_WAIT }, { LIMIT_SPENT_NUMBER, LEDGER_SPENT }, { LIMIT_SPENT_ADDRESS, LEDGER_SPENT },
		{ LIMIT_SPENT_PREFIX, LEDGER_SPENT }, { (enum limit_answer)1, LEDGER_REFUSED },
		{ (enum limit_answer)(LIMIT_GRANTED + 1), LEDGER_REFUSED }, { (enum limit_answer)10, LEDGER_REFUSED },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		ck_assert_msg(ledger_answer_of(cases[i].limit) == cases[i].ledger, "%d", (int)cases[i].limit);
}
END_TEST

START_TEST(d9_each_refusal_has_its_reason)
{
	static const struct {
		enum ledger_answer answer;
		enum talk_reason reason;
	} cases[] = {
		{ LEDGER_LOCKED, TALK_REASON_LOCKED }, { LEDGER_BLOCKED, TALK_REASON_BLOCKED },
		{ LEDGER_SPENT, TALK_REASON_BUDGET }, { LEDGER_WAIT, TALK_REASON_BUDGET },
		{ LEDGER_PAUSED, TALK_REASON_BUDGET }, { LEDGER_CROWDED, TALK_REASON_CROWDED },
		{ LEDGER_ONE_FIELD, TALK_REASON_ONE_FIELD }, { LEDGER_VOID, TALK_REASON_VOID },
		{ LEDGER_STILL, TALK_REASON_SENT },
		/* our own fault, whoever asks */
		{ LEDGER_REFUSED, TALK_REASON_SYSTEM }, { LEDGER_GRANTED, TALK_REASON_SYSTEM },
		{ (enum ledger_answer)(LEDGER_GRANTED + 1), TALK_REASON_SYSTEM },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		ck_assert_msg(ledger_answer_reason(cases[i].answer) == cases[i].reason, "%d", (int)cases[i].answer);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("ledger_answer");
	TCase *t = tcase_create("ledger_answer");
	tcase_add_test(t, c1_only_a_grant_is_a_grant);
	tcase_add_test(t, d9_each_refusal_has_its_reason);
	suite_add_tcase(s, t);
	return s;
}
