#include "core/message_two_step.h"

#include <string.h>

#include "unit.h"

static const struct phone phone = { "+491701234512" };

#define AGAIN " Log in again with the code, or with password and code in one field."
#define ALONE " Log in again with the code in place of the password."

static const struct {
	struct message_prompt p;
	bool alone;
	const char *want;
} cases[] = {
	{ { .situation = MESSAGE_SENT, .phone = &phone, .ref = "K7QF" }, false,
		"Code sent to ...12 (ref K7QF)." AGAIN },
	{ { .situation = MESSAGE_SENT, .phone = &phone, .ref = "K7QF" }, true,
		"Code sent to ...12 (ref K7QF)." ALONE },
	{ { .situation = MESSAGE_SENT_MAYBE, .phone = &phone, .ref = "K7QF" }, false,
		"Code sent to ...12, it may take a minute (ref K7QF)." AGAIN },
	{ { .situation = MESSAGE_SENT }, false, "Code sent." AGAIN },
	{ { .situation = MESSAGE_STEP, .phone = &phone }, false,
		"A code has been sent already." AGAIN },
	{ { .situation = MESSAGE_STEP }, true, "A code has been sent already." ALONE },
	{ { .situation = MESSAGE_WAIT, .wait_s = 24 }, false,
		"Next SMS in 24 s. Log in again then." },
	{ { .situation = MESSAGE_WAIT }, false, "Next SMS in 1 s. Log in again then." },
	{ { .situation = MESSAGE_EXPIRED, .ref = "K7QF" }, false,
		"That code has expired. Log in again with the password for a new one." },
	{ { .situation = MESSAGE_WRONG, .tries_left = 2 }, false, "" },
};

START_TEST(g2_the_words)
{
	char out[TALK_PROMPT_MAX + 1];

	message_two_step(&cases[_i].p, cases[_i].alone, out, sizeof out);
	ck_assert_str_eq(out, cases[_i].want);
}
END_TEST

START_TEST(cut_where_there_is_no_room)
{
	char out[12];

	message_two_step(&cases[0].p, false, out, sizeof out);
	ck_assert_uint_lt(strlen(out), sizeof out);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("message_two_step");
	TCase *t = tcase_create("message_two_step");

	tcase_add_loop_test(t, g2_the_words, 0, sizeof cases / sizeof cases[0]);
	tcase_add_test(t, cut_where_there_is_no_room);
	suite_add_tcase(s, t);
	return s;
}
