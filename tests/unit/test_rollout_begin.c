/* The ways in and back, killed after every system call: never a file that nobody puts back. */
#include "cli/rollout_begin.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "cli/rollout_back.h"
#include "cli/rollout_watch.h"
#include "killer.h"
#include "unit.h"

#define OLD "@include common-auth\n"
#define NEW "@include common-auth\nauth required pam_sms_otp.so\n"

static struct rollout_home home;
static char state[300], pam[300], file[340];
static bool *watched; /* shared with the child that is killed */
static int watch_rc;
static int64_t length_s;

int __wrap_rollout_watch_start(const struct rollout_home *h, struct fault *f);
int __wrap_rollout_watch_start(const struct rollout_home *h, struct fault *f)
{
	(void)h;
	*watched = watch_rc == 0;
	return watch_rc == 0 ? 0 : fault_set(f, FAULT_LATE, 0, "no watcher");
}

static void put(const char *text)
{
	FILE *out = fopen(file, "w");

	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
	ck_assert(chmod(file, 0640) == 0 && chown(file, 0, 7) == 0);
}

static void clear(const char *folder)
{
	char command[400];

	/* a test's own folder */
	snprintf(command, sizeof(command), "rm -rf '%s' && mkdir -m 0755 '%s'", folder, folder);
	ck_assert_int_eq(system(command), 0);
}

