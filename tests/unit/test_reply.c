#include "sender/reply.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

START_TEST(a_fault_is_a_refusal_with_its_words)
{
	struct receipt r = { 0 };
	struct fault f = FAULT_INIT;
	fault_set(&f, FAULT_SYSTEM, 2, "/x");
	reply_refuse(&r, &f);
	ck_assert_int_eq(r.outcome, RECEIPT_REQUEST);
	ck_assert_str_eq(r.note, "/x: No such file or directory");
}
END_TEST

START_TEST(a_note_is_cut_to_fit)
{
	struct receipt r = { 0 };
	char words[400];
	memset(words, 'x', sizeof words - 1);
	words[sizeof words - 1] = '\0';
	reply_say(&r, RECEIPT_TEMPORARY, words);
	ck_assert_int_eq(r.outcome, RECEIPT_TEMPORARY);
	ck_assert_uint_eq(strlen(r.note), ORDER_NOTE_MAX);
}
END_TEST

static const struct {
	enum order_action action;
	enum receipt_outcome outcome;
	const char *note;
} calls[] = {
	{ ORDER_ACTION_SEND, RECEIPT_REQUEST, "no send call for this provider" },
	{ ORDER_ACTION_VOICE, RECEIPT_REQUEST, "no voice call for this provider" },
	{ ORDER_ACTION_POLL, RECEIPT_PENDING, "no poll call for this provider" },
	{ ORDER_ACTION_CHECK, RECEIPT_PENDING, "no check call for this provider" },
};

START_TEST(a_call_that_is_not_there)
{
	struct receipt r = { 0 };
	reply_no_such_call(&r, calls[_i].action);
	ck_assert_int_eq(r.outcome, calls[_i].outcome);
	ck_assert_str_eq(r.note, calls[_i].note);
}
END_TEST

static const struct {
	const char *text, *expected;
} ids[] = {
	{ "SM12-ab", "SM12-ab" },
	{ "", "" },
	{ "a\nb", "" },
	{ "\xc3\xa4", "" },
	{ "OUT_4917012345678_1", "" },
	{ "4917012345678", "" },
};

START_TEST(g1_an_id_without_the_number_only)
{
	struct receipt r = { .message_id = "old" };
	reply_id(&r, ids[_i].text, "+4917012345678");
	ck_assert_str_eq(r.message_id, ids[_i].expected);
}
END_TEST

START_TEST(an_id_that_is_too_long_is_none)
{
	struct receipt r = { 0 };
	char id[ORDER_ID_MAX + 2];
	memset(id, 'x', sizeof id - 1);
	id[sizeof id - 1] = '\0';
	reply_id(&r, id, "");
	ck_assert_str_eq(r.message_id, "");
	reply_id(&r, id + 1, "");
	ck_assert_str_eq(r.message_id, id + 1);
}
END_TEST

START_TEST(g1_an_error_code_that_echoes_the_message_is_dropped)
{
	static const struct {
		const char *code, *left;
	} cases[] = {
		{ "493027", "" }, { "4930", "" }, { "code", "" }, { "402", "402" },
		{ "21211", "21211" }, { "", "" }, { "49302x", "49302x" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct receipt r = { 0 };
		snprintf(r.code, sizeof r.code, "%s", cases[i].code);
		reply_forget_text(&r, "493027 is your code");
		ck_assert_str_eq(r.code, cases[i].left);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("reply");
	TCase *t = tcase_create("reply");
	tcase_add_test(t, a_fault_is_a_refusal_with_its_words);
	tcase_add_test(t, a_note_is_cut_to_fit);
	tcase_add_loop_test(t, a_call_that_is_not_there, 0, sizeof calls / sizeof *calls);
	tcase_add_loop_test(t, g1_an_id_without_the_number_only, 0, sizeof ids / sizeof *ids);
	tcase_add_test(t, g1_an_error_code_that_echoes_the_message_is_dropped);
	tcase_add_test(t, an_id_that_is_too_long_is_none);
	suite_add_tcase(s, t);
	return s;
}
