#include "cli/notification.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/courier.h"
#include "core/gsm7.h"
#include "core/language.h"
#include "unit.h"

static char sent[512], to_number[PHONE_MAX + 1];
static enum delivery_end end;

enum delivery_end __wrap_courier_send(
	const struct house *h, const struct phone *to, const char *what, const char *text);
enum delivery_end __wrap_courier_send(
	const struct house *h, const struct phone *to, const char *what, const char *text)
{
	(void)h;
	ck_assert_str_eq(what, "a notice");
	snprintf(sent, sizeof sent, "%s", text);
	snprintf(to_number, sizeof to_number, "%s", to->e164);
	return end;
}

static const char *const wanted[] = {
	[NOTIFICATION_REPLACED] = "The phone for login codes of user alice on web01 was changed from this "
			    "number to another. Not you? Tell the administrator.",
	[NOTIFICATION_OTHER_REPLACED] = "The first phone for login codes of user alice on web01 was "
				  "changed. Not you? Tell the administrator.",
	[NOTIFICATION_ADDED] = "A further phone for login codes of user alice on web01 was added. Not "
			 "you? Tell the administrator.",
	[NOTIFICATION_REMOVED] = "This number gets no more login codes of user alice on web01. Not you? "
			   "Tell the administrator.",
	[NOTIFICATION_NOT_FIRST] = "Another number comes before this one for login codes of user alice on "
			     "web01 now. Not you? Tell the administrator.",
};

START_TEST(f6_the_words)
{
	static struct house h;
	struct phone phone = { "+4915112345612" };

	struct directory_entry entry = { .name = "alice" };

	end = DELIVERY_TAKEN;
	strcpy(h.host, "web01");
	notification_send(&h, &entry, &phone, (enum notification)_i);
	ck_assert_str_eq(sent, wanted[_i]);
	ck_assert_str_eq(to_number, phone.e164);
}
END_TEST

/* Where the catalogues are that were built here. */
static void find_catalogues(void)
{
	static char folder[4096];
	const char *top = getenv("top_builddir");

	if (top)
		snprintf(folder, sizeof folder, "%s/po/locale", top);
	else
		ck_assert_ptr_nonnull(realpath("po/locale", folder));
	language_folder(folder);
}

START_TEST(g4_one_segment_whatever_the_names)
{
	static struct house h;
	struct phone phone = { "+4915112345612" };
	struct directory_entry entry = { .language = (enum language)_i };
	char english[sizeof sent];

	find_catalogues();
	end = DELIVERY_NONE; /* which is a warning */
	memset(entry.name, 'u', sizeof entry.name - 1);
	memset(h.host, 'h', sizeof h.host - 1);
	for (int n = 0; n <= NOTIFICATION_NOT_FIRST; n++) {
		entry.language = LANGUAGE_EN;
		notification_send(&h, &entry, &phone, (enum notification)n);
		strcpy(english, sent);
		entry.language = (enum language)_i;
		notification_send(&h, &entry, &phone, (enum notification)n);
		ck_assert_msg(_i == LANGUAGE_EN || strcmp(sent, english) != 0, "%s", sent);
		ck_assert_ptr_nonnull(strstr(sent, "hhh"));
		ck_assert_int_eq(gsm7_segments(sent), 1);
		ck_assert_int_gt(gsm7_septets(sent), 0);
		/* nothing was cut off */
		ck_assert_int_eq(sent[strlen(sent) - 1], '.');
		ck_assert_msg(strstr(sent, "dministra") != NULL, "%s", sent);
	}
}
END_TEST

START_TEST(the_users_language_else_the_sites)
{
	static struct house h;
	struct phone phone = { "+4915112345612" };
	struct directory_entry entry = { .name = "alice", .language = LANGUAGE_DE };

	find_catalogues();
	end = DELIVERY_TAKEN;
	strcpy(h.host, "web01");
	strcpy(h.settings.language, "fr");
	notification_send(&h, &entry, &phone, NOTIFICATION_ADDED);
	ck_assert_str_eq(sent, "Ein weiteres Telefon f\xc3\xbcr Codes von Benutzer alice auf web01 wurde "
			       "eingetragen. Nicht Sie? Sagen Sie es dem Administrator.");
	entry.language = LANGUAGE_NONE;
	notification_send(&h, &entry, &phone, NOTIFICATION_ADDED);
	ck_assert_ptr_nonnull(strstr(sent, "codes du compte alice sur web01"));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("notification");
	TCase *t = tcase_create("notification");

	tcase_add_loop_test(t, f6_the_words, 0, NOTIFICATION_NOT_FIRST + 1);
	tcase_add_loop_test(t, g4_one_segment_whatever_the_names, LANGUAGE_EN, LANGUAGE_COUNT);
	tcase_add_test(t, the_users_language_else_the_sites);
	suite_add_tcase(s, t);
	return s;
}
