#include "core/former.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "house.h"
#include "unit.h"

static struct house h;

static bool was(const char *name, uid_t uid)
{
	struct account a = { .uid = uid };
	struct fault f = FAULT_INIT;
	bool is;

	strcpy(a.name, name);
	ck_assert_msg(former_look(&h.state, &a, &is, &f) == 0, "%s", f.text);
	return is;
}

static void mark(const char *name, uid_t uid)
{
	struct account a = { .uid = uid };
	struct fault f = FAULT_INIT;

	strcpy(a.name, name);
	ck_assert_msg(former_mark(&h.state, &a, &f) == 0, "%s", f.text);
}

START_TEST(who_is_marked_and_nobody_else)
{
	house_open(&h);
	ck_assert(!was("alice", 1000));
	mark("alice", 1000);
	ck_assert(was("alice", 1000));
	/* a name given anew, and a uid */
	ck_assert(!was("alice", 1001));
	ck_assert(!was("bob", 1000));
	ck_assert(!was("0alice", 100));
	mark("alice", 1000);
	mark("bob", 1001);
	ck_assert(was("alice", 1000) && was("bob", 1001));
	house_close(&h);
}
END_TEST

/* G5: what is left says nothing to who does not know it already. */
START_TEST(g5_a_mark_names_nobody)
{
	const struct dirent *d;
	int files = 0;

	house_open(&h);
	mark("alice", 1000);
	int fd = openat(h.state.folder, "former", O_RDONLY | O_DIRECTORY);
	DIR *dir = fdopendir(fd);
	ck_assert_ptr_nonnull(dir);
	while ((d = readdir(dir))) {
		struct stat st;
		if (d->d_name[0] == '.')
			continue;
		files++;
		ck_assert_uint_eq(strlen(d->d_name), 32);
		ck_assert_uint_eq(strspn(d->d_name, "0123456789abcdef"), 32);
		ck_assert_int_eq(fstatat(fd, d->d_name, &st, 0), 0);
		ck_assert_int_le(st.st_size, 1);
		ck_assert_int_eq(st.st_mode & 0777, 0600);
	}
	ck_assert_int_eq(files, 1);
	closedir(dir);
	house_close(&h);
}
END_TEST

START_TEST(c3_a_folder_that_cannot_be_judged_is_no_empty_one)
{
	struct fault f = FAULT_INIT;
	bool is;

	house_open(&h);
	mark("alice", 1000);
	ck_assert_int_eq(fchmodat(h.state.folder, "former", 0777, 0), 0);
	ck_assert_int_eq(former_look(&h.state, &h.account, &is, &f), -1);
	ck_assert(is);
	ck_assert_int_eq(former_mark(&h.state, &h.account, &f), -1);
	ck_assert_int_eq(renameat(h.state.folder, "former", h.state.folder, "x"), 0);
	ck_assert_int_eq(symlinkat("x", h.state.folder, "former"), 0);
	f = (struct fault)FAULT_INIT;
	ck_assert_int_eq(former_look(&h.state, &h.account, &is, &f), -1);
	ck_assert_int_ne(f.class, FAULT_NONE);
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("former");
	TCase *t = tcase_create("former");
	tcase_add_test(t, who_is_marked_and_nobody_else);
	tcase_add_test(t, g5_a_mark_names_nobody);
	tcase_add_test(t, c3_a_folder_that_cannot_be_judged_is_no_empty_one);
	suite_add_tcase(s, t);
	return s;
}
