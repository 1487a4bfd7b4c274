#include "cli/chronicle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "unit.h"

enum { NOW = 1795694400 };

static char path[200], seen[1000];
static struct fault f;

static void note(void *ctx, const struct trail_event *e)
{
	(void)ctx;
	strcat(seen, trail_value(e, "user"));
	strcat(seen, " ");
}

static int read_text(const char *text, int64_t since_s)
{
	struct chronicle c = { path, since_s, NOW, note, NULL };
	FILE *out;

	snprintf(path, sizeof path, "%s/log", unit_folder());
	out = fopen(path, "w");
	fputs(text, out);
	fclose(out);
	seen[0] = '\0';
	memset(&f, 0, sizeof f);
	return chronicle_read(&c, &f);
}

#define LINE(time, user) #time ".0 h sms-otpd[1]: login user=" user "\n"

START_TEST(lines_are_given_in_order)
{
	ck_assert_int_eq(read_text("\n" LINE(1795694000, "a") "rubbish\n" LINE(1795694001, "b"), 0), 0);
	ck_assert_str_eq(seen, "a b ");
	ck_assert_int_eq(read_text("1795694000.0 h sms-otpd[1]: login user=last", 0), 0);
	ck_assert_str_eq(seen, "last ");
	ck_assert_int_eq(read_text("", 0), 0);
	ck_assert_str_eq(seen, "");
}
END_TEST

START_TEST(nothing_older_is_given)
{
	ck_assert_int_eq(read_text(LINE(1795694000, "a") LINE(1795694001, "b"), 1795694001), 0);
	ck_assert_str_eq(seen, "b ");
}
END_TEST

/* Its end might look like a line of ours. */
START_TEST(a_line_that_is_too_long_is_passed_over_whole)
{
	static char text[60000];

	for (size_t n = 8180; n < 8200; n++) {
		memset(text, 'x', n);
		strcpy(text + n, LINE(1795694000, "forged") LINE(1795694001, "b"));
		ck_assert_int_eq(read_text(text, 0), 0);
		ck_assert_str_eq(seen, "b ");
	}
}
END_TEST

START_TEST(what_cannot_be_read_is_a_fault)
{
	struct chronicle c = { path, 0, NOW, note, NULL };

	read_text("", 0);
	remove(path);
	ck_assert_int_eq(chronicle_read(&c, &f), -1);
	ck_assert_int_eq(f.class, FAULT_ABSENT);
	mkdir(path, 0700);
	memset(&f, 0, sizeof f);
	ck_assert_int_eq(chronicle_read(&c, &f), -1);
	ck_assert_int_eq(f.class, FAULT_SYSTEM);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("chronicle");
	TCase *t = tcase_create("chronicle");
	tcase_add_test(t, lines_are_given_in_order);
	tcase_add_test(t, nothing_older_is_given);
	tcase_add_test(t, a_line_that_is_too_long_is_passed_over_whole);
	tcase_add_test(t, what_cannot_be_read_is_a_fault);
	suite_add_tcase(s, t);
	return s;
}
