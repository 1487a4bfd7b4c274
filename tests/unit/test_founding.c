#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/founding.h"
#include "core/state.h"
#include "killer.h"

static char here[128];

static void setup(void)
{
	snprintf(here, sizeof here, "%s/XXXXXX", unit_folder());
	ck_assert_ptr_nonnull(mkdtemp(here));
}

static int found(struct fault *f)
{
	int fd = open(here, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	int rc = founding_prepare(fd, f);
	close(fd);
	return rc;
}

static void run(const char *command)
{
	char all[512];

	snprintf(all, sizeof all, "cd %s && umask 077 && { %s; }", here, command);
	ck_assert_int_eq(system(all), 0);
}

static const struct {
	const char *name, *command; /* in a folder with key and site */
	const char *says;           /* "": it is prepared then */
} cases[] = {
	{ "both there", "true", "" },
	{ "nothing there", "rm key site", "" },
	{ "leftovers of a killed writer only", "rm key site; echo > .site.7-7", "" },
	{ "records too", "echo > 1000", "" },
	{ "the key is lost", "rm key; echo > 1000",
		"key is missing; restore the folder from a backup" },
	{ "the site is lost", "rm site; echo > 1000",
		"site is missing; restore the folder from a backup" },
	{ "the site is lost, no records", "rm site",
		"site is missing; restore the folder from a backup" },
	{ "the key was never made", "rm key",
		"key is missing; no user is enrolled: remove site there" },
	{ "records only", "rm key site; echo > 1000",
		"neither key nor site; restore the folder from a backup" },
};

START_TEST(c5_a_lost_part_is_damage_not_a_fresh_start)
{
	struct fault f = FAULT_INIT;
	struct stat st;
	char path[256];

	ck_assert_msg(found(&f) == 0, "%s", f.text);
	run(cases[_i].command);
	int rc = found(&f);
	if (!cases[_i].says[0]) {
		ck_assert_msg(rc == 0, "%s: %s", cases[_i].name, f.text);
		snprintf(path, sizeof path, "%s/key", here);
		ck_assert_int_eq(stat(path, &st), 0);
		ck_assert_int_eq(st.st_size, DIGEST_SIZE);
		return;
	}
	ck_assert_msg(rc == -1, "%s", cases[_i].name);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	ck_assert_msg(strstr(f.text, cases[_i].says) != NULL, "%s: %s", cases[_i].name, f.text);
}
END_TEST

START_TEST(two_keys_differ)
{
	struct fault f = FAULT_INIT;
	struct state a, b;

	ck_assert_int_eq(found(&f), 0);
	ck_assert_int_eq(state_open(here, &a, &f), 0);
	setup();
	ck_assert_int_eq(found(&f), 0);
	ck_assert_int_eq(state_open(here, &b, &f), 0);
	ck_assert_mem_ne(a.key, b.key, sizeof a.key);
	state_close(&a);
	state_close(&b);
}
END_TEST

START_TEST(many_at_once_end_with_one_key)
{
	enum { PROCESSES = 20 };
	struct fault f = FAULT_INIT;
	int status, keys[2];
	unsigned char first[DIGEST_SIZE], key[DIGEST_SIZE];

	ck_assert_int_eq(pipe2(keys, O_CLOEXEC), 0);
	for (int i = 0; i < PROCESSES; i++) {
		if (fork() == 0) {
			struct state s;
			if (state_prepare(here, &s, &f) < 0)
				_exit(1);
			_exit(write(keys[1], s.key, sizeof s.key) == sizeof s.key ? 0 : 2);
		}
	}
	for (int i = 0; i < PROCESSES; i++) {
		ck_assert_int_gt(wait(&status), 0);
		ck_assert_int_eq(status, 0);
		ck_assert_int_eq(read(keys[0], i ? key : first, sizeof key), sizeof key);
		ck_assert(i == 0 || memcmp(first, key, sizeof key) == 0);
	}
}
END_TEST

static void step(void *arg)
{
	struct fault f = FAULT_INIT;

	(void)arg;
	if (found(&f) < 0)
		_exit(1);
}

/* Killed anywhere: the next one finishes, or says what to remove. */
START_TEST(f2_killed_after_every_system_call)
{
	bool killed = true;

	/* each second stop: a start from nothing is long, and most of it is the same file writing as in test_file */
	for (int n = 0; killed; n += 2) {
		struct fault f = FAULT_INIT;
		setup();
		killed = killed_at(n, step, NULL);
		if (found(&f) == 0)
			continue;
		ck_assert(killed);
		ck_assert_msg(
			strstr(f.text, "remove site there, then try again") != NULL, "%s", f.text);
		run("rm site");
		ck_assert_msg(found(&f) == 0, "%s", f.text);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("founding");
	TCase *t = tcase_create("founding");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_loop_test(
		t, c5_a_lost_part_is_damage_not_a_fresh_start, 0, sizeof cases / sizeof cases[0]);
	tcase_add_test(t, two_keys_differ);
	tcase_add_test(t, many_at_once_end_with_one_key);
	tcase_add_test(t, f2_killed_after_every_system_call);
	suite_add_tcase(s, t);
	return s;
}
