#include "cli/pam_stack.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "unit.h"

static struct pam_stack stack;
static char first[256], second[256];

static void put(const char *folder, const char *name, const char *text)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	ck_assert(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void folders(void)
{
	snprintf(first, sizeof(first), "%s/etc", unit_folder());
	snprintf(second, sizeof(second), "%s/vendor", unit_folder());
	mkdir(first, 0700);
	mkdir(second, 0700);
	put(first, "a", "auth required 1.so\n@include b\naccount required x.so\nauth substack c\nauth required 9.so\n");
	put(second, "b", "account required y.so\nauth required 2.so\nauth include d\n");
	put(first, "c", "auth required 4.so\nauth substack d\n-auth required 5.so\nsession required z.so\n");
	put(first, "d", "auth required 3.so\nouch required u.so\n");
	put(second, "d", "auth required never.so\n");
	put(first, "other", "auth required deny.so\npassword required other.so\n");
	put(first, "loop", "auth include loop\n");
	put(first, "gone", "account required x.so\n@include nothing\nauth required 1.so\n");
	put(first, "open", "auth required 1.so\nauth required \\\n");
}

static int read_one(const char *service, enum pam_line_type type, struct fault *f, char said[512])
{
	struct pam_stack_place place = { { first, second } };
	struct text_line t;
	int rc = pam_stack_read(&place, service, type, &stack, f);

	text_begin(&t, said, 512);
	for (size_t i = 0; rc == 0 && i < stack.n; i++)
		text_add(&t, "%s%u%s:%s", i ? " " : "", stack.at[i].level, stack.at[i].gate ? "*" : stack.at[i].line.wrong ? "!" : "",
			stack.at[i].line.module);
	return rc;
}

START_TEST(included)
{
	struct fault f = FAULT_INIT;
	char said[512];

	folders();
	ck_assert_int_eq(read_one("a", PAM_LINE_AUTH, &f, said), 0);
	/* the unreadable line of d belongs to the type that was asked for */
	ck_assert_str_eq(said, "0:1.so 0:2.so 0:3.so 0!:u.so 0*:c 1:4.so 1*:d 2:3.so 2!:u.so 1:5.so 0:9.so");
	ck_assert(text_starts(stack.at[1].file, second));
	ck_assert_int_eq(stack.at[1].line.number, 2);
	ck_assert(stack.at[9].line.quiet && !stack.other);
	ck_assert_int_eq(read_one("a", PAM_LINE_ACCOUNT, &f, said), 0);
	ck_assert_str_eq(said, "0:y.so 0:x.so");
}
END_TEST

START_TEST(fallbacks)
{
	struct fault f = FAULT_INIT;
	char said[512];

	folders();
	ck_assert_int_eq(read_one("a", PAM_LINE_PASSWORD, &f, said), 0);
	ck_assert(stack.other);
	ck_assert_str_eq(said, "0:other.so");
	ck_assert_int_eq(read_one("nobody", PAM_LINE_AUTH, &f, said), 0);
	ck_assert(stack.other);
	ck_assert_int_eq(read_one("nobody", PAM_LINE_ACCOUNT, &f, said), -1);
	ck_assert_int_eq(f.class, FAULT_ABSENT);
}
END_TEST

START_TEST(refused)
{
	struct fault f = FAULT_INIT;
	char said[512];

	folders();
	ck_assert_int_eq(read_one("gone", PAM_LINE_AUTH, &f, said), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
	ck_assert_ptr_nonnull(strstr(f.text, "gone:2: nothing"));
	ck_assert_int_eq(read_one("open", PAM_LINE_AUTH, &f, said), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
	/* it ends, and fails */
	ck_assert_int_eq(read_one("loop", PAM_LINE_AUTH, &f, said), 0);
	ck_assert_uint_eq(stack.n, 1);
	ck_assert_ptr_nonnull(stack.at[0].line.wrong);
}
END_TEST

START_TEST(too_long)
{
	static char text[PAM_STACK_LINES * 32];
	struct fault f = FAULT_INIT;
	char said[512];
	size_t len = 0;

	folders();
	for (int i = 0; i < PAM_STACK_LINES - 1; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "auth required a.so\n");
	put(first, "long", text);
	ck_assert_int_eq(read_one("long", PAM_LINE_AUTH, &f, said), 0);
	snprintf(text + len, sizeof(text) - len, "auth required a.so\n");
	put(first, "long", text);
	ck_assert_int_eq(read_one("long", PAM_LINE_AUTH, &f, said), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("pam_stack");
	TCase *t = tcase_create("pam_stack");

	tcase_add_test(t, included);
	tcase_add_test(t, fallbacks);
	tcase_add_test(t, refused);
	tcase_add_test(t, too_long);
	suite_add_tcase(s, t);
	return s;
}