static void setup(void)
{
	snprintf(state, sizeof(state), "%s/rollout", unit_folder());
	snprintf(pam, sizeof(pam), "%s/pam.d", unit_folder());
	snprintf(file, sizeof(file), "%s/sshd", pam);
	home = (struct rollout_home){ state, pam };
	watched = mmap(NULL, sizeof(*watched), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(watched, MAP_FAILED);
	watch_rc = 0;
	length_s = 600;
}

static void afresh(void)
{
	clear(pam);
	clear(state);
	ck_assert_int_eq(chmod(state, 0700), 0);
	put(OLD);
	*watched = false;
}

static void read_file(char *out, size_t cap)
{
	FILE *in = fopen(file, "r");

	out[0] = 0;
	if (in != NULL) {
		out[fread(out, 1, cap - 1, in)] = 0;
		fclose(in);
	}
}

static bool holds(const char *text)
{
	char now[512];
	struct stat st;

	read_file(now, sizeof(now));
	if (strcmp(now, text) != 0)
		return false;
	ck_assert(stat(file, &st) == 0 && (st.st_mode & 07777) == 0640 && st.st_gid == 7);
	return true;
}

static int begin(struct rollout_record *r, struct fault *f)
{
	struct rollout_plan plan = { .service = "sshd", .new = { (char *)(uintptr_t)NEW, strlen(NEW) } };
	struct rollout_file present;
	struct rollout_begin b = { .plan = &plan, .present = &present, .length_s = length_s, .by = "root" };
	int rc;

	ck_assert_int_eq(rollout_file_read(pam, "sshd", &present, f), 0);
	rc = rollout_begin_trial(&home, &b, r, f);
	free(present.content.bytes);
	return rc;
}

static void begin_step(void *arg)
{
	struct rollout_record r;
	struct fault f = FAULT_INIT;

	(void)arg;
	if (begin(&r, &f) != 0)
		_exit(1);
}

static enum rollout_back_end end_by(enum rollout_back_end (*how)(struct rollout_desk *, struct rollout_record *, struct fault *),
	enum rollout_standing *standing)
{
	enum rollout_back_end end = ROLLOUT_BACK_NOT;
	struct rollout_desk d;
	struct rollout_record r;
	struct fault f = FAULT_INIT;

	ck_assert_msg(rollout_record_enter(&home, &d, &f) == 0, "%s", f.text);
	if (rollout_record_read(&d, "sshd", &r, &f) == 0)
		end = how(&d, &r, &f);
	*standing = r.standing;
	rollout_record_free(&r);
	rollout_record_leave(&d);
	return end;
}

static enum rollout_back_end back(struct rollout_desk *d, struct rollout_record *r, struct fault *f)
{
	struct rollout_back_wish w = { .why = "timeout", .force = true };

	return rollout_back_put(&home, d, r, &w, f);
}

static enum rollout_back_end gently(struct rollout_desk *d, struct rollout_record *r, struct fault *f)
{
	struct rollout_back_wish w = { .why = "revert" };

	return rollout_back_put(&home, d, r, &w, f);
}

static enum rollout_back_end keep(struct rollout_desk *d, struct rollout_record *r, struct fault *f)
{
	return rollout_back_keep(&home, d, r, f);
}

static enum rollout_back_end look(struct rollout_desk *d, struct rollout_record *r, struct fault *f)
{
	(void)d;
	(void)r;
	(void)f;
	return ROLLOUT_BACK_DONE;
}

static void back_step(void *arg)
{
	enum rollout_standing s;

	(void)arg;
	if (end_by(back, &s) == ROLLOUT_BACK_NOT)
		_exit(1);
}

static void keep_step(void *arg)
{
	enum rollout_standing s;

	(void)arg;
	if (end_by(keep, &s) == ROLLOUT_BACK_NOT)
		_exit(1);
}

START_TEST(begin_killed)
{
	enum rollout_standing s;
	unsigned old = 0, new = 0;
	int n = 0;

	if (geteuid() != 0)
		return;
	for (bool on = true; on; n++) {
		afresh();
		on = killed_at(n, begin_step, NULL);
		if (holds(OLD)) {
			old++;
		} else {
			ck_assert_msg(holds(NEW), "killed at %d: neither file", n);
			ck_assert_msg(*watched, "killed at %d: the new file without a watcher", n);
			ck_assert_int_eq(end_by(look, &s), ROLLOUT_BACK_DONE);
			ck_assert_int_eq(s, ROLLOUT_OPEN);
			new++;
		}
		/* the watcher, at the end of its time or after a reboot */
		if (end_by(back, &s) != ROLLOUT_BACK_NOT)
			ck_assert_int_eq(s, ROLLOUT_BACK);
		ck_assert_msg(holds(OLD), "killed at %d: not put back", n);
	}
	ck_assert_msg(old > 20 && new > 2, "%u, %u", old, new);
}
END_TEST

START_TEST(back_killed)
{
	struct rollout_record r;
	struct fault f = FAULT_INIT;
	enum rollout_standing s;
	int n = 0;

	if (geteuid() != 0)
		return;
	for (bool on = true; on; n++) {
		afresh();
		ck_assert_msg(begin(&r, &f) == 0, "%s", f.text);
		rollout_record_free(&r);
		on = killed_at(n, back_step, NULL);
		ck_assert_msg(holds(OLD) || holds(NEW), "killed at %d", n);
		ck_assert_int_eq(end_by(look, &s), ROLLOUT_BACK_DONE);
		/* whoever reads that it is back finds it so */
		ck_assert(s == ROLLOUT_OPEN || (s == ROLLOUT_BACK && holds(OLD)));
		ck_assert_int_ne(end_by(back, &s), ROLLOUT_BACK_NOT);
		ck_assert(s == ROLLOUT_BACK && holds(OLD));
	}
	ck_assert_int_gt(n, 20);
}
END_TEST

START_TEST(keep_killed)
{
	struct rollout_record r;
	struct fault f = FAULT_INIT;
	enum rollout_standing s;
	int n = 0;

	if (geteuid() != 0)
		return;
	for (bool on = true; on; n++) {
		afresh();
		ck_assert_msg(begin(&r, &f) == 0, "%s", f.text);
		rollout_record_free(&r);
		on = killed_at(n, keep_step, NULL);
		ck_assert(holds(NEW));
		ck_assert_int_eq(end_by(look, &s), ROLLOUT_BACK_DONE);
		ck_assert(s == ROLLOUT_OPEN || s == ROLLOUT_KEPT);
	}
	ck_assert_int_eq(s, ROLLOUT_KEPT);
}
END_TEST

START_TEST(without_a_watcher_nothing_changes)
{
	struct rollout_record r;
	struct fault f = FAULT_INIT;
	enum rollout_standing s;

	if (geteuid() != 0)
		return;
	afresh();
	watch_rc = -1;
	ck_assert_int_eq(begin(&r, &f), -1);
	rollout_record_free(&r);
	ck_assert_str_eq(f.text, "no watcher");
	ck_assert(holds(OLD));
	ck_assert_int_eq(end_by(look, &s), ROLLOUT_BACK_DONE);
	ck_assert_int_eq(s, ROLLOUT_BACK);
}
END_TEST

START_TEST(one_trial_at_a_time)
{
	struct rollout_record r;
	struct fault f = FAULT_INIT;

	if (geteuid() != 0)
		return;
	afresh();
	ck_assert_int_eq(begin(&r, &f), 0);
	rollout_record_free(&r);
	ck_assert_int_eq(begin(&r, &f), -1);
	rollout_record_free(&r);
	ck_assert_ptr_nonnull(strstr(f.text, "on trial already"));
	ck_assert(holds(NEW));
}
END_TEST

START_TEST(what_somebody_changed)
{
	struct rollout_record r;
	struct fault f = FAULT_INIT;
	enum rollout_standing s;
	char aside[400];

	if (geteuid() != 0)
		return;
	afresh();
	ck_assert_int_eq(begin(&r, &f), 0);
	rollout_record_free(&r);
	put("mine\n");
	ck_assert_int_eq(end_by(keep, &s), ROLLOUT_BACK_CHANGED);
	ck_assert_int_eq(end_by(gently, &s), ROLLOUT_BACK_CHANGED);
	ck_assert(holds("mine\n") && s == ROLLOUT_OPEN);
	/* the watcher asks nobody */
	ck_assert_int_eq(end_by(back, &s), ROLLOUT_BACK_DONE);
	ck_assert(holds(OLD) && s == ROLLOUT_BACK);
	snprintf(aside, sizeof(aside), "%s/sshd.changed", state);
	ck_assert_int_eq(access(aside, F_OK), 0);
	/* it is over */
	ck_assert_int_eq(end_by(keep, &s), ROLLOUT_BACK_LATE);
	/* gone, or a link to somewhere */
	ck_assert_int_eq(begin(&r, &f), 0);
	rollout_record_free(&r);
	ck_assert(unlink(file) == 0 && symlink("/etc/passwd", file) == 0);
	ck_assert_int_eq(end_by(gently, &s), ROLLOUT_BACK_NOT);
	ck_assert_int_eq(end_by(back, &s), ROLLOUT_BACK_DONE);
	ck_assert(holds(OLD));
}
END_TEST

START_TEST(too_late_for_a_yes)
{
	struct rollout_record r;
	struct fault f = FAULT_INIT;
	enum rollout_standing s;

	if (geteuid() != 0)
		return;
	afresh();
	length_s = 0;
	ck_assert_int_eq(begin(&r, &f), 0);
	rollout_record_free(&r);
	ck_assert_int_eq(end_by(keep, &s), ROLLOUT_BACK_LATE);
	ck_assert_int_eq(s, ROLLOUT_OPEN);
}
END_TEST

START_TEST(a_file_that_was_not_there)
{
	struct rollout_record r;
	struct fault f = FAULT_INIT;
	enum rollout_standing s;
	struct stat st;

	if (geteuid() != 0)
		return;
	afresh();
	ck_assert_int_eq(unlink(file), 0);
	ck_assert_msg(begin(&r, &f) == 0, "%s", f.text);
	rollout_record_free(&r);
	ck_assert(stat(file, &st) == 0 && (st.st_mode & 07777) == 0644);
	ck_assert_int_eq(end_by(back, &s), ROLLOUT_BACK_DONE);
	ck_assert_int_ne(access(file, F_OK), 0);
	ck_assert_int_eq(end_by(gently, &s), ROLLOUT_BACK_ALREADY);
}
END_TEST

START_TEST(attributes_stay)
{
	struct rollout_record r;
	struct fault f = FAULT_INIT;
	enum rollout_standing s;
	char value[16] = "";

	if (geteuid() != 0)
		return;
	afresh();
	/* a file system without them: nothing to keep */
	if (setxattr(file, "trusted.sms-otp-test", "label", 5, 0) != 0)
		return;
	ck_assert_int_eq(begin(&r, &f), 0);
	rollout_record_free(&r);
	ck_assert_int_eq(getxattr(file, "trusted.sms-otp-test", value, sizeof(value)), 5);
	ck_assert_int_eq(end_by(back, &s), ROLLOUT_BACK_DONE);
	ck_assert_int_eq(getxattr(file, "trusted.sms-otp-test", value, sizeof(value)), 5);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("rollout_begin");
	TCase *c = tcase_create("steps");

	tcase_add_checked_fixture(c, setup, NULL);
	tcase_set_timeout(c, 120);
	tcase_add_test(c, begin_killed);
	tcase_add_test(c, back_killed);
	tcase_add_test(c, keep_killed);
	tcase_add_test(c, without_a_watcher_nothing_changes);
	tcase_add_test(c, one_trial_at_a_time);
	tcase_add_test(c, what_somebody_changed);
	tcase_add_test(c, too_late_for_a_yes);
	tcase_add_test(c, a_file_that_was_not_there);
	tcase_add_test(c, attributes_stay);
	suite_add_tcase(s, c);
	return s;
}
