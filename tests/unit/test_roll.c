#include "cli/roll.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static struct directory d;

static struct directory_entry entry(const char *name, uint32_t uid)
{
	struct directory_entry e = { .uid = uid, .since_wall_s = 1 };

	snprintf(e.name, sizeof e.name, "%s", name);
	strcpy(e.phone.e164, "+4915112345612");
	strcpy(e.by, "root");
	return e;
}

static void begin(void)
{
	struct fault f = FAULT_INIT;

	ck_assert_msg(directory_open(unit_folder(), &d, &f) == 0, "%s", f.text);
}

START_TEST(all_of_them_by_name)
{
	struct fault f = FAULT_INIT;
	struct roll r;
	char name[16];

	begin();
	ck_assert_int_eq(roll_read(&d, &r, &f), 0);
	ck_assert_uint_eq(r.n, 0);
	ck_assert_ptr_null(roll_find(&r, "alice", 1000));
	roll_free(&r);
	for (uint32_t i = 0; i < 150; i++) {
		snprintf(name, sizeof name, "u%03u", (unsigned)((i * 67) % 150));
		struct directory_entry e = entry(name, 2000 + i);

		ck_assert_msg(directory_store(&d, &e, &f) == 0, "%s", f.text);
	}
	struct directory_entry twice = entry("u007", 5);
	ck_assert_int_eq(directory_store(&d, &twice, &f), 0);
	ck_assert_int_eq(roll_read(&d, &r, &f), 0);
	ck_assert_uint_eq(r.n, 151);
	for (size_t i = 1; i < r.n; i++) {
		int order = strcmp(r.at[i - 1].name, r.at[i].name);

		ck_assert(order < 0 || (order == 0 && r.at[i - 1].uid < r.at[i].uid));
	}
	ck_assert_ptr_nonnull(roll_find(&r, "u007", 5));
	ck_assert_ptr_null(roll_find(&r, "u007", 6));
	ck_assert_ptr_nonnull(roll_find(&r, "u000", 2000));
	ck_assert_ptr_null(roll_find(&r, "u0000", 2000));
	roll_free(&r);
	directory_close(&d);
}
END_TEST

START_TEST(damaged_ones_are_counted)
{
	struct directory_entry e = entry("alice", 1000);
	struct fault f = FAULT_INIT;
	char path[512];
	struct roll r;

	begin();
	/* the folder is that of all tests */
	ck_assert_int_eq(roll_read(&d, &r, &f), 0);
	size_t before = r.n;
	roll_free(&r);
	ck_assert_int_eq(directory_store(&d, &e, &f), 0);
	snprintf(path, sizeof path, "%s/1001.conf", unit_folder());
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fclose(file);
	ck_assert_int_eq(roll_read(&d, &r, &f), 0);
	ck_assert_uint_eq(r.n, before + 1);
	ck_assert_uint_eq(r.damaged, 1);
	ck_assert_ptr_nonnull(strstr(r.first.text, "1001.conf"));
	roll_free(&r);
	directory_close(&d);
}
END_TEST

START_TEST(the_same_is_the_same_file)
{
	struct directory_entry a = entry("alice", 1000), b = a;

	ck_assert(roll_same(&a, &b));
	b.verified = true;
	ck_assert(!roll_same(&a, &b));
	b = a;
	b.since_wall_s++;
	ck_assert(!roll_same(&a, &b));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("roll");
	TCase *t = tcase_create("all");

	tcase_add_test(t, all_of_them_by_name);
	tcase_add_test(t, damaged_ones_are_counted);
	tcase_add_test(t, the_same_is_the_same_file);
	suite_add_tcase(s, t);
	return s;
}
