#include "core/message_enrol.h"

#include <string.h>

#include "core/day.h"
#include "core/message.h"
#include "unit.h"

static struct settings s;

static const char *asked(enum message_enrol_why why)
{
	static char out[TALK_PROMPT_MAX + 1];
	struct message_prompt p = { .situation = MESSAGE_NUMBER, .why = why, .settings = &s,
		.ref = "", .override = "Token: " };

	message_prompt(&p, out, sizeof out);
	return out;
}

static void allow(size_t n, const char *prefix)
{
	memset(&s, 0, sizeof s);
	s.nprefixes = n;
	for (size_t i = 0; i < n; i++)
		strcpy(s.prefixes[i], prefix);
}

START_TEST(d1_every_question_is_a_prompt)
{
	allow(SETTINGS_PREFIXES_MAX, "+123456789012345");
	for (int why = MESSAGE_ENROL_FIRST; why <= MESSAGE_ENROL_UNSERVED; why++) {
		const char *text = asked((enum message_enrol_why)why);
		ck_assert_uint_le(strlen(text), TALK_PROMPT_MAX);
		ck_assert(text_printable(text));
		ck_assert_str_eq(text + strlen(text) - 2, ": ");
	}
}
END_TEST

START_TEST(the_sites_own_countries_are_the_example)
{
	allow(1, "+43");
	ck_assert_str_eq(asked(MESSAGE_ENROL_PREFIX),
		"Here a number begins with +43. Your number, like +43 151 23456789: ");
	allow(9, "+43");
	ck_assert_ptr_nonnull(strstr(asked(MESSAGE_ENROL_PREFIX), "+43 or +43 and others. "));
}
END_TEST

START_TEST(a_reminder_names_the_first_day)
{
	char out[MESSAGE_ENROL_MAX];
	struct fault f = FAULT_INIT;
	int32_t day;

	ck_assert_int_eq(day_parse("2027-01-31", &day, &f), 0);
	message_enrol_reminder(day, out);
	ck_assert_str_eq(out, "From 2027-02-01 on this login will ask for a code by SMS. Ask your administrator to "
			      "record your phone number.");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("message_enrol");
	TCase *t = tcase_create("message_enrol");
	tcase_add_test(t, d1_every_question_is_a_prompt);
	tcase_add_test(t, the_sites_own_countries_are_the_example);
	tcase_add_test(t, a_reminder_names_the_first_day);
	suite_add_tcase(suite, t);
	return suite;
}
