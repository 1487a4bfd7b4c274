#include "core/notice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/gsm7.h"
#include "core/language.h"
#include "core/settings_table.h"
#include "unit.h"

static struct settings settings;
static struct verdict_outcome outcome;

static void want(const char *one, const char *two)
{
	memset(&settings, 0, sizeof settings);
	if (one)
		strcpy(settings.notify[settings.nnotify++], one);
	if (two)
		strcpy(settings.notify[settings.nnotify++], two);
}

/* A login that calls for both. */
static void new_device(void)
{
	outcome = (struct verdict_outcome){ .verdict = VERDICT_ACCEPT,
		.place = VERDICT_PLACE_NEW,
		.new_device = true,
		.pause = true };
}

START_TEST(only_what_the_settings_name)
{
	new_device();
	want(NULL, NULL);
	ck_assert(!notice_due(NOTICE_NEW_DEVICE, &settings, &outcome));
	ck_assert(!notice_due(NOTICE_FATIGUE, &settings, &outcome));
	want("new-device", NULL);
	ck_assert(notice_due(NOTICE_NEW_DEVICE, &settings, &outcome));
	ck_assert(!notice_due(NOTICE_FATIGUE, &settings, &outcome));
	want("fatigue", NULL);
	ck_assert(!notice_due(NOTICE_NEW_DEVICE, &settings, &outcome));
	ck_assert(notice_due(NOTICE_FATIGUE, &settings, &outcome));
	want("fatigue", "new-device");
	ck_assert(notice_due(NOTICE_NEW_DEVICE, &settings, &outcome));
	ck_assert(notice_due(NOTICE_FATIGUE, &settings, &outcome));
	ck_assert(!notice_due(NOTICES, &settings, &outcome));
}
END_TEST

START_TEST(a_new_device_is_one_that_got_in)
{
	static const enum verdict others[] = { VERDICT_DENY, VERDICT_EXEMPT, VERDICT_CHALLENGE };
	static const enum verdict_place places[] = { VERDICT_PLACE_NONE, VERDICT_PLACE_KNOWN,
		VERDICT_PLACE_REMEMBERED };

	want("new-device", NULL);
	for (int i = 0; i < 3; i++) {
		new_device();
		outcome.verdict = others[i];
		ck_assert(!notice_due(NOTICE_NEW_DEVICE, &settings, &outcome));
		new_device();
		outcome.place = places[i];
		ck_assert(!notice_due(NOTICE_NEW_DEVICE, &settings, &outcome));
	}
	new_device();
	outcome.new_device = false;
	ck_assert(!notice_due(NOTICE_NEW_DEVICE, &settings, &outcome));
}
END_TEST

START_TEST(a_pause_is_told_of_whatever_the_verdict)
{
	want("fatigue", NULL);
	outcome = (struct verdict_outcome){ .verdict = VERDICT_DENY, .pause = true };
	ck_assert(notice_due(NOTICE_FATIGUE, &settings, &outcome));
	outcome.pause = false;
	ck_assert(!notice_due(NOTICE_FATIGUE, &settings, &outcome));
}
END_TEST

static const char *text_of(enum notice n, const char *user, const char *from)
{
	static char text[NOTICE_MAX + 1];
	struct facts_address address;

	facts_parse_address(from, &address);
	struct notice_fields fields = { "sshd", "web01", user, &address, 1700000000 };
	notice_text(n, &fields, text);
	return text;
}

START_TEST(the_texts)
{
	ck_assert_str_eq(text_of(NOTICE_NEW_DEVICE, "alice", "192.0.2.7"),
		"New login to web01 by sshd as alice from 192.0.2.7, 22:13. Not you? Tell your "
		"administrator.");
	ck_assert_str_eq(text_of(NOTICE_NEW_DEVICE, "alice", ""),
		"New login to web01 by sshd as alice, 22:13. Not you? Tell your administrator.");
	ck_assert_str_eq(text_of(NOTICE_FATIGUE, "alice", "192.0.2.7"),
		"3 codes for alice on web01 were asked for and not used: none for 1 h from unknown "
		"places. "
		"Not you? Change your password.");
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

START_TEST(g4_one_segment_and_names_filtered)
{
	char text[NOTICE_MAX + 1], x[200];
	struct facts_address address;

	speak(_i);
	memset(x, 'x', sizeof x);
	x[sizeof x - 1] = '\0';
	facts_parse_address("2001:db8:1111:2222:3333:4444:5555:6666", &address);
	for (int n = 0; n < NOTICES; n++) {
		struct notice_fields fields = { x, x, x, &address, 1700000000 };
		notice_text((enum notice)n, &fields, text);
		ck_assert_int_eq(gsm7_segments(text), 1);
		ck_assert_int_gt(gsm7_septets(text), 0);
		/* nothing was cut off at the end */
		ck_assert_int_eq(text[strlen(text) - 1], '.');
		const char *shown = text_of((enum notice)n, "a{b}\n\xc3\xa9/http://x", "192.0.2.7");
		ck_assert_msg(!strpbrk(shown, "{}\n/") && !strstr(shown, "b\xc3"), "%s", shown);
	}
}
END_TEST

START_TEST(the_texts_in_german)
{
	speak(LANGUAGE_DE);
	ck_assert_str_eq(text_of(NOTICE_NEW_DEVICE, "alice", "192.0.2.7"),
		"Neuer Login an web01 per sshd als alice von 192.0.2.7, 22:13. Nicht Sie? Sagen Sie "
		"es dem Admin.");
	ck_assert_str_eq(text_of(NOTICE_FATIGUE, "alice", "192.0.2.7"),
		"3 Codes f\xc3\xbcr alice auf web01 angefordert und nicht benutzt: 1 h lang keine f\xc3\xbcr "
		"unbekannte Orte. Nicht Sie? \xc3\x84ndern Sie Ihr Passwort.");
}
END_TEST

START_TEST(every_notice_is_a_word_of_the_settings)
{
	const struct settings_table_row *row = settings_table_find("notify");
	struct fault f = FAULT_INIT;

	ck_assert_ptr_nonnull(row);
	for (int n = 0; n < NOTICES; n++) {
		ck_assert_int_eq(row->judge(notice_name((enum notice)n), &f), 0);
		ck_assert_ptr_nonnull(strstr(row->key.bounds, notice_name((enum notice)n)));
	}
	ck_assert_int_eq(row->max, NOTICES);
	ck_assert_int_eq(row->judge("", &f), -1);
	ck_assert_str_eq(notice_name(NOTICES), "");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("notice");
	TCase *t = tcase_create("notice");

	setenv("TZ", "UTC", 1);
	tzset();
	tcase_add_test(t, only_what_the_settings_name);
	tcase_add_test(t, a_new_device_is_one_that_got_in);
	tcase_add_test(t, a_pause_is_told_of_whatever_the_verdict);
	tcase_add_test(t, the_texts);
	tcase_add_loop_test(t, g4_one_segment_and_names_filtered, LANGUAGE_EN, LANGUAGE_COUNT);
	tcase_add_test(t, the_texts_in_german);
	tcase_add_test(t, every_notice_is_a_word_of_the_settings);
	suite_add_tcase(s, t);
	return s;
}
