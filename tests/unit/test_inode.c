#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/inode.h"

enum judge { PARENT, FOLDER, FILE_ };

static const struct inode_want secret = { .owner = 0, .forbid = 0077, .size = -1 };
static const struct inode_want plain = { .owner = 0, .forbid = 0022, .size = 10, .size_max = 20 };
static const struct inode_want short_one = { .owner = 0, .forbid = 0022, .size = -1, .size_max = 5 };
static const struct inode_want own = { .owner = 1000, .forbid = 0022, .size = -1 };

static const struct inode_want nothing = { .owner = 0, .forbid = 0, .size = -1 };

#define DIR_ S_IFDIR
#define REG  S_IFREG

static const struct {
	enum judge judge;
	const struct inode_want *want;
	mode_t mode;
	uid_t uid;
	nlink_t links;
	const char *text; /* "": good */
} cases[] = {
	{ PARENT, &secret, DIR_ | 0755, 0, 2, "" },
	{ PARENT, &secret, DIR_ | 0755, 1000, 2,
		"/p: owned by uid 1000, must be root; chown root /p" },
	{ PARENT, &secret, DIR_ | 0775, 0, 2, "/p: mode 0775 lets others write; chmod go-w /p" },
	{ PARENT, &secret, DIR_ | 0757, 0, 2, "/p: mode 0757 lets others write; chmod go-w /p" },
	{ PARENT, &secret, DIR_ | 01777, 0, 2, "" },
	{ PARENT, &secret, DIR_ | 01777, 1000, 2,
		"/p: owned by uid 1000, must be root; chown root /p" },
	{ PARENT, &own, DIR_ | 0755, 1000, 2, "" },
	{ PARENT, &own, DIR_ | 0755, 0, 2, "" },
	{ PARENT, &own, DIR_ | 0755, 1001, 2,
		"/p: owned by uid 1001, must be uid 1000; chown 1000 /p" },
	{ FOLDER, &secret, DIR_ | 0700, 0, 2, "" },
	{ FOLDER, &secret, DIR_ | 0710, 0, 2, "/p: mode 0710 is open to others; chmod go-rwx /p" },
	{ FOLDER, &plain, DIR_ | 0755, 0, 2, "" },
	{ FOLDER, &plain, DIR_ | 01777, 0, 2, "/p: mode 1777 lets others write; chmod go-w /p" },
	{ FOLDER, &nothing, DIR_ | 0720, 0, 2, "/p: mode 0720 lets others write; chmod go-w /p" },
	{ FOLDER, &own, DIR_ | 0755, 0, 2, "/p: owned by uid 0, must be uid 1000; chown 1000 /p" },
	{ FOLDER, &plain, REG | 0644, 0, 1,
		"/p: is a regular file, must be a folder; put the real one there" },
	{ FILE_, &secret, REG | 0600, 0, 1, "" },
	{ FILE_, &secret, REG | 0400, 0, 1, "" },
	{ FILE_, &secret, REG | 0604, 0, 1, "/p: mode 0604 is open to others; chmod go-rwx /p" },
	{ FILE_, &secret, REG | 0600, 0, 2,
		"/p: has 2 hard links, must have one; find -samefile and remove the others" },
	{ FILE_, &secret, REG | 0600, 0, 0,
		"/p: has 0 hard links, must have one; find -samefile and remove the others" },
	{ FILE_, &plain, REG | 0644, 0, 1, "" },
	{ FILE_, &plain, REG | 0664, 0, 1, "/p: mode 0664 lets others write; chmod go-w /p" },
	{ FILE_, &short_one, REG | 0644, 0, 1,
		"/p: 10 bytes long, at most 5 can be taken; make it shorter" },
	{ FILE_, &secret, DIR_ | 0700, 0, 2,
		"/p: is a folder, must be a regular file; put the real one there" },
	{ FILE_, &secret, S_IFIFO | 0600, 0, 1,
		"/p: is a FIFO, must be a regular file; put the real one there" },
	{ FILE_, &secret, S_IFCHR | 0600, 0, 1,
		"/p: is a device, must be a regular file; put the real one there" },
	{ FILE_, &secret, S_IFSOCK | 0600, 0, 1,
		"/p: is a socket, must be a regular file; put the real one there" },
	{ FILE_, &secret, S_IFLNK | 0777, 0, 1,
		"/p: is a symbolic link, must be a regular file; put the real one there" },
};

START_TEST(f1_the_table_of_judgements)
{
	struct stat st = { .st_mode = cases[_i].mode,
		.st_uid = cases[_i].uid,
		.st_nlink = cases[_i].links,
		.st_size = 10 };
	struct inode_name name = { -1, "/p/cut/off", 2 };
	struct fault f = FAULT_INIT;
	int rc = 7;

	switch (cases[_i].judge) {
	case PARENT:
		rc = inode_judge_parent(&st, cases[_i].want->owner, &name, &f);
		break;
	case FOLDER:
		rc = inode_judge_folder(&st, cases[_i].want, &name, &f);
		break;
	case FILE_:
		rc = inode_judge_file(&st, cases[_i].want, &name, &f);
		break;
	}
	ck_assert_str_eq(f.text, cases[_i].text);
	ck_assert_int_eq(rc, cases[_i].text[0] ? -1 : 0);
	ck_assert_int_eq(f.class, cases[_i].text[0] ? FAULT_DAMAGED : FAULT_NONE);
}
END_TEST

START_TEST(a_wrong_size_is_refused)
{
	struct stat st = { .st_mode = REG | 0600, .st_nlink = 1, .st_size = 11 };
	struct inode_name name = { -1, "/p", 2 };
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(inode_judge_file(&st, &plain, &name, &f), -1);
	ck_assert_str_eq(f.text, "/p: 11 bytes long, must be 10; restore it from a backup");
	st.st_size = 10;
	ck_assert_int_eq(inode_judge_file(&st, &plain, &name, &f), 0);
}
END_TEST

/* However long the path: its end and the remedy are there. */
START_TEST(long_paths_keep_their_end)
{
	struct stat st = { .st_mode = REG | 0666, .st_nlink = 1 };
	struct fault f = FAULT_INIT;
	char path[1000];

	memset(path, 'd', sizeof path);
	path[0] = '/';
	strcpy(path + sizeof path - 6, "/last");
	struct inode_name name = { -1, path, strlen(path) };
	ck_assert_int_eq(inode_judge_file(&st, &secret, &name, &f), -1);
	ck_assert_int_eq(strncmp(f.text, "...ddd", 6), 0);
	ck_assert_ptr_nonnull(strstr(f.text, "/last: mode 0666"));
	ck_assert_str_eq(f.text + strlen(f.text) - 5, "/last");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("inode");
	TCase *t = tcase_create("inode");

	tcase_add_loop_test(t, f1_the_table_of_judgements, 0, sizeof cases / sizeof cases[0]);
	tcase_add_test(t, a_wrong_size_is_refused);
	tcase_add_test(t, long_paths_keep_their_end);
	suite_add_tcase(s, t);
	return s;
}
