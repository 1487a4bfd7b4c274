#include "cli/trail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "unit.h"

static struct trail_event e;

/* 2026-11-26 12:00:00 UTC */
enum { NOW = 1795694400 };

#define LOGIN "login verdict=accept reason=accepted user=alice uid=1000 rule=- sends=1 ms=4120"
#define AT (NOW - 25200) /* 05:00:00 UTC */

static const struct {
	const char *name, *line;
	enum trail_kind kind;
	int64_t wall_s;
} cases[] = {
	{ "the journal", "1795669200.123456 host sms-otpd[12]: " LOGIN, TRAIL_LOGIN, AT },
	{ "RFC 3339", "2026-11-26T05:00:00.123456+00:00 host sms-otpd[12]: " LOGIN, TRAIL_LOGIN, AT },
	{ "another zone", "2026-11-26T06:30:00+01:30 host sms-otpd[12]: " LOGIN, TRAIL_LOGIN, AT },
	{ "west of here", "2026-11-26T00:00:00-0500 host sms-otpd[12]: " LOGIN, TRAIL_LOGIN, AT },
	{ "Z", "2026-11-26T05:00:00Z host sms-otpd[12]: " LOGIN, TRAIL_LOGIN, AT },
	{ "old syslog", "Nov 26 05:00:00 host sms-otpd[12]: " LOGIN, TRAIL_LOGIN, AT },
	{ "a day of one digit", "Nov  6 05:00:00 host sms-otpd[12]: " LOGIN, TRAIL_LOGIN, AT - 20 * 86400 },
	{ "last year", "Dec 26 05:00:00 host sms-otpd[12]: " LOGIN, TRAIL_LOGIN, AT - 335 * 86400 },
	{ "a clock that is a little ahead", "Nov 26 13:00:00 host sms-otpd[12]: " LOGIN, TRAIL_LOGIN, NOW + 3600 },
	{ "no host", "Nov 26 05:00:00 sms-otpd[12]: " LOGIN, TRAIL_LOGIN, AT },
	{ "no pid", "Nov 26 05:00:00 host sms-otpd: " LOGIN, TRAIL_LOGIN, AT },
	{ "an enrolment", "Nov 26 05:00:00 host sms-otpd[1]: enrolled at login user=bob uid=1", TRAIL_ENROLLED, AT },
	{ "a change", "Nov 26 05:00:00 host sms-otp[1]: admin action=unlock user=bob by=eve", TRAIL_ADMIN, AT },
	{ "a reason in quotes", "Nov 26 05:00:00 h sms-otp[1]: admin action=bypass user=bob reason=\"lost it\"", TRAIL_ADMIN, AT },
	{ "words behind a quote", "Nov 26 05:00:00 h sms-otp[1]: admin action=x reason=\"lost it\" user=bob", TRAIL_ADMIN, AT },
	{ "an empty value", "Nov 26 05:00:00 h sms-otpd[1]: login user= uid=1", TRAIL_LOGIN, AT },
	/* what is none */
	{ "nothing", "", TRAIL_NONE, 0 },
	{ "no time", "host sms-otpd[12]: " LOGIN, TRAIL_NONE, 0 },
	{ "a time alone", "Nov 26 05:00:00", TRAIL_NONE, 0 },
	{ "a time and a host", "Nov 26 05:00:00 host", TRAIL_NONE, 0 },
	{ "another program", "Nov 26 05:00:00 host sshd[12]: " LOGIN, TRAIL_NONE, 0 },
	{ "another program that quotes ours", "Nov 26 05:00:00 host sshd[12]: sms-otpd[1]: " LOGIN, TRAIL_NONE, 0 },
	{ "a longer name", "Nov 26 05:00:00 host sms-otpdx[12]: " LOGIN, TRAIL_NONE, 0 },
	{ "a login by the tool", "Nov 26 05:00:00 host sms-otp[12]: " LOGIN, TRAIL_NONE, 0 },
	{ "a change by the engine", "Nov 26 05:00:00 host sms-otpd[12]: admin action=x", TRAIL_NONE, 0 },
	{ "a note", "Nov 26 05:00:00 host sms-otpd[12]: note user=\"a\" service=\"b\": login user=c", TRAIL_NONE, 0 },
	{ "no words", "Nov 26 05:00:00 host sms-otpd[12]: login ", TRAIL_NONE, 0 },
	{ "a word that is none", "Nov 26 05:00:00 host sms-otpd[12]: login user=a b", TRAIL_NONE, 0 },
	{ "cut in a quote", "Nov 26 05:00:00 host sms-otpd[12]: login user=a fault=\"x", TRAIL_NONE, 0 },
	{ "more behind a quote", "Nov 26 05:00:00 host sms-otpd[12]: login user=a fault=\"x\"y", TRAIL_NONE, 0 },
	{ "no colon", "Nov 26 05:00:00 host sms-otpd[12] " LOGIN, TRAIL_NONE, 0 },
	{ "no bracket", "Nov 26 05:00:00 host sms-otpd[12: " LOGIN, TRAIL_NONE, 0 },
	{ "a month that is none", "Nev 26 05:00:00 host sms-otpd[12]: " LOGIN, TRAIL_NONE, 0 },
	{ "a number that is no time", "12.5 host sms-otpd[12]: " LOGIN, TRAIL_NONE, 0 },
	{ "a number without end", "99999999999999999999.5 host sms-otpd[12]: " LOGIN, TRAIL_NONE, 0 },
};

