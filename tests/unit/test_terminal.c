#include "engine/terminal.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "unit.h"

static char proc[200];

/* One process of a made-up /proc. */
static void process(int pid, const char *name, int session, int device, int start)
{
	char path[300];

	snprintf(proc, sizeof proc, "%s/proc", unit_folder());
	mkdir(proc, 0700);
	snprintf(path, sizeof path, "%s/%d", proc, pid);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/%d/stat", proc, pid);
	FILE *out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	fprintf(out, "%d (%s) S 1 %d %d %d 5 4194304 1 2 3 4 5 6 7 8 20 0 1 0 %d 99 98 97\n", pid,
		name, session, session, device, start);
	fclose(out);
}

static struct facts_terminal read_of(pid_t pid, const char *service)
{
	struct facts_terminal t;

	terminal_read(proc, pid, service, &t);
	return t;
}

START_TEST(a_line_is_read_behind_the_name)
{
	struct terminal_stat s;

	ck_assert_int_eq(
		terminal_parse(
			"7 (a b) c)) S 1 2 300 34816 5 6 1 2 3 4 5 6 7 8 20 0 1 0 777 9\n", &s),
		0);
	ck_assert_int_eq(s.session, 300);
	ck_assert_uint_eq(s.device, 34816);
	ck_assert_uint_eq(s.start, 777);
	ck_assert_int_eq(terminal_parse("", &s), -1);
	ck_assert_int_eq(terminal_parse("7 (x) S 1 2 300", &s), -1);
	ck_assert_int_eq(
		terminal_parse("7 (x) S 1 2 x 34816 5 6 1 2 3 4 5 6 7 8 20 0 1 0 777 9", &s), -1);
	ck_assert_int_eq(
		terminal_parse("7 (x) S 1 2 -3 34816 5 6 1 2 3 4 5 6 7 8 20 0 1 0 777 9", &s), -1);
}
END_TEST

START_TEST(e1_a_session_is_what_the_kernel_says)
{
	process(100, "bash", 100, 34816, 5000);
	process(200, "sudo", 100, 34816, 6000);
	struct facts_terminal t = read_of(200, "sudo");
	ck_assert_uint_eq(t.device, 34816);
	ck_assert_uint_eq(t.session, 100);
	ck_assert_uint_eq(t.start, 5000);
	ck_assert(!t.console);
	static const unsigned char none[CLOCK_BOOT_ID_SIZE];
	ck_assert_mem_ne(t.boot_id, none, sizeof none);
}
END_TEST

START_TEST(no_terminal_is_known)
{
	static const struct facts_terminal none;

	process(100, "bash", 100, 34816, 5000);
	process(201, "no terminal", 100, 0, 6000);
	process(202, "after the logout", 150, 34816, 6000);
	process(203, "left it", 100, 34817, 6000);
	process(160, "no leader", 161, 34816, 5000);
	process(204, "its", 160, 34816, 6000);
	for (int pid = 201; pid <= 205; pid++) {
		struct facts_terminal t = read_of(pid, "sudo");
		ck_assert_msg(memcmp(&t, &none, sizeof t) == 0, "%d", pid);
	}
	struct facts_terminal t = read_of(0, "sudo");
	ck_assert_mem_eq(&t, &none, sizeof t);
}
END_TEST

START_TEST(the_console_is_where_login_leads_the_session)
{
	static const struct {
		int device, session;
		const char *service;
		bool console;
	} cases[] = {
		{ 4 << 8 | 1, 300, "login", true },
		{ 4 << 8 | 64, 300, "login", true },
		{ 5 << 8 | 1, 300, "login", true },
		{ 136 << 8, 300, "login", false },
		{ 4 << 8 | 1, 300, "sudo", false },
		{ 4 << 8 | 1, 300, "su", false },
		{ 4 << 8 | 1, 300, "doas", false },
		{ 4 << 8 | 64, 300, "polkit-1", false },
		{ 4 << 8 | 1, 301, "login", false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		process(301, "bash", 301, cases[i].device, 1);
		process(300, "login", cases[i].session, cases[i].device, 1);
		struct facts_terminal t = read_of(300, cases[i].service);
		ck_assert_uint_eq(t.device, (uint64_t)cases[i].device);
		ck_assert_msg(t.console == cases[i].console, "%zu", i);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("terminal");
	TCase *t = tcase_create("terminal");
	tcase_add_test(t, a_line_is_read_behind_the_name);
	tcase_add_test(t, e1_a_session_is_what_the_kernel_says);
	tcase_add_test(t, no_terminal_is_known);
	tcase_add_test(t, the_console_is_where_login_leads_the_session);
	suite_add_tcase(s, t);
	return s;
}
