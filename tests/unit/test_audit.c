#include "engine/audit.h"

#include <string.h>

#include "unit.h"

START_TEST(fields_stand_in_order)
{
	struct verdict_outcome o = { .verdict = VERDICT_ACCEPT, .reason = TALK_REASON_ACCEPTED, .uid = 1000,
		.sends = 1, .tries = 2, .by = VERDICT_BY_RECOVERY, .place = VERDICT_PLACE_KNOWN };
	struct facts facts = { .trusted = true };
	char line[AUDIT_MAX];

	strcpy(o.tag, "K7QF");
	strcpy(o.route, "dexatel");
	strcpy(o.number, "3f9a1c..12");
	strcpy(facts.user, "alice");
	strcpy(facts.service, "sshd");
	strcpy(facts.tty, "ssh");
	facts_parse_address("192.0.2.7", &facts.address);
	o.rule = 12;
	o.until = 20849;
	o.sent_ms = 310;
	o.delivered = VERDICT_DELIVERED_YES;
	strcpy(o.failed, "twilio,other");
	o.enrolled = true;
	audit_line(&o, &facts, 4120, line, sizeof line);
	ck_assert_str_eq(line,
		"login verdict=accept reason=accepted user=alice uid=1000 service=sshd for=login from=192.0.2.7 "
		"tty=ssh rule=12 ref=K7QF number=3f9a1c..12 route=dexatel by=recovery place=known until=2027-01-31 enrolled=yes sends=1 tries=2 peer=0 ms=4120 "
		"sent_ms=310 failed=twilio,other delivered=yes");
}
END_TEST

START_TEST(b5_a_pause_that_begins_is_named)
{
	struct verdict_outcome o = { .reason = TALK_REASON_BUDGET, .uid = 1000, .pause = true };
	struct facts facts = { .trusted = true };
	char line[AUDIT_MAX];

	audit_line(&o, &facts, 1, line, sizeof line);
	ck_assert_ptr_nonnull(strstr(line, " place=- pause=begun until=- enrolled=- sends=0 "));
	o.pause = false;
	audit_line(&o, &facts, 1, line, sizeof line);
	ck_assert_ptr_null(strstr(line, "pause"));
}
END_TEST

/* fail2ban's filter reads the line from its beginning, and takes "verdict=deny reason=...". */
START_TEST(an_observed_login_says_what_would_have_been)
{
	static const struct {
		enum verdict verdict;
		enum talk_reason reason;
		enum verdict would;
		enum talk_reason why;
		const char *begins, *ends;
	} cases[] = {
		{ VERDICT_EXEMPT, TALK_REASON_EXEMPT, VERDICT_DENY, TALK_REASON_LOCKED, "login verdict=exempt reason=observe user=alice ",
			" ms=1 sent_ms=- failed=- delivered=- would=deny would_reason=locked" },
		{ VERDICT_EXEMPT, TALK_REASON_EXEMPT, VERDICT_CHALLENGE, TALK_REASON_NONE, "login verdict=exempt reason=observe user=alice ",
			" ms=1 sent_ms=- failed=- delivered=- would=challenge would_reason=-" },
		{ VERDICT_EXEMPT, TALK_REASON_EXEMPT, VERDICT_CHALLENGE, TALK_REASON_NOT_ENROLLED,
			"login verdict=exempt reason=observe user=alice ", " ms=1 sent_ms=- failed=- delivered=- would=challenge would_reason=not-enrolled" },
		{ VERDICT_EXEMPT, TALK_REASON_EXEMPT, VERDICT_EXEMPT, TALK_REASON_EXEMPT, "login verdict=exempt reason=exempt user=alice ",
			" ms=1 sent_ms=- failed=- delivered=- would=exempt would_reason=exempt" },
		{ VERDICT_DENY, TALK_REASON_NO_FIRST_FACTOR, VERDICT_DENY, TALK_REASON_UNLISTED,
			"login verdict=deny reason=no-first-factor user=alice ", " ms=1 sent_ms=- failed=- delivered=- would=deny would_reason=unlisted" },
		/* nobody said anything */
		{ VERDICT_DENY, TALK_REASON_NONE, VERDICT_DENY, TALK_REASON_NONE, "login verdict=deny reason=none user=alice ",
			" ms=1 sent_ms=- failed=- delivered=- would=deny would_reason=none" },
	};
	struct facts facts = { .trusted = true, .user = "alice" };
	char line[AUDIT_MAX];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct verdict_outcome o = { .verdict = cases[i].verdict, .reason = cases[i].reason, .uid = 1000,
			.would = { true, cases[i].would, cases[i].why } };
		audit_line(&o, &facts, 1, line, sizeof line);
		ck_assert_msg(strncmp(line, cases[i].begins, strlen(cases[i].begins)) == 0, "%s", line);
		ck_assert_msg(strcmp(line + strlen(line) - strlen(cases[i].ends), cases[i].ends) == 0, "%s", line);
		o.would.observed = false;
		audit_line(&o, &facts, 1, line, sizeof line);
		ck_assert_ptr_null(strstr(line, "would"));
		ck_assert_ptr_null(strstr(line, "observe"));
	}
}
END_TEST

