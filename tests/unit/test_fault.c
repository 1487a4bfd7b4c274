#include "base/fault.h"

#include <errno.h>
#include <string.h>

#include "unit.h"

START_TEST(set_always_fails_and_names_a_class)
{
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(fault_set(&f, FAULT_NONE, 0, "%s", ""), -1);
	ck_assert_int_ne(f.class, FAULT_NONE);
	ck_assert_str_eq(f.text, "unknown fault");
	ck_assert_int_eq(fault_set(&f, FAULT_BAD, 0, "line %d", 7), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
	ck_assert_str_eq(f.text, "line 7");
}
END_TEST

START_TEST(text_is_one_printable_line)
{
	struct fault f = FAULT_INIT;

	fault_set(&f, FAULT_BAD, 0, "a\nb\x1b[31m\xff");
	ck_assert_str_eq(f.text, "a?b?[31m?");
}
END_TEST

START_TEST(text_is_cut_not_overrun)
{
	struct fault f = FAULT_INIT;
	char longer[1000], out[40];

	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	fault_set(&f, FAULT_BAD, 0, "%s", longer);
	ck_assert_uint_eq(strlen(f.text), sizeof f.text - 1);
	fault_prefix(&f, "%s", longer);
	ck_assert_uint_eq(strlen(f.text), sizeof f.text - 1);
	ck_assert_uint_eq(strlen(fault_text(&f, out, sizeof out)), sizeof out - 1);
}
END_TEST

START_TEST(prefix_and_errno_words)
{
	struct fault f = FAULT_INIT;
	char out[200];

	fault_set(&f, FAULT_SYSTEM, ENOENT, "/x");
	ck_assert_int_eq(fault_prefix(&f, "key"), -1);
	ck_assert_str_eq(fault_text(&f, out, sizeof out), "key: /x: No such file or directory");
	f.errnum = 0;
	ck_assert_str_eq(fault_text(&f, out, sizeof out), "key: /x");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("fault");
	TCase *t = tcase_create("fault");
	tcase_add_test(t, set_always_fails_and_names_a_class);
	tcase_add_test(t, text_is_one_printable_line);
	tcase_add_test(t, text_is_cut_not_overrun);
	tcase_add_test(t, prefix_and_errno_words);
	suite_add_tcase(s, t);
	return s;
}
