#include "core/message_enrol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/day.h"
#include "core/language.h"
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

static void speak(int l)
{
	static char folder[4096];
	struct fault f = FAULT_INIT;
	const char *top = getenv("top_builddir");

	if (top)
		snprintf(folder, sizeof folder, "%s/po/locale", top);
	else
		ck_assert_ptr_nonnull(realpath("po/locale", folder));
	language_folder(folder);
	ck_assert_msg(language_speak((enum language)l, &f) == 0, "%s", f.text);
}

START_TEST(d1_every_question_in_every_language)
{
	char english[MESSAGE_ENROL_UNSERVED + 1][TALK_PROMPT_MAX + 1], out[MESSAGE_ENROL_MAX];

	allow(SETTINGS_PREFIXES_MAX, "+123456789012345");
	for (int why = MESSAGE_ENROL_FIRST; why <= MESSAGE_ENROL_UNSERVED; why++)
		strcpy(english[why], asked((enum message_enrol_why)why));
	speak(_i);
	for (int why = MESSAGE_ENROL_FIRST; why <= MESSAGE_ENROL_UNSERVED; why++) {
		char text[TALK_PROMPT_MAX + 1];
		strcpy(text, asked((enum message_enrol_why)why));
		ck_assert_uint_lt(strlen(text), TALK_PROMPT_MAX);
		ck_assert_str_eq(text + strlen(text) - 2, ": ");
		/* the first words: the question behind them differs anyway */
		ck_assert_msg(strncmp(text, english[why], 6) != 0, "%s", text);
		for (int other = 0; other < why; other++)
			ck_assert_str_ne(text, asked((enum message_enrol_why)other));
		ck_assert_ptr_nonnull(strstr(text, "+123456789012345 151 23456789"));
	}
	message_enrol_reminder(20000, out);
	ck_assert_uint_lt(strlen(out), MESSAGE_ENROL_MAX - 1);
	ck_assert_ptr_nonnull(strstr(out, "2024-10-05"));
	ck_assert_int_eq(out[strlen(out) - 1], '.');
	ck_assert_ptr_null(strstr(out, "login"));
}
END_TEST

START_TEST(a_question_in_german)
{
	allow(2, "+43");
	strcpy(s.prefixes[1], "+49");
	speak(LANGUAGE_DE);
	ck_assert_str_eq(asked(MESSAGE_ENROL_PREFIX),
		"Hier beginnt eine Nummer mit +43 oder +49. Ihre Nummer, etwa +43 151 23456789: ");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("message_enrol");
	TCase *t = tcase_create("message_enrol");
	tcase_add_test(t, d1_every_question_is_a_prompt);
	tcase_add_test(t, the_sites_own_countries_are_the_example);
	tcase_add_loop_test(t, d1_every_question_in_every_language, LANGUAGE_DE, LANGUAGE_COUNT);
	tcase_add_test(t, a_question_in_german);
	tcase_add_test(t, a_reminder_names_the_first_day);
	suite_add_tcase(suite, t);
	return suite;
}
