#include "core/language.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/gsm7.h"
#include "core/sms.h"
#include "unit.h"

/* The catalogues of this build. */
static const char *built(void)
{
	static char folder[PATH_MAX];
	const char *top = getenv("top_builddir");

	if (top)
		snprintf(folder, sizeof folder, "%s/po/locale", top);
	else
		ck_assert_ptr_nonnull(realpath("po/locale", folder));
	return folder;
}

static void speak(enum language l)
{
	struct fault f = FAULT_INIT;

	language_folder(built());
	ck_assert_msg(language_speak(l, &f) == 0, "%s", f.text);
	ck_assert_int_eq(language_spoken(), l);
}

#define WRONG_NOW                                                                                  \
	language_plural("Wrong code, %u try left. ", "Wrong code, %u tries left. ", 2)

START_TEST(the_list_is_the_treatys)
{
	static const char *const names[] = { TALK_LANGUAGES };

	ck_assert_uint_eq(sizeof names / sizeof names[0], LANGUAGE_COUNT - 1);
	for (int i = LANGUAGE_EN; i < LANGUAGE_COUNT; i++) {
		ck_assert_str_eq(language_name((enum language)i), names[i - 1]);
		ck_assert_int_eq(language_find(names[i - 1]), i);
		ck_assert_uint_le(strlen(names[i - 1]), TALK_LANGUAGE_MAX);
	}
}
END_TEST

