#include "core/account.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdbool.h>
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

static void write_groups(char path[256], const char *text)
{
	snprintf(path, 256, "%s/group", unit_folder());
	FILE *out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
}

START_TEST(e7_groups_that_the_site_gave)
{
	static const struct account a = { .name = "_sms-otp", .uid = 110, .gid = 115 };
	char path[256], many[1024] = "";
	struct fault f = FAULT_INIT;
	gid_t out[ACCOUNT_GROUPS_MAX];
	size_t n = 9;

	write_groups(path, "root:x:0:_sms-otp\n_sms-otp:x:115:_sms-otp\nsmsd:x:105:alice,_sms-otp\n"
			   "dialout:x:20:alice,_sms-otpx\ngammu:x:106:_sms-otp,bob\nempty:x:30:\n");
	ck_assert_int_eq(account_groups(&a, path, out, &n, &f), 0);
	ck_assert_uint_eq(n, 2);
	ck_assert_uint_eq(out[0], 105);
	ck_assert_uint_eq(out[1], 106);
	for (int i = 0; i < ACCOUNT_GROUPS_MAX + 1; i++)
		snprintf(many + strlen(many), sizeof many - strlen(many), "g%d:x:%d:_sms-otp\n", i,
			1000 + i);
	write_groups(path, many);
	ck_assert_int_eq(account_groups(&a, path, out, &n, &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
	strrchr(many, 'g')[0] = '\0';
	write_groups(path, many);
	ck_assert_int_eq(account_groups(&a, path, out, &n, &f), 0);
	ck_assert_uint_eq(n, ACCOUNT_GROUPS_MAX);
	ck_assert_int_eq(account_groups(&a, "/no/such/file", out, &n, &f), 0);
	ck_assert_uint_eq(n, 0);
	ck_assert_int_eq(account_groups(&a, unit_folder(), out, &n, &f), -1);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	/* what is malformed is nobody's group; a last line may lack its end */
	write_groups(path, "\n:::\nx:x\nx:x:y:_sms-otp\nx:x::_sms-otp\nx:x:-5:_sms-otp\nx:x:4294967296:_sms-otp"
			   "\nx:x:1 :_sms-otp\nlast:x:77:_sms-otp");
	ck_assert_int_eq(account_groups(&a, path, out, &n, &f), 0);
	ck_assert_uint_eq(n, 1);
	ck_assert_uint_eq(out[0], 77);
}
END_TEST

struct roll {
	int n, stop_at;
	bool root;
};

static int call(void *ctx, const struct account *a)
{
	struct roll *r = ctx;

	r->n++;
	r->root = r->root || (a->uid == 0 && strcmp(a->name, "root") == 0);
	return r->n == r->stop_at ? 7 : 0;
}

START_TEST(the_walk_calls_everybody_until_it_is_stopped)
{
	struct roll all = { 0, -1, false }, one = { 0, 1, false };
	struct fault f = FAULT_INIT;

	ck_assert_msg(account_walk(call, &all, &f) == 0, "%s", f.text);
	ck_assert(all.root && all.n > 1);
	ck_assert_int_eq(account_walk(call, &one, &f), 7);
	ck_assert_int_eq(one.n, 1);
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
	tcase_add_test(t, e7_groups_that_the_site_gave);
	tcase_add_test(t, the_walk_calls_everybody_until_it_is_stopped);
	suite_add_tcase(s, t);
	return s;
}
