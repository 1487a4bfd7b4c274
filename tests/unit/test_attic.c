#include "cli/attic.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

static char attic[512];
static int folder;

static void begin(void)
{
	char here[400];

	snprintf(here, sizeof(here), "%s/%d", unit_folder(), (int)getpid());
	ck_assert_int_eq(mkdir(here, 0700), 0);
	snprintf(attic, sizeof(attic), "%s/damaged", here);
	folder = open(here, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(folder, 0);
}

static struct stat make(const char *name)
{
	struct stat st;
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	close(fd);
	return st;
}

static bool kept(const char *name)
{
	char path[640];

	snprintf(path, sizeof(path), "%s/%s", attic, name);
	return access(path, F_OK) == 0;
}

static void put(enum attic_kind kind, uint32_t uid, char where[ATTIC_NAME_MAX])
{
	struct stat seen = make("file");
	struct attic_item item = { kind, uid, folder, "file", &seen };
	struct fault f = FAULT_INIT;

	ck_assert_msg(attic_put(attic, &item, where, &f) == 0, "%s", f.text);
	ck_assert(kept(where));
	ck_assert_int_ne(faccessat(folder, "file", F_OK, 0), 0);
}

START_TEST(names_tell_when)
{
	static const struct {
		const char *name;
		int64_t at;
	} cases[] = {
		{ "record-1000.2026-11-26T07:10:00Z", 1795677000 },
		{ "enrolment-1000.2026-11-26T07:10:00Z-2", 1795677000 },
		{ "site.2026-11-26T07:10:00Z", 1795677000 },
		{ "site.2026-11-26T07:10:00", 0 },
		{ "site.2026-11-26T07:10:00Zx", 0 },
		{ ".2026-11-26T07:10:00Z", 0 },
		{ "notes", 0 },
		{ "..", 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(attic_time(cases[i].name) == cases[i].at, "%s", cases[i].name);
}
END_TEST

START_TEST(two_of_one_second_are_both_kept_and_erased_with_their_user)
{
	char a[ATTIC_NAME_MAX], b[ATTIC_NAME_MAX], c[ATTIC_NAME_MAX], d[ATTIC_NAME_MAX],
		e[ATTIC_NAME_MAX];
	struct fault f = FAULT_INIT;
	struct stat st;
	size_t n;

	if (geteuid() != 0)
		return;
	begin();
	put(ATTIC_RECORD, 1000, a);
	put(ATTIC_RECORD, 1000, b);
	put(ATTIC_ENROLMENT, 1000, c);
	put(ATTIC_RECORD, 10001, d);
	put(ATTIC_SITE, 0, e);
	ck_assert_str_ne(a, b);
	ck_assert_int_eq(stat(attic, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
	ck_assert_int_eq(attic_erase(attic, 1000, &n, &f), 0);
	ck_assert_uint_eq(n, 3);
	ck_assert(!kept(a) && !kept(b) && !kept(c) && kept(d) && kept(e));
	ck_assert_int_eq(attic_erase("/var/lib/sms-otp-not-there", 1000, &n, &f), 0);
}
END_TEST

START_TEST(only_what_was_looked_at_is_moved)
{
	char where[ATTIC_NAME_MAX];
	struct fault f = FAULT_INIT;
	struct stat seen;

	if (geteuid() != 0)
		return;
	begin();
	seen = make("old");
	make("1000");
	struct attic_item item = { ATTIC_RECORD, 1000, folder, "1000", &seen };
	ck_assert_int_eq(attic_put(attic, &item, where, &f), -1);
	ck_assert_int_eq(faccessat(folder, "1000", F_OK, 0), 0);
	ck_assert_str_eq(where, "");
}
END_TEST

START_TEST(f1_a_folder_open_to_others_takes_nothing)
{
	char where[ATTIC_NAME_MAX];
	struct fault f = FAULT_INIT;

	if (geteuid() != 0)
		return;
	begin();
	ck_assert_int_eq(mkdir(attic, 0700), 0);
	ck_assert_int_eq(chmod(attic, 0755), 0);
	struct stat seen = make("1000");
	struct attic_item item = { ATTIC_RECORD, 1000, folder, "1000", &seen };
	ck_assert_int_eq(attic_put(attic, &item, where, &f), -1);
	ck_assert_int_eq(faccessat(folder, "1000", F_OK, 0), 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("attic");
	TCase *t = tcase_create("attic");

	tcase_add_test(t, names_tell_when);
	tcase_add_test(t, two_of_one_second_are_both_kept_and_erased_with_their_user);
	tcase_add_test(t, only_what_was_looked_at_is_moved);
	tcase_add_test(t, f1_a_folder_open_to_others_takes_nothing);
	suite_add_tcase(s, t);
	return s;
}
