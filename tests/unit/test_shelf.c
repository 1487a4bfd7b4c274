#include "cli/shelf.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

static struct shelf shelf;
static char site[300], shipped[300];

static void put(const char *folder, const char *file)
{
	char path[600];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	fd = open(path, O_WRONLY | O_CREAT, 0644);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void folders(void)
{
	snprintf(site, sizeof(site), "%s/site", unit_folder());
	snprintf(shipped, sizeof(shipped), "%s/shipped", unit_folder());
	mkdir(site, 0755);
	mkdir(shipped, 0755);
}

START_TEST(sorted_each_once_and_the_sites_wins)
{
	static const char *const names[] = { "46elks", "?.x", "Big", "a-b_c", "dexatel", "outbox",
		"zzz" };
	struct fault f = FAULT_INIT;

	folders();
	put(site, "dexatel.conf");
	put(site, "zzz.conf");
	put(site, "outbox.conf");
	put(site, "Big.conf");
	put(site, "\n.x.conf");
	put(shipped, "dexatel.conf");
	put(shipped, "46elks.conf");
	put(shipped, "a-b_c.conf");
	put(shipped, "README");
	put(shipped, "x.conf~");
	put(shipped, "x.conf.dpkg-old");
	put(shipped, ".x.conf");
	put(shipped, ".conf");
	ck_assert_int_eq(shelf_read(site, shipped, &shelf, &f), 0);
	ck_assert_uint_eq(shelf.n, sizeof(names) / sizeof(names[0]));
	for (size_t i = 0; i < shelf.n; i++) {
		const struct shelf_entry *e = &shelf.at[i];

		ck_assert_str_eq(e->name, names[i]);
		ck_assert_int_eq(e->usable, strcmp(e->name, "Big") != 0 && e->name[0] != '?');
		if (strcmp(e->name, "dexatel") == 0)
			ck_assert(e->site);
		if (strcmp(e->name, "46elks") == 0 || strcmp(e->name, "outbox") == 0)
			ck_assert(!e->site);
	}
	ck_assert_str_eq(shelf_nearest(&shelf, "dexatle"), "dexatel");
	ck_assert_ptr_null(shelf_nearest(&shelf, "something"));
}
END_TEST

START_TEST(folders_that_are_not_there)
{
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(shelf_read("/nonexistent/a", "/nonexistent/b", &shelf, &f), 0);
	ck_assert_uint_eq(shelf.n, 1);
	ck_assert_str_eq(shelf.at[0].name, "outbox");
	ck_assert_int_eq(shelf_read("/etc/passwd", "/nonexistent/b", &shelf, &f), -1);
}
END_TEST

START_TEST(names)
{
	static const struct {
		const char *name;
		bool usable;
	} cases[] = {
		{ "a", true },
		{ "46elks", true },
		{ "a-b_c", true },
		{ "abcdefghijklmnopqrstuvwxyz012345", true },
		{ "abcdefghijklmnopqrstuvwxyz0123456", false },
		{ "", false },
		{ "-a", false },
		{ "_a", false },
		{ "A", false },
		{ "a.b", false },
		{ "../a", false },
		{ "--help", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(
			shelf_name_usable(cases[i].name) == cases[i].usable, "%s", cases[i].name);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("shelf");
	TCase *t = tcase_create("shelf");

	tcase_add_test(t, sorted_each_once_and_the_sites_wins);
	tcase_add_test(t, folders_that_are_not_there);
	tcase_add_test(t, names);
	suite_add_tcase(s, t);
	return s;
}
