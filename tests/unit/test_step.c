#include "core/step.h"

#include <string.h>

#include "base/clock.h"
#include "house.h"
#include "person.h"
#include "unit.h"

static struct house h;
static struct verdict_outcome outcome;
static struct step s;

/* A person who says one thing. */
static struct talk_answer said;
static int said_fault; /* enum fault_class, FAULT_NONE: the answer */
static char shown[TALK_PROMPT_MAX + 1], told[TALK_PROMPT_MAX + 1], noted[512];

static int show(void *ctx, const char *text, struct fault *f)
{
	(void)ctx;
	(void)f;
	strcpy(shown, text);
	return 0;
}

static int read_answer(void *ctx, int64_t deadline_ms, struct talk_answer *answer, struct fault *f)
{
	(void)ctx;
	(void)deadline_ms;
	if (said_fault)
		return fault_set(f, said_fault == FAULT_LATE ? FAULT_LATE : FAULT_GONE, 0, "nothing");
	*answer = said;
	return 0;
}

static int tell(void *ctx, const char *text, int64_t deadline_ms, struct fault *f)
{
	(void)ctx;
	(void)deadline_ms;
	(void)f;
	strcpy(told, text);
	return 0;
}

static void note(void *ctx, const char *text)
{
	(void)ctx;
	strcpy(noted, text);
}

static const struct dialogue_people people = { NULL, show, read_answer, tell, note, -1, NULL, NULL };

static void begin(void)
{
	house_open(&h);
	memset(&outcome, 0, sizeof outcome);
	s = (struct step){ .settings = &h.settings, .state = &h.state, .facts = &h.facts, .outcome = &outcome, .tries_left = 3 };
	s.ledger = (struct ledger){ .settings = &h.settings, .state = &h.state, .account = &h.account,
		.service = "sshd", .e164 = "+491701234512", .trusted = true,
		.began_boot_ms = clock_boot_ms() };
	dialogue_begin(&s.dialogue, &people, 3, 2);
	s.dialogue.next.ref = "";
	said = (struct talk_answer){ .kind = TALK_ANSWER_TEXT };
	said_fault = FAULT_NONE;
	told[0] = noted[0] = shown[0] = '\0';
}

/* Every end of a conversation has its reason, and only an answer goes on. */
START_TEST(the_ends_of_a_conversation)
{
	static const struct {
		enum talk_answer_kind kind;
		int fault;
		enum step_end end;
		enum talk_reason reason;
	} cases[] = {
		{ TALK_ANSWER_TEXT, FAULT_NONE, STEP_GO_ON, TALK_REASON_NONE },
		{ TALK_ANSWER_EMPTY, FAULT_NONE, STEP_GO_ON, TALK_REASON_NONE },
		{ TALK_ANSWER_OVERSIZE, FAULT_NONE, STEP_GO_ON, TALK_REASON_NONE },
		{ TALK_ANSWER_SAME_AS_PASSWORD, FAULT_NONE, STEP_ENDED, TALK_REASON_ONE_FIELD },
		{ TALK_ANSWER_CONTROL, FAULT_NONE, STEP_ENDED, TALK_REASON_CONVERSATION },
		{ TALK_ANSWER_FAILED, FAULT_NONE, STEP_ENDED, TALK_REASON_CONVERSATION },
		{ TALK_ANSWER_NONE, FAULT_NONE, STEP_ENDED, TALK_REASON_CONVERSATION },
		{ TALK_ANSWER_TEXT, FAULT_LATE, STEP_ENDED, TALK_REASON_NO_ANSWER },
		{ TALK_ANSWER_TEXT, FAULT_GONE, STEP_ENDED, TALK_REASON_CONVERSATION },
	};
	struct talk_answer answer;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		begin();
		said.kind = cases[i].kind;
		said_fault = cases[i].fault;
		ck_assert_msg(step_ask(&s, &answer) == cases[i].end, "case %zu", i);
		ck_assert_msg(outcome.reason == cases[i].reason, "case %zu", i);
		ck_assert_int_eq(outcome.verdict, VERDICT_DENY);
		house_close(&h);
	}
}
END_TEST

START_TEST(d3_only_a_first_prompt_after_a_password_is_noted)
{
	struct talk_answer answer;

	begin();
	said.kind = TALK_ANSWER_FAILED;
	ck_assert_int_eq(step_ask(&s, &answer), STEP_ENDED);
	ck_assert_str_eq(noted, "service sshd may not be able to prompt twice");
	house_close(&h);
	begin();
	said.kind = TALK_ANSWER_FAILED;
	h.facts.password_taken = false;
	ck_assert_int_eq(step_ask(&s, &answer), STEP_ENDED);
	ck_assert_str_eq(noted, "");
	house_close(&h);
}
END_TEST

START_TEST(a6_non_answers_end)
{
	begin();
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(step_non_answer(&s, MESSAGE_NOT_A_CODE, 0), STEP_GO_ON);
	ck_assert_int_eq(step_non_answer(&s, MESSAGE_NOT_A_CODE, 0), STEP_ENDED);
	ck_assert_int_eq(outcome.reason, TALK_REASON_NO_ANSWER);
	house_close(&h);
}
END_TEST

START_TEST(refusals_fill_the_outcome)
{
	struct ledger_grant g = { .answer = LEDGER_REFUSED };
	struct fault f = FAULT_INIT;

	begin();
	outcome.verdict = VERDICT_ACCEPT;
	ck_assert_int_eq(step_refuse(&s, TALK_REASON_WRONG), STEP_ENDED);
	ck_assert_int_eq(outcome.verdict, VERDICT_DENY);
	ck_assert_int_eq(outcome.reason, TALK_REASON_WRONG);
	ck_assert_int_eq(step_refuse_aloud(&s, TALK_REASON_OUTAGE, &g), STEP_ENDED);
	ck_assert_str_eq(told, "No SMS sent: no provider answered.");
	fault_set(&f, FAULT_DAMAGED, 0, "broken");
	ck_assert_int_eq(step_broken(&s, TALK_REASON_STATE, &f), STEP_ENDED);
	ck_assert_int_eq(outcome.reason, TALK_REASON_STATE);
	ck_assert_str_eq(outcome.fault.text, "broken");
	fault_set(&f, FAULT_MEMORY, 0, "none left");
	ck_assert_int_eq(step_broken(&s, TALK_REASON_STATE, &f), STEP_ENDED);
	ck_assert_int_eq(outcome.reason, TALK_REASON_SYSTEM);
	house_close(&h);
}
END_TEST

START_TEST(d11_each_answer_renews_the_deadline)
{
	struct talk_answer answer;

	begin();
	step_renew_deadline(&s);
	int64_t first = s.deadline_ms;
	ck_assert_int_ge(first, clock_boot_ms() + 9000);
	house_shift_ms += 60000;
	ck_assert_int_eq(step_ask(&s, &answer), STEP_GO_ON);
	ck_assert_int_ge(s.deadline_ms, first + 60000);
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("step");
	TCase *t = tcase_create("step");

	tcase_add_test(t, the_ends_of_a_conversation);
	tcase_add_test(t, d3_only_a_first_prompt_after_a_password_is_noted);
	tcase_add_test(t, a6_non_answers_end);
	tcase_add_test(t, refusals_fill_the_outcome);
	tcase_add_test(t, d11_each_answer_renews_the_deadline);
	suite_add_tcase(suite, t);
	return suite;
}
