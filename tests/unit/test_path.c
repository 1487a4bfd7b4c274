#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"

/* Below a fresh folder: a/b/c, a/file, a/link -> b, open (0777), open/x. %s is the fresh folder. */
static const struct {
	const char *path;
	const char *last; /* NULL: refused */
	enum fault_class class;
	const char *says;
} cases[] = {
	{ "/", ".", FAULT_NONE, "" },
	{ "//", ".", FAULT_NONE, "" },
	{ "/nowhere-at-all", "nowhere-at-all", FAULT_NONE, "" },
	{ "%s/a/b/c", "c", FAULT_NONE, "" },
	{ "%s//a/./b/c/", "c", FAULT_NONE, "" },
	{ "%s/a/b/absent", "absent", FAULT_NONE, "" },
	{ "%s/open", "open", FAULT_NONE, "" },
	{ "%s/sticky/x/y", "y", FAULT_NONE, "" },
	{ "relative/path", NULL, FAULT_BAD, "not an absolute path" },
	{ "", NULL, FAULT_BAD, "not an absolute path" },
	{ "%s/a/../a/b", NULL, FAULT_BAD, "'..'" },
	{ "%s/..", NULL, FAULT_BAD, "'..'" },
	{ "%s/a/absent/c", NULL, FAULT_ABSENT, "/a/absent: not there" },
	{ "%s/a/link/c", NULL, FAULT_DAMAGED, "/a/link: is a symbolic link, must be a folder" },
	{ "%s/a/file/c", NULL, FAULT_DAMAGED, "/a/file: is a regular file, must be a folder" },
	{ "%s/open/x/y", NULL, FAULT_DAMAGED, "/open: mode 0777 lets others write; chmod go-w " },
};

START_TEST(f1_every_component_is_judged)
{
	char here[128], path[256], command[512], last[NAME_MAX + 1];
	struct fault f = FAULT_INIT;
	int fd;

	snprintf(here, sizeof here, "%s/XXXXXX", unit_folder());
	ck_assert_ptr_nonnull(mkdtemp(here));
	snprintf(command, sizeof command,
		"cd %s && mkdir -p a/b/c open/x sticky/x && echo > a/file && ln -s b a/link && "
		"chmod 0777 open && "
		"chmod 1777 sticky",
		here);
	ck_assert_int_eq(system(command), 0);
	if (strncmp(cases[_i].path, "%s", 2) == 0)
		snprintf(path, sizeof path, "%s%s", here, cases[_i].path + 2);
	else
		snprintf(path, sizeof path, "%s", cases[_i].path);
	int rc = path_walk(path, 0, &fd, last, &f);
	ck_assert_int_eq(f.class, cases[_i].class);
	ck_assert_msg(strstr(f.text, cases[_i].says) != NULL, "%s: %s", path, f.text);
	if (cases[_i].last) {
		ck_assert_int_eq(rc, 0);
		ck_assert_str_eq(last, cases[_i].last);
		close(fd);
		return;
	}
	ck_assert_int_eq(rc, -1);
	ck_assert_int_eq(fd, -1);
}
END_TEST

START_TEST(a_component_too_long_is_refused)
{
	char path[NAME_MAX + 32], last[NAME_MAX + 1];
	struct fault f = FAULT_INIT;
	int fd;

	memset(path, 'a', sizeof path);
	path[0] = '/';
	path[NAME_MAX + 1] = '\0';
	ck_assert_int_eq(path_walk(path, 0, &fd, last, &f), 0);
	ck_assert_uint_eq(strlen(last), NAME_MAX);
	close(fd);
	path[NAME_MAX + 1] = 'a';
	path[NAME_MAX + 2] = '\0';
	ck_assert_int_eq(path_walk(path, 0, &fd, last, &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("path");
	TCase *t = tcase_create("path");

	tcase_add_loop_test(t, f1_every_component_is_judged, 0, sizeof cases / sizeof cases[0]);
	tcase_add_test(t, a_component_too_long_is_refused);
	suite_add_tcase(s, t);
	return s;
}
