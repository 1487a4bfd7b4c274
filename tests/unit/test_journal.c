#include "engine/journal.h"

#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "unit.h"

static unsigned char bytes[JOURNAL_ENTRY_MAX + 1];

static const char *compose(const char *text)
{
	struct journal_entry e = { 5, 10, "sms-otpd", text };
	size_t len = journal_compose(&e, bytes, sizeof bytes - 1);

	ck_assert_uint_gt(len, 0);
	bytes[len] = '\0';
	return (const char *)bytes;
}

static const char head[] = "PRIORITY=5\nSYSLOG_FACILITY=10\nSYSLOG_IDENTIFIER=sms-otpd\n";

static const struct {
	const char *name, *text, *fields;
} cases[] = {
	{ "a login", "login verdict=deny reason=wrong user=alice rule=- sent_ms=310 ms=4",
		"SMSOTP_VERDICT=deny\nSMSOTP_REASON=wrong\nSMSOTP_USER=alice\nSMSOTP_SENT_MS=310\nSMSOTP_MS=4\n" },
	{ "a fault is one value", "login user=alice fault=\"/etc/x: verdict=accept\"",
		"SMSOTP_USER=alice\nSMSOTP_FAULT=/etc/x: verdict=accept\n" },
	{ "an enrolment", "enrolled at login user=bob number=3f9a1c..12", "SMSOTP_USER=bob\nSMSOTP_NUMBER=3f9a1c..12\n" },
	{ "nothing behind a note's colon", "note user=\"eve verdict=accept\" service=\"sshd\": verdict=accept",
		"SMSOTP_USER=eve verdict=accept\nSMSOTP_SERVICE=sshd\n" },
	{ "nothing behind any colon", "stopped: user=root", "" },
	{ "nothing behind a word", "connection peer=7 refused user=root", "SMSOTP_PEER=7\n" },
	{ "no keys of others", "login USER=x _UID=0 a=1", "" },
	{ "an end inside quotes", "note user=\"x", "SMSOTP_USER=x\n" },
	{ "an empty value", "login user= tty=", "" },
	{ "blanks", "login  user=x", "" },
	{ "nothing", "", "" },
};

START_TEST(words_become_fields)
{
	char wanted[1000];

	snprintf(wanted, sizeof wanted, "MESSAGE=%s\n%s%s", cases[_i].text, head, cases[_i].fields);
	ck_assert_msg(strcmp(compose(cases[_i].text), wanted) == 0, "%s: %s", cases[_i].name, bytes);
}
END_TEST

START_TEST(a_newline_makes_no_field)
{
	static const char text[] = "note x\n_UID=0\nPRIORITY=0";
	uint64_t size;

	compose(text);
	ck_assert_int_eq(memcmp(bytes, "MESSAGE\n", 8), 0);
	memcpy(&size, bytes + 8, sizeof size);
	ck_assert_uint_eq(le64toh(size), strlen(text));
	ck_assert_int_eq(memcmp(bytes + 16, text, strlen(text)), 0);
	ck_assert_int_eq(memcmp(bytes + 16 + strlen(text), "\nPRIORITY=5\n", 12), 0);
}
END_TEST

START_TEST(what_does_not_fit_is_no_entry)
{
	static char text[JOURNAL_ENTRY_MAX + 1];
	struct journal_entry e = { 5, 10, "sms-otpd", text };
	struct fault f = FAULT_INIT;

	memset(text, 'x', sizeof text - 1);
	ck_assert_uint_eq(journal_compose(&e, bytes, JOURNAL_ENTRY_MAX), 0);
	ck_assert_int_eq(journal_send("/nowhere", &e, &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
	e.text = "short";
	size_t len = journal_compose(&e, bytes, JOURNAL_ENTRY_MAX);
	ck_assert_uint_eq(journal_compose(&e, bytes, len), len);
	ck_assert_uint_eq(journal_compose(&e, bytes, len - 1), 0);
}
END_TEST

START_TEST(an_entry_arrives_whole)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct journal_entry e = { 6, 10, "sms-otpd", "login user=alice" };
	struct fault f = FAULT_INIT;
	char seen[1000] = "";

	snprintf(at.sun_path, sizeof at.sun_path, "%s/journal", unit_folder());
	ck_assert_int_eq(journal_send(at.sun_path, &e, &f), -1);
	ck_assert_int_eq(f.class, FAULT_ABSENT);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	ck_assert_int_eq(journal_send(at.sun_path, &e, &f), 0);
	ck_assert_int_gt(recv(fd, seen, sizeof seen - 1, 0), 0);
	ck_assert_str_eq(seen, "MESSAGE=login user=alice\nPRIORITY=6\nSYSLOG_FACILITY=10\n"
			       "SYSLOG_IDENTIFIER=sms-otpd\nSMSOTP_USER=alice\n");
	/* nobody reads: the queue fills, and a login goes on (JOURNAL_WAIT_MS, once) */
	int rc = 0;
	for (int i = 0; i < 10000 && rc == 0; i++)
		rc = journal_send(at.sun_path, &e, &f);
	ck_assert_int_eq(rc, -1);
	ck_assert_int_eq(f.class, FAULT_SYSTEM);
	close(fd);
	ck_assert_int_eq(journal_send(at.sun_path, &e, &f), -1);
	ck_assert_int_eq(f.class, FAULT_ABSENT);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("journal");
	TCase *t = tcase_create("journal");
	tcase_add_loop_test(t, words_become_fields, 0, sizeof cases / sizeof cases[0]);
	tcase_add_test(t, a_newline_makes_no_field);
	tcase_add_test(t, what_does_not_fit_is_no_entry);
	tcase_add_test(t, an_entry_arrives_whole);
	suite_add_tcase(s, t);
	return s;
}