START_TEST(no_other_name_is_a_language)
{
	static const char *const names[] = { "", "DE", "de_DE", "de_DE.UTF-8", "xx", "../de", "/de",
		"C", "d", "english" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		ck_assert_msg(language_find(names[i]) == LANGUAGE_NONE, "%s", names[i]);
	ck_assert_str_eq(language_name(LANGUAGE_NONE), "");
	ck_assert_str_eq(language_name(LANGUAGE_COUNT), "");
	ck_assert_str_eq(language_name((enum language)-1), "");
}
END_TEST

START_TEST(the_users_own_before_the_services_before_the_sites)
{
	static const struct {
		enum language own, service;
		const char *site;
		enum language want;
	} cases[] = {
		{ LANGUAGE_DE, LANGUAGE_FR, "es", LANGUAGE_DE },
		{ LANGUAGE_EN, LANGUAGE_FR, "es", LANGUAGE_EN },
		{ LANGUAGE_NONE, LANGUAGE_FR, "es", LANGUAGE_FR },
		{ LANGUAGE_NONE, LANGUAGE_NONE, "es", LANGUAGE_ES },
		{ LANGUAGE_NONE, LANGUAGE_NONE, "", LANGUAGE_NONE },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		ck_assert_int_eq(
			language_choose(cases[i].own, cases[i].service, cases[i].site), cases[i].want);
}
END_TEST

/* Whatever the environment says, and where this machine has no locale for it. */
START_TEST(german_is_spoken_without_a_locale)
{
	language_folder(built());
	clearenv();
	setenv("LOCPATH", "/nonexistent", 1);
	struct fault f = FAULT_INIT;
	ck_assert_int_eq(language_speak(LANGUAGE_DE, &f), 0);
	ck_assert_str_eq(WRONG_NOW, "Falscher Code, noch %u Versuche. ");
}
END_TEST

START_TEST(a_persons_environment_moves_nothing)
{
	static const char *const names[] = { "LANGUAGE", "LANG", "LC_ALL", "LC_MESSAGES" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		setenv(names[i], "fr_FR.UTF-8:fr", 1);
	setenv("LOCPATH", "/tmp", 1);
	setenv("TEXTDOMAINDIR", "/tmp", 1);
	speak(LANGUAGE_ES);
	ck_assert_str_eq(language_text("Code: "), "C\xc3\xb3" "digo: ");
	speak(LANGUAGE_EN);
	ck_assert_str_eq(language_text("Code: "), "Code: ");
}
END_TEST

START_TEST(one_language_after_another)
{
	speak(LANGUAGE_DE);
	ck_assert_str_eq(WRONG_NOW, "Falscher Code, noch %u Versuche. ");
	speak(LANGUAGE_FR);
	ck_assert_str_eq(WRONG_NOW, "Code faux, encore %u essais. ");
	speak(LANGUAGE_EN);
	ck_assert_str_eq(WRONG_NOW, "Wrong code, %u tries left. ");
	ck_assert_str_eq(language_plural("one", "many", 1), "one");
	ck_assert_str_eq(language_plural("one", "many", 0), "many");
	speak(LANGUAGE_PT);
	ck_assert_str_eq(language_text("Nobody says this."), "Nobody says this.");
	ck_assert_str_eq(language_text(""), "");
}
END_TEST

START_TEST(plural_forms)
{
	static const struct {
		enum language l;
		uint32_t n;
		const char *want;
	} cases[] = {
		{ LANGUAGE_DE, 0, "Versuche" },
		{ LANGUAGE_DE, 1, "Versuch." },
		{ LANGUAGE_DE, 2, "Versuche" },
		{ LANGUAGE_FR, 0, "essai." },
		{ LANGUAGE_FR, 1, "essai." },
		{ LANGUAGE_FR, 2, "essais" },
		{ LANGUAGE_ES, 1, "queda " },
		{ LANGUAGE_ES, 0, "quedan " },
		{ LANGUAGE_PT, 1, "resta " },
		{ LANGUAGE_PT, 3, "restam " },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		speak(cases[i].l);
		const char *said = language_plural(
			"Wrong code, %u try left. ", "Wrong code, %u tries left. ", cases[i].n);
		ck_assert_msg(strstr(said, cases[i].want) != NULL, "%s %u: %s",
			language_name(cases[i].l), cases[i].n, said);
	}
}
END_TEST

/* --- catalogues that are not good: English, and a reason --- */

static void lay(const char *content, size_t len, mode_t mode)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/de", unit_folder());
	mkdir(path, 0755);
	snprintf(path, sizeof path, "%s/de/LC_MESSAGES", unit_folder());
	mkdir(path, 0755);
	snprintf(path, sizeof path, "%s/de/LC_MESSAGES/sms-otp.mo", unit_folder());
	FILE *f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(content, 1, len, f), len);
	fclose(f);
	chmod(path, mode);
}

static void refused(const char *hint)
{
	struct fault f = FAULT_INIT;

	language_folder(unit_folder());
	ck_assert_int_eq(language_speak(LANGUAGE_DE, &f), -1);
	ck_assert_msg(strstr(f.text, hint) != NULL, "%s", f.text);
	ck_assert_int_eq(language_spoken(), LANGUAGE_EN);
	ck_assert_str_eq(WRONG_NOW, "Wrong code, %u tries left. ");
}

START_TEST(a_missing_catalogue_is_english)
{
	speak(LANGUAGE_FR);
	refused("de");
}
END_TEST

START_TEST(a_damaged_catalogue_is_english)
{
	speak(LANGUAGE_FR);
	lay("Falscher Code", 13, 0644);
	refused("not a catalogue");
}
END_TEST

START_TEST(f1_a_catalogue_that_others_can_write_is_not_read)
{
	static char bytes[65536];
	char path[PATH_MAX + 40];

	snprintf(path, sizeof path, "%s/de/LC_MESSAGES/sms-otp.mo", built());
	FILE *f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	size_t len = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	lay(bytes, len, 0666);
	refused("writ");
	lay(bytes, len, 0644);
	struct fault fault = FAULT_INIT;
	ck_assert_int_eq(language_speak(LANGUAGE_DE, &fault), 0);
	ck_assert_str_eq(WRONG_NOW, "Falscher Code, noch %u Versuche. ");
	/* a folder in a place that others can write to */
	chmod(unit_folder(), 0777);
	ck_assert_int_eq(language_speak(LANGUAGE_EN, &fault), 0);
	refused("");
	chmod(unit_folder(), 0700);
}
END_TEST

START_TEST(nowhere_is_english)
{
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(language_spoken(), LANGUAGE_EN);
	ck_assert_int_eq(language_speak(LANGUAGE_DE, &f), 0);
	ck_assert_int_eq(language_spoken(), LANGUAGE_EN);
	ck_assert_int_eq(language_speak(LANGUAGE_NONE, &f), 0);
	ck_assert_int_eq(language_speak(LANGUAGE_COUNT, &f), 0);
	ck_assert_str_eq(language_text("Code: "), "Code: ");
}
END_TEST

/* --- the SMS in every language --- */

START_TEST(g4_the_longest_sms_is_one_segment_in_every_language)
{
	struct fault f = FAULT_INIT;

	speak((enum language)_i);
	const char *text = sms_template(SMS_DEFAULT);
	ck_assert_int_eq(strcmp(text, SMS_DEFAULT) == 0, _i == LANGUAGE_EN);
	ck_assert_msg(sms_check_template(text, &f) == 0, "%s", f.text);
	for (uint32_t digits = 6; digits <= 10; digits++)
		ck_assert_int_eq(sms_worst_segments(text, digits), 1);
	ck_assert_msg(gsm7_septets(text) > 0, "not GSM-7: %s", text);
	ck_assert_msg(strncmp(text, "{code} ", 7) == 0, "%s", text);
	static const char *const all[] = { "{service}", "{host}", "{user}", "{ref}", "{lifetime}" };
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		ck_assert_msg(strstr(text, all[i]) != NULL, "%s: %s", all[i], text);
	/* room for a page's line as well, with a host of ordinary length and six digits */
	ck_assert_int_eq(sms_worst_bound_segments(text, 6, "host.example"), 1);
}
END_TEST

START_TEST(g4_never_share_it_in_every_language)
{
	static const char *const never[LANGUAGE_COUNT] = { [LANGUAGE_EN] = "Never",
		[LANGUAGE_DE] = "Nie ",
		[LANGUAGE_FR] = "jamais",
		[LANGUAGE_ES] = "Nunca",
		[LANGUAGE_PT] = "Nunca" };

	speak((enum language)_i);
	ck_assert_ptr_nonnull(strstr(sms_template(SMS_DEFAULT), never[_i]));
}
END_TEST

START_TEST(a_sites_own_message_is_for_all)
{
	speak((enum language)_i);
	ck_assert_str_eq(sms_template("{code} from us"), "{code} from us");
}
END_TEST

START_TEST(a_call_in_every_language)
{
	struct secret code;
	char out[SMS_MAX + 1];
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(secret_set(&code, "493027", 6), 0);
	speak((enum language)_i);
	sms_voice(&code, out, sizeof out);
	ck_assert_msg(strstr(out, " 493027.") != NULL, "%s", out);
	for (const char *at = out; *at;)
		ck_assert_int_eq(sms_check_character(&at, &f), 0);
	ck_assert_int_eq(strstr(out, "Your login code") != NULL, _i == LANGUAGE_EN);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("language");
	TCase *tc = tcase_create("language");

	tcase_add_test(tc, the_list_is_the_treatys);
	tcase_add_test(tc, no_other_name_is_a_language);
	tcase_add_test(tc, the_users_own_before_the_services_before_the_sites);
	tcase_add_test(tc, german_is_spoken_without_a_locale);
	tcase_add_test(tc, a_persons_environment_moves_nothing);
	tcase_add_test(tc, one_language_after_another);
	tcase_add_test(tc, plural_forms);
	tcase_add_test(tc, a_missing_catalogue_is_english);
	tcase_add_test(tc, a_damaged_catalogue_is_english);
	tcase_add_test(tc, f1_a_catalogue_that_others_can_write_is_not_read);
	tcase_add_test(tc, nowhere_is_english);
	tcase_add_loop_test(tc, g4_the_longest_sms_is_one_segment_in_every_language, LANGUAGE_EN,
		LANGUAGE_COUNT);
	tcase_add_loop_test(
		tc, g4_never_share_it_in_every_language, LANGUAGE_EN, LANGUAGE_COUNT);
	tcase_add_loop_test(tc, a_sites_own_message_is_for_all, LANGUAGE_EN, LANGUAGE_COUNT);
	tcase_add_loop_test(tc, a_call_in_every_language, LANGUAGE_EN, LANGUAGE_COUNT);
	suite_add_tcase(suite, tc);
	return suite;
}