START_TEST(lines)
{
	setenv("TZ", "UTC", 1);
	tzset();
	memset(&e, 0xff, sizeof e);
	bool found = trail_read(cases[_i].line, NOW, &e);
	ck_assert_msg(e.kind == cases[_i].kind && found == (cases[_i].kind != TRAIL_NONE), "%s", cases[_i].name);
	if (found)
		ck_assert_msg(e.wall_s == cases[_i].wall_s, "%s: %lld", cases[_i].name, (long long)e.wall_s);
}
END_TEST

START_TEST(words_are_found_by_their_keys)
{
	ck_assert(trail_read("1795669200.1 host sms-otpd[12]: " LOGIN " fault=\"/x: user=eve y\"", NOW, &e));
	ck_assert_uint_eq(e.nwords, 8);
	ck_assert_str_eq(trail_key(&e, 2), "user");
	ck_assert_str_eq(trail_at(&e, 2), "alice");
	ck_assert_str_eq(trail_value(&e, "user"), "alice");
	ck_assert_str_eq(trail_value(&e, "fault"), "/x: user=eve y");
	ck_assert_str_eq(trail_value(&e, "rule"), "");
	ck_assert_str_eq(trail_at(&e, 4), "-");
	ck_assert_str_eq(trail_value(&e, "use"), "");
	ck_assert_int_eq(trail_number(&e, "ms"), 4120);
	ck_assert_int_eq(trail_number(&e, "rule"), -1);
	ck_assert_int_eq(trail_number(&e, "user"), -1);
	ck_assert_int_eq(trail_number(&e, "absent"), -1);
	ck_assert_str_eq(trail_key(&e, 8), "");
	ck_assert_str_eq(trail_at(&e, 8), "");
}
END_TEST

START_TEST(bounds_hold)
{
	static char line[TRAIL_TEXT_MAX + 200];
	size_t n = (size_t)sprintf(line, "1795669200.1 h sms-otpd: login user=");

	memset(line + n, 'x', TRAIL_TEXT_MAX);
	ck_assert(!trail_read(line, NOW, &e));
	line[n + TRAIL_TEXT_MAX - 6] = '\0'; /* "user=" and the end */
	ck_assert(trail_read(line, NOW, &e));
	n = (size_t)sprintf(line, "1795669200.1 h sms-otpd: login");
	for (int i = 0; i < TRAIL_WORDS_MAX; i++)
		n += (size_t)sprintf(line + n, " a=%d", i);
	ck_assert(trail_read(line, NOW, &e));
	ck_assert_uint_eq(e.nwords, TRAIL_WORDS_MAX);
	strcpy(line + n, " b=1");
	ck_assert(!trail_read(line, NOW, &e));
}
END_TEST

/* Whatever bytes: no read out of bounds (for the sanitizers), and nothing but events. */
START_TEST(any_bytes)
{
	static const char model[] = "2026-11-26T05:00:00.1+00:00 host sms-otpd[12]: login user=a fault=\"b c\"";
	char line[sizeof model];

	srandom(7);
	for (int round = 0; round < 20000; round++) {
		memcpy(line, model, sizeof model);
		for (int k = 0; k < 3; k++)
			line[(size_t)random() % (sizeof model - 1)] = (char)(random() % 256);
		if (trail_read(line, NOW, &e))
			ck_assert_str_ne(trail_key(&e, 0), "");
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("trail");
	TCase *t = tcase_create("trail");
	tcase_add_loop_test(t, lines, 0, sizeof cases / sizeof cases[0]);
	tcase_add_test(t, words_are_found_by_their_keys);
	tcase_add_test(t, bounds_hold);
	tcase_add_test(t, any_bytes);
	suite_add_tcase(s, t);
	return s;
}
