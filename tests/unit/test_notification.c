#include "cli/notification.h"

#include <stdio.h>
#include <string.h>

#include "cli/courier.h"
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

	end = DELIVERY_TAKEN;
	strcpy(h.host, "web01");
	notification_send(&h, "alice", &phone, (enum notification)_i);
	ck_assert_str_eq(sent, wanted[_i]);
	ck_assert_str_eq(to_number, phone.e164);
}
END_TEST

START_TEST(g4_one_segment_whatever_the_names)
{
	static struct house h;
	struct phone phone = { "+4915112345612" };
	char user[TALK_USER_MAX + 1];

	end = DELIVERY_NONE; /* which is a warning */
	memset(user, 'u', sizeof user - 1);
	user[sizeof user - 1] = '\0';
	memset(h.host, 'h', sizeof h.host - 1);
	notification_send(&h, user, &phone, (enum notification)_i);
	ck_assert_ptr_nonnull(strstr(sent, "hhh"));
	ck_assert_uint_le(strlen(sent), 160);
	/* nothing was cut off */
	ck_assert_str_eq(sent + strlen(sent) - 14, "administrator.");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("notification");
	TCase *t = tcase_create("notification");

	tcase_add_loop_test(t, f6_the_words, 0, NOTIFICATION_NOT_FIRST + 1);
	tcase_add_loop_test(t, g4_one_segment_whatever_the_names, 0, NOTIFICATION_NOT_FIRST + 1);
	suite_add_tcase(s, t);
	return s;
}
