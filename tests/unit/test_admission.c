#include "core/admission.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>

#include "house.h"
#include "unit.h"

static struct house h;
static struct verdict_outcome outcome;

static enum verdict decide(void)
{
	struct admission a = { .settings = &h.settings, .state = &h.state, .directory = &h.directory };

	memset(&outcome, 0, sizeof outcome);
	return admission_decide(&a, &h.facts, &outcome);
}

START_TEST(an_enrolled_user_is_challenged)
{
	struct admission a;
	struct verdict_outcome o;

	house_open(&h);
	memset(&a, 0, sizeof a);
	memset(&o, 0, sizeof o);
	a.settings = &h.settings;
	a.state = &h.state;
	a.directory = &h.directory;
	ck_assert_int_eq(admission_decide(&a, &h.facts, &o), VERDICT_CHALLENGE);
	ck_assert_str_eq(a.entry.phone.e164, "+491701234512");
	ck_assert_str_eq(a.account.name, "root");
	ck_assert_int_eq(o.verdict, VERDICT_DENY);
	/* G1: a tag and two digits */
	ck_assert_ptr_null(strstr(o.number, "170123"));
	ck_assert_str_eq(o.number + strlen(o.number) - 4, "..12");
	house_close(&h);
}
END_TEST

START_TEST(c3_a_damaged_enrolment_is_not_an_absent_one)
{
	house_open(&h);
	h.settings.unenrolled = SETTINGS_IGNORE;
	directory_close(&h.directory);
	ck_assert_int_eq(decide(), VERDICT_DENY);
	ck_assert_int_eq(outcome.reason, TALK_REASON_STATE);
	ck_assert_int_ne(outcome.fault.class, FAULT_NONE);
	house_close(&h);
}
END_TEST

/* The link wraps getpwnam_r too. */
static int database_broken;

int __real_getpwnam_r(
	const char *name, struct passwd *pw, char *buf, size_t size, struct passwd **found);
int __wrap_getpwnam_r(
	const char *name, struct passwd *pw, char *buf, size_t size, struct passwd **found);
int __wrap_getpwnam_r(
	const char *name, struct passwd *pw, char *buf, size_t size, struct passwd **found)
{
	*found = NULL;
	return database_broken ? EIO : __real_getpwnam_r(name, pw, buf, size, found);
}

START_TEST(c6_a_lookup_error_is_no_unknown_user)
{
	house_open(&h);
	h.settings.unenrolled = SETTINGS_IGNORE;
	database_broken = 1;
	ck_assert_int_eq(decide(), VERDICT_DENY);
	ck_assert_int_eq(outcome.verdict, VERDICT_DENY);
	ck_assert_int_eq(outcome.reason, TALK_REASON_SYSTEM);
	ck_assert_int_eq(outcome.fault.errnum, EIO);
	database_broken = 0;
	ck_assert_int_eq(decide(), VERDICT_CHALLENGE);
	house_close(&h);
}
END_TEST

START_TEST(g1_no_fault_of_admission_names_the_number)
{
	house_open(&h);
	strcpy(h.settings.prefixes[0], "+43");
	ck_assert_int_eq(decide(), VERDICT_DENY);
	ck_assert_ptr_null(strstr(outcome.fault.text, "1701234"));
	house_close(&h);
}
END_TEST

START_TEST(c3_a_lost_enrolment_is_not_an_absent_one)
{
	struct fault f = FAULT_INIT;

	house_open(&h);
	h.settings.unenrolled = SETTINGS_IGNORE;
	ck_assert_int_eq(directory_remove(&h.directory, 0, &f), 0);
	ck_assert_int_eq(decide(), VERDICT_DENY);
	ck_assert_int_eq(outcome.reason, TALK_REASON_STATE);
	ck_assert_ptr_nonnull(strstr(outcome.fault.text, "restore it"));
	/* who was never enrolled has no record either */
	ck_assert_int_eq(state_remove_user(&h.state, &h.account, &f), 0);
	ck_assert_int_eq(decide(), VERDICT_EXEMPT);
	house_close(&h);
}
END_TEST

START_TEST(g3_premium_numbers_need_a_word)
{
	struct directory_entry e;
	struct fault f = FAULT_INIT;

	house_open(&h);
	memset(&e, 0, sizeof e);
	strcpy(e.name, "root");
	strcpy(e.by, "root");
	strcpy(e.phone.e164, "+19005551234");
	e.since_wall_s = 1;
	ck_assert_int_eq(directory_store(&h.directory, &e, &f), 0);
	strcpy(h.settings.prefixes[0], "+1");
	ck_assert_int_eq(decide(), VERDICT_DENY);
	ck_assert_int_eq(outcome.reason, TALK_REASON_NUMBER);
	h.settings.premium = true;
	ck_assert_int_eq(decide(), VERDICT_CHALLENGE);
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("admission");
	TCase *t = tcase_create("admission");
	tcase_add_test(t, an_enrolled_user_is_challenged);
	tcase_add_test(t, c3_a_damaged_enrolment_is_not_an_absent_one);
	tcase_add_test(t, c6_a_lookup_error_is_no_unknown_user);
	tcase_add_test(t, g1_no_fault_of_admission_names_the_number);
	tcase_add_test(t, c3_a_lost_enrolment_is_not_an_absent_one);
	tcase_add_test(t, g3_premium_numbers_need_a_word);
	suite_add_tcase(s, t);
	return s;
}
