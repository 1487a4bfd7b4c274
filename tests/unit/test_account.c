#include "core/account.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>

#include "unit.h"

/* The link wraps getpwnam_r: a user database that fails, folds case, or wants a large buffer. */
static enum { REAL, BROKEN, FOLDING, LARGE } database = REAL;

int __real_getpwnam_r(const char *name, struct passwd *pw, char *buf, size_t size, struct passwd **found);
int __wrap_getpwnam_r(const char *name, struct passwd *pw, char *buf, size_t size, struct passwd **found);
int __wrap_getpwnam_r(const char *name, struct passwd *pw, char *buf, size_t size, struct passwd **found)
{
	*found = NULL;
	if (database == BROKEN)
		return EIO;
	if (database == FOLDING)
		name = "root";
	if (database == LARGE && size < 200000)
		return ERANGE;
	return __real_getpwnam_r(name, pw, buf, size, found);
}

START_TEST(d12_names)
{
	static const struct {
		const char *name;
		bool valid;
	} cases[] = {
		{ "alice", true }, { "a", true }, { "J.Doe", true }, { "DOM\\user", true }, { "x y", true },
		{ "", false }, { "-r", false }, { ".", false }, { "..", false }, { "a/b", false }, { "a\n", false },
		{ "a\x7f", false }, { "\x1b", false },
	};
	char longest[TALK_USER_MAX + 2];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		ck_assert_msg(account_name_valid(cases[i].name) == cases[i].valid, "%s", cases[i].name);
	memset(longest, 'a', sizeof longest);
	longest[TALK_USER_MAX] = '\0';
	ck_assert(account_name_valid(longest));
	longest[TALK_USER_MAX] = 'a';
	longest[TALK_USER_MAX + 1] = '\0';
	ck_assert(!account_name_valid(longest));
}
END_TEST

START_TEST(finds_root_both_ways)
{
	struct fault f = FAULT_INIT;
	struct account a;

	ck_assert_int_eq(account_find("root", &a, &f), 0);
	ck_assert_uint_eq(a.uid, 0);
	ck_assert_str_eq(a.name, "root");
	ck_assert_int_eq(account_find_uid(0, &a, &f), 0);
	ck_assert_str_eq(a.name, "root");
}
END_TEST

START_TEST(c3_absent_is_not_unknown)
{
	struct fault f = FAULT_INIT;
	struct account a;

	ck_assert_int_eq(account_find("no-such-user-here", &a, &f), -1);
	ck_assert_int_eq(f.class, FAULT_ABSENT);
	database = BROKEN;
	ck_assert_int_eq(account_find("root", &a, &f), -1);
	ck_assert_int_eq(f.class, FAULT_SYSTEM);
	ck_assert_int_eq(f.errnum, EIO);
	database = REAL;
}
END_TEST

START_TEST(d12_another_spelling_is_another_user)
{
	struct fault f = FAULT_INIT;
	struct account a;

	database = FOLDING;
	ck_assert_int_eq(account_find("ROOT", &a, &f), -1);
	ck_assert_int_eq(f.class, FAULT_ABSENT);
	ck_assert_str_eq(a.name, "");
	database = REAL;
}
END_TEST

START_TEST(large_entries_are_found)
{
	struct fault f = FAULT_INIT;
	struct account a;

	database = LARGE;
	ck_assert_int_eq(account_find("root", &a, &f), 0);
	database = REAL;
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("account");
	TCase *t = tcase_create("account");
	tcase_add_test(t, d12_names);
	tcase_add_test(t, finds_root_both_ways);
	tcase_add_test(t, c3_absent_is_not_unknown);
	tcase_add_test(t, d12_another_spelling_is_another_user);
	tcase_add_test(t, large_entries_are_found);
	suite_add_tcase(s, t);
	return s;
}
