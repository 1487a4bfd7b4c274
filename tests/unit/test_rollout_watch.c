#include "cli/rollout_watch.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

static struct rollout_home home;
static char state[300], pam[300];

static void setup(void)
{
	snprintf(state, sizeof(state), "%s/rollout", unit_folder());
	snprintf(pam, sizeof(pam), "%s/pam.d", unit_folder());
	ck_assert(mkdir(pam, 0755) == 0 || access(pam, F_OK) == 0);
	home = (struct rollout_home){ state, pam };
}

static void put(const char *service, const char *text)
{
	char path[400];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", pam, service);
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
}

static bool holds(const char *service, const char *text)
{
	char path[400], now[64] = "";
	FILE *in;

	snprintf(path, sizeof(path), "%s/%s", pam, service);
	in = fopen(path, "r");
	if (in == NULL)
		return false;
	now[fread(now, 1, sizeof(now) - 1, in)] = 0;
	fclose(in);
	return strcmp(now, text) == 0;
}

/* A trial that ends in so long. */
static void trial(const char *service, enum rollout_standing standing, int64_t left_ms, unsigned char boot)
{
	struct rollout_record r = { .standing = standing,
		.by = "root",
		.mode = 0644,
		.old = { (char *)(uintptr_t) "old", 3 },
		.new = { (char *)(uintptr_t) "new", 3 } };
	struct fault f = FAULT_INIT;
	struct rollout_desk d;
	struct clock_now now;

	ck_assert_int_eq(clock_read(&now, &f), 0);
	memcpy(r.boot_id, now.boot_id, sizeof(r.boot_id));
	r.boot_id[0] ^= boot;
	r.due_boot_ms = now.boot_ms + left_ms;
	snprintf(r.service, sizeof(r.service), "%s", service);
	put(service, "new");
	ck_assert_int_eq(rollout_record_enter(&home, &d, &f), 0);
	ck_assert_msg(rollout_record_write(&d, &r, &f) == 0, "%s", f.text);
	rollout_record_leave(&d);
}

START_TEST(what_is_due)
{
	if (geteuid() != 0)
		return;
	trial("due", ROLLOUT_OPEN, 0, 0);
	trial("reboot", ROLLOUT_OPEN, 3600000, 1);
	trial("kept", ROLLOUT_KEPT, 0, 1);
	ck_assert_int_eq(rollout_watch_run(&home), 0);
	ck_assert(holds("due", "old") && holds("reboot", "old") && holds("kept", "new"));
	ck_assert(!rollout_watch_alive(&home));
}
END_TEST

/* waits 3 s: a trial's end, and the pause between two looks */
START_TEST(waits_for_the_end)
{
	pid_t child;
	int status;

	if (geteuid() != 0)
		return;
	trial("soon", ROLLOUT_OPEN, 1000, 0);
	child = fork();
	if (child == 0)
		_exit(rollout_watch_run(&home));
	for (int i = 0; i < 100 && !rollout_watch_alive(&home); i++)
		poll(NULL, 0, 20);
	ck_assert(rollout_watch_alive(&home));
	/* a second one has nothing to do */
	ck_assert_int_eq(rollout_watch_run(&home), 0);
	ck_assert(holds("soon", "new"));
	/* one more trial while it watches */
	trial("later", ROLLOUT_OPEN, 1500, 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	ck_assert(holds("soon", "old") && holds("later", "old"));
	ck_assert(!rollout_watch_alive(&home));
}
END_TEST

/* waits 3 s, as above: what cannot be put back is tried again */
START_TEST(tries_again)
{
	pid_t child;
	int status;

	if (geteuid() != 0)
		return;
	trial("stuck", ROLLOUT_OPEN, 0, 0);
	/* nobody believes such a folder */
	ck_assert_int_eq(chmod(pam, 0777), 0);
	child = fork();
	if (child == 0)
		_exit(rollout_watch_run(&home));
	poll(NULL, 0, 1000);
	ck_assert(rollout_watch_alive(&home) && holds("stuck", "new"));
	ck_assert_int_eq(chmod(pam, 0755), 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	ck_assert(holds("stuck", "old"));
}
END_TEST

START_TEST(nothing_there)
{
	struct rollout_home none = { "/var/lib/sms-otp-not-there/rollout", "/nowhere" };

	ck_assert_int_eq(rollout_watch_run(&none), 0);
	ck_assert(!rollout_watch_alive(&none));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("rollout_watch");
	TCase *c = tcase_create("watch");

	tcase_add_checked_fixture(c, setup, NULL);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, what_is_due);
	tcase_add_test(c, waits_for_the_end);
	tcase_add_test(c, tries_again);
	tcase_add_test(c, nothing_there);
	suite_add_tcase(s, c);
	return s;
}
