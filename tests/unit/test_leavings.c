#include "cli/leavings.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

START_TEST(known_by_their_name)
{
	static const struct {
		const char *name;
		int64_t writer;
	} cases[] = {
		{ ".1000.conf.185-3834589", 185 },
		{ ".site.1-0", 1 },
		{ "site", 0 },
		{ "1000", 0 },
		{ ".", 0 },
		{ "..", 0 },
		{ ".185-3834589", 0 },
		{ ".site.0-1", 0 },
		{ ".site.x-1", 0 },
		{ ".site.1-", 0 },
		{ ".site.-1", 0 },
		{ ".site.1-2x", 0 },
		{ "site.1-2", 0 },
		{ ".a-b.c", 0 },
		{ ".site.99999999999999999999-1", 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(
			leavings_writer(cases[i].name) == cases[i].writer, "%s", cases[i].name);
}
END_TEST

static void make(const char *folder, pid_t pid)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/.1000.conf.%d-1", folder, (int)pid);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

static int is_there(const char *folder, pid_t pid)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/.1000.conf.%d-1", folder, (int)pid);
	return access(path, F_OK) == 0;
}

START_TEST(g5_only_a_dead_writers_are_swept)
{
	const char *folder = unit_folder();
	struct fault f = FAULT_INIT;
	pid_t gone;

	if (geteuid() != 0)
		return;
	gone = fork();
	ck_assert_int_ge(gone, 0);
	if (gone == 0)
		_exit(0);
	ck_assert_int_eq(waitpid(gone, NULL, 0), gone);
	make(folder, gone);
	make(folder, getpid());
	ck_assert_msg(leavings_sweep(folder, &f) == 0, "%s", f.text);
	ck_assert(!is_there(folder, gone));
	ck_assert(is_there(folder, getpid()));
	ck_assert_int_eq(leavings_sweep("/var/lib/sms-otp-not-there", &f), 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("leavings");
	TCase *t = tcase_create("leavings");

	tcase_add_test(t, known_by_their_name);
	tcase_add_test(t, g5_only_a_dead_writers_are_swept);
	suite_add_tcase(s, t);
	return s;
}
