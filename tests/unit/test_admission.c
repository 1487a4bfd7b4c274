#include "core/admission.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "base/clock.h"
#include "core/day.h"
#include "house.h"
#include "unit.h"

static struct house h;
static struct verdict_outcome outcome;

static enum verdict decide(void)
{
	struct admission a = {
		.settings = &h.settings, .state = &h.state, .directory = &h.directory
	};

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

/* --- rules --- */

static int groups_broken;
static int groups_asked;

int __wrap_getgrnam_r(
	const char *name, struct group *gr, char *buf, size_t size, struct group **found);
int __wrap_getgrnam_r(
	const char *name, struct group *gr, char *buf, size_t size, struct group **found)
{
	(void)name, (void)gr, (void)buf, (void)size;
	*found = NULL;
	groups_asked++;
	return groups_broken;
}

/* One rule on line 7; its one list has one pattern. */
static struct settings_rule *add_rule(enum settings_then then)
{
	struct settings_rule *rule = &h.settings.rules[h.settings.nrules++];

	memset(rule, 0, sizeof *rule);
	rule->line = 7;
	rule->then = then;
	return rule;
}

static struct settings_words word(const char *text)
{
	strcpy(h.settings.rule_text, text);
	h.settings.rule_text_len = strlen(text) + 1;
	return (struct settings_words){ 0, 1 };
}

START_TEST(c3_a_rule_decides)
{
	house_open(&h);
	add_rule(SETTINGS_THEN_SKIP)->users = word("root");
	ck_assert_int_eq(decide(), VERDICT_EXEMPT);
	ck_assert_int_eq(outcome.verdict, VERDICT_EXEMPT);
	ck_assert_int_eq(outcome.reason, TALK_REASON_EXEMPT);
	ck_assert_int_eq(outcome.rule, 7);
	ck_assert_int_eq(outcome.uid, 0);
	h.settings.rules[0].then = SETTINGS_THEN_REFUSE;
	ck_assert_int_eq(decide(), VERDICT_DENY);
	ck_assert_int_eq(outcome.reason, TALK_REASON_REFUSED);
	ck_assert_int_eq(outcome.rule, 7);
	h.settings.rules[0].then = SETTINGS_THEN_REQUIRE;
	ck_assert_int_eq(decide(), VERDICT_CHALLENGE);
	ck_assert_int_eq(outcome.rule, 7);
	h.settings.rules[0].users = word("nobody-else");
	ck_assert_int_eq(decide(), VERDICT_CHALLENGE);
	ck_assert_int_eq(outcome.rule, 0);
	house_close(&h);
}
END_TEST

START_TEST(the_order_of_the_questions)
{
	house_open(&h);
	add_rule(SETTINGS_THEN_SKIP);
	/* an unlisted service comes before all rules */
	h.settings.services_given = true;
	ck_assert_int_eq(decide(), VERDICT_DENY);
	ck_assert_int_eq(outcome.reason, TALK_REASON_UNLISTED);
	ck_assert_int_eq(outcome.rule, 0);
	h.settings.services_given = false;
	/* nobody who is not there is skipped */
	strcpy(h.facts.user, "no-such-user-here");
	ck_assert_int_eq(decide(), VERDICT_DENY);
	ck_assert_int_eq(outcome.reason, TALK_REASON_UNKNOWN_USER);
	strcpy(h.facts.user, "root");
	database_broken = 1;
	ck_assert_int_eq(decide(), VERDICT_DENY);
	ck_assert_int_eq(outcome.reason, TALK_REASON_SYSTEM);
	database_broken = 0;
	/* who is skipped needs no first factor, and no directory */
	h.facts.first_factor = false;
	directory_close(&h.directory);
	ck_assert_int_eq(decide(), VERDICT_EXEMPT);
	/* D4: who must bring a code needs the one before the other */
	h.settings.rules[0].then = SETTINGS_THEN_REQUIRE;
	ck_assert_int_eq(decide(), VERDICT_DENY);
	ck_assert_int_eq(outcome.reason, TALK_REASON_NO_FIRST_FACTOR);
	ck_assert_int_eq(outcome.rule, 7);
	house_close(&h);
}
END_TEST

START_TEST(e1_a_peer_of_its_own_skips_nothing)
{
	house_open(&h);
	h.facts.trusted = false;
	add_rule(SETTINGS_THEN_SKIP);
	ck_assert_int_eq(decide(), VERDICT_CHALLENGE);
	ck_assert_int_eq(outcome.rule, 7);
	h.facts.peer = 1000;
	ck_assert_int_eq(decide(), VERDICT_DENY);
	ck_assert_int_eq(outcome.reason, TALK_REASON_REFUSED);
	ck_assert_int_eq(outcome.rule, 0);
	h.facts.peer = 0;
	h.settings.rules[0].then = SETTINGS_THEN_REFUSE;
	ck_assert_int_eq(decide(), VERDICT_DENY);
	ck_assert_int_eq(outcome.rule, 7);
	house_close(&h);
}
END_TEST

START_TEST(c6_groups_that_cannot_be_asked_for_require)
{
	static const enum settings_then thens[] = { SETTINGS_THEN_SKIP, SETTINGS_THEN_REFUSE };

	for (size_t i = 0; i < 2; i++) {
		house_open(&h);
		add_rule(thens[i])->groups = word("*");
		groups_broken = EIO;
		ck_assert_int_eq(decide(), VERDICT_CHALLENGE);
		ck_assert_int_eq(outcome.rule, 7);
		ck_assert_int_eq(outcome.fault.errnum, EIO);
		groups_broken = 0;
		ck_assert_int_eq(decide(), i == 0 ? VERDICT_EXEMPT : VERDICT_DENY);
		ck_assert_int_eq(outcome.fault.class, FAULT_NONE);
		/* where no rule wants them nobody is asked */
		h.settings.rules[0].services = word("sudo");
		groups_asked = 0;
		ck_assert_int_eq(decide(), VERDICT_CHALLENGE);
		ck_assert_int_eq(groups_asked, 0);
		house_close(&h);
	}
}
END_TEST

START_TEST(until_goes_by_the_clock)
{
	struct clock_now now;
	struct fault f = FAULT_INIT;
	struct settings_rule *rule;

	house_open(&h);
	rule = add_rule(SETTINGS_THEN_SKIP);
	rule->has_until = true;
	ck_assert_int_eq(clock_read(&now, &f), 0);
	ck_assert_int_eq(day_of(now.wall_s, &rule->until, &f), 0);
	ck_assert_int_eq(decide(), VERDICT_EXEMPT);
	house_shift_ms += INT64_C(86400) * 1000;
	ck_assert_int_eq(decide(), VERDICT_CHALLENGE);
	ck_assert_int_eq(outcome.rule, 0);
	house_close(&h);
}
END_TEST

START_TEST(what_was_asked_at_the_entrance_is_not_asked_again)
{
	struct admission_entrance e;
	struct admission a = { .settings = &h.settings,
		.state = &h.state,
		.directory = &h.directory,
		.entrance = &e };

	house_open(&h);
	memset(&outcome, 0, sizeof outcome);
	add_rule(SETTINGS_THEN_REQUIRE)->groups = word("*");
	groups_broken = EIO;
	ck_assert_int_eq(admission_enter(&h.settings, &h.facts, &e, &outcome), VERDICT_CHALLENGE);
	groups_broken = 0;
	groups_asked = 0;
	memset(&outcome, 0, sizeof outcome);
	outcome.uid = -1;
	ck_assert_int_eq(admission_decide(&a, &h.facts, &outcome), VERDICT_CHALLENGE);
	ck_assert_int_eq(groups_asked, 0);
	ck_assert_int_eq(outcome.rule, 7);
	ck_assert_int_eq(outcome.uid, 0);
	ck_assert_int_eq(outcome.fault.errnum, EIO);
	ck_assert_str_eq(a.account.name, "root");
	/* C1: an entrance that nobody granted is none */
	memset(&e, 0, sizeof e);
	memset(&outcome, 0, sizeof outcome);
	ck_assert_int_eq(admission_decide(&a, &h.facts, &outcome), VERDICT_DENY);
	ck_assert_int_eq(outcome.verdict, VERDICT_DENY);
	e.verdict = VERDICT_EXEMPT;
	e.known = true;
	ck_assert_int_eq(admission_decide(&a, &h.facts, &outcome), VERDICT_DENY);
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
	tcase_add_test(t, c3_a_rule_decides);
	tcase_add_test(t, the_order_of_the_questions);
	tcase_add_test(t, e1_a_peer_of_its_own_skips_nothing);
	tcase_add_test(t, c6_groups_that_cannot_be_asked_for_require);
	tcase_add_test(t, until_goes_by_the_clock);
	tcase_add_test(t, what_was_asked_at_the_entrance_is_not_asked_again);
	suite_add_tcase(s, t);
	return s;
}