START_TEST(a_password_change_is_named)
{
	struct verdict_outcome o = { .uid = 1000 };
	struct facts facts;
	char line[AUDIT_MAX];

	memset(&facts, 0, sizeof facts);
	strcpy(facts.service, "sshd");
	facts.change = true;
	audit_line(&o, &facts, 0, line, sizeof line);
	ck_assert_ptr_nonnull(strstr(line, " service=sshd for=change from=- "));
}
END_TEST

START_TEST(empty_fields_are_dashes_and_faults_are_quoted)
{
	struct verdict_outcome o = { .uid = -1 };
	struct facts facts;
	char line[AUDIT_MAX];

	memset(&facts, 0, sizeof facts);
	facts.peer = 1000;
	fault_set(&o.fault, FAULT_SYSTEM, 2, "/etc/\"x\"");
	audit_line(&o, &facts, 0, line, sizeof line);
	ck_assert_str_eq(line,
		"login verdict=deny reason=none user=- uid=- service=- for=login from=- tty=- rule=- ref=- number=- route=- by=- place=- until=- enrolled=- sends=0 "
		"tries=0 peer=1000 ms=0 sent_ms=- failed=- delivered=- fault=\"/etc/?x?: No such file or directory\"");
}
END_TEST

START_TEST(g1_a_name_cannot_forge_a_field_or_a_line)
{
	struct verdict_outcome o = { .uid = -1 };
	struct facts facts;
	char line[AUDIT_MAX];

	memset(&facts, 0, sizeof facts);
	strcpy(facts.user, "eve verdict=accept\nlogin");
	audit_line(&o, &facts, 0, line, sizeof line);
	ck_assert_ptr_nonnull(strstr(line, " user=eve?verdict?accept?login uid=- "));
	ck_assert_ptr_null(strchr(line, '\n'));
}
END_TEST

START_TEST(g1_an_enrolment_names_a_tag)
{
	struct verdict_outcome o = { .uid = 1000, .number = "3f9a1c..12" };
	struct facts facts;
	char line[AUDIT_MAX];

	memset(&facts, 0, sizeof facts);
	strcpy(facts.user, "eve number=1");
	strcpy(facts.service, "sshd");
	facts_parse_address("192.0.2.7", &facts.address);
	audit_enrolled(&o, &facts, line, sizeof line);
	ck_assert_str_eq(line, "enrolled at login user=eve?number?1 uid=1000 number=3f9a1c..12 service=sshd address=192.0.2.7");
}
END_TEST

START_TEST(the_longest_line_fits)
{
	struct verdict_outcome o = { .verdict = VERDICT_ACCEPT, .uid = 4294967295 };
	struct facts facts;
	char line[AUDIT_MAX];

	memset(&facts, 0, sizeof facts);
	memset(facts.user, 'u', sizeof facts.user - 1);
	memset(facts.service, 's', sizeof facts.service - 1);
	memset(facts.tty, 't', sizeof facts.tty - 1);
	memset(o.route, 'r', sizeof o.route - 1);
	memset(o.number, 'n', sizeof o.number - 1);
	memset(o.failed, 'f', sizeof o.failed - 1);
	o.sent_ms = INT64_MAX;
	memset(o.fault.text, 'f', sizeof o.fault.text - 1);
	o.fault.class = FAULT_SYSTEM;
	audit_line(&o, &facts, INT64_MAX, line, sizeof line);
	ck_assert_uint_lt(strlen(line), sizeof line - 1);
	ck_assert_int_eq(line[strlen(line) - 1], '"');
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("audit");
	TCase *t = tcase_create("audit");
	tcase_add_test(t, fields_stand_in_order);
	tcase_add_test(t, b5_a_pause_that_begins_is_named);
	tcase_add_test(t, an_observed_login_says_what_would_have_been);
	tcase_add_test(t, a_password_change_is_named);
	tcase_add_test(t, empty_fields_are_dashes_and_faults_are_quoted);
	tcase_add_test(t, g1_a_name_cannot_forge_a_field_or_a_line);
	tcase_add_test(t, g1_an_enrolment_names_a_tag);
	tcase_add_test(t, the_longest_line_fits);
	suite_add_tcase(s, t);
	return s;
}
