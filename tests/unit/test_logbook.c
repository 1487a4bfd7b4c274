#include "engine/logbook.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "engine/journal.h"
#include "unit.h"

static bool has_journal;
static char journal[LOGBOOK_MAX + 100], plain[LOGBOOK_MAX + 100];

int __wrap_journal_send(const char *path, const struct journal_entry *e, struct fault *f);
void __wrap_syslog(int priority, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void __wrap___syslog_chk(int priority, int flag, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

int __wrap_journal_send(const char *path, const struct journal_entry *e, struct fault *f)
{
	if (!has_journal)
		return fault_set(f, FAULT_ABSENT, 0, "%s", path);
	snprintf(journal, sizeof journal, "%d %d %s %s", e->priority, e->facility, e->identifier, e->text);
	return 0;
}

__attribute__((format(printf, 2, 0))) static void keep(int priority, const char *fmt, va_list ap)
{
	int n = snprintf(plain, sizeof plain, "%d ", priority);
	vsnprintf(plain + n, sizeof plain - (size_t)n, fmt, ap);
}

void __wrap_syslog(int priority, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	keep(priority, fmt, ap);
	va_end(ap);
}

void __wrap___syslog_chk(int priority, int flag, const char *fmt, ...)
{
	va_list ap;

	(void)flag;
	va_start(ap, fmt);
	keep(priority, fmt, ap);
	va_end(ap);
}

static void say(bool with_journal)
{
	has_journal = with_journal;
	journal[0] = plain[0] = '\0';
	logbook_write(LOG_NOTICE, "login user=%s %%s", "%n");
}

START_TEST(a_line_is_logged_once)
{
	say(true);
	ck_assert_str_eq(journal, "5 10 sms-otpd login user=%n %s");
	ck_assert_str_eq(plain, "");
	say(false);
	ck_assert_str_eq(journal, "");
	ck_assert_str_eq(plain, "5 login user=%n %s");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("logbook");
	TCase *t = tcase_create("logbook");
	tcase_add_test(t, a_line_is_logged_once);
	suite_add_tcase(s, t);
	return s;
}
