#include "core/message_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/language.h"
#include "unit.h"

static void speak(int l)
{
	static char folder[4096];
	struct fault f = FAULT_INIT;
	const char *top = getenv("top_builddir");

	if (top)
		snprintf(folder, sizeof folder, "%s/po/locale", top);
	else
		ck_assert_ptr_nonnull(realpath("po/locale", folder));
	language_folder(folder);
	ck_assert_msg(language_speak((enum language)l, &f) == 0, "%s", f.text);
}

static const char *listed(size_t n)
{
	static const char *const items[] = { "a", "b", "c", "d", "e", "f", "g" };
	static char out[MESSAGE_LIST_TEXT];
	struct message_list list = { .n = 0 };

	for (size_t i = 0; i < n; i++)
		message_list_add(&list, items[i]);
	message_list_words(&list, out);
	return out;
}

START_TEST(a_list_of_any_length)
{
	ck_assert_str_eq(listed(0), "");
	ck_assert_str_eq(listed(1), "a");
	ck_assert_str_eq(listed(2), "a, or b");
	ck_assert_str_eq(listed(3), "a, b, or c");
	ck_assert_str_eq(listed(6), "a, b, c, d, e, or f");
	ck_assert_str_eq(listed(7), "a, b, c, d, e, or f");
}
END_TEST

START_TEST(in_other_languages)
{
	static const char *const want[LANGUAGE_COUNT] = { [LANGUAGE_DE] = "a, b oder c",
		[LANGUAGE_FR] = "a, b ou c",
		[LANGUAGE_ES] = "a, b o c",
		[LANGUAGE_PT] = "a, b ou c" };

	speak(_i);
	ck_assert_str_eq(listed(3), want[_i]);
}
END_TEST

START_TEST(what_is_too_long_is_cut)
{
	char item[2 * MESSAGE_LIST_ITEM], out[MESSAGE_LIST_TEXT];
	struct message_list list = { .n = 0 };

	memset(item, 'x', sizeof item - 1);
	item[sizeof item - 1] = '\0';
	for (int i = 0; i < MESSAGE_LIST_MAX; i++)
		message_list_add(&list, item);
	ck_assert_uint_eq(strlen(list.items[0]), MESSAGE_LIST_ITEM - 1);
	message_list_words(&list, out);
	ck_assert_uint_lt(strlen(out), sizeof out);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("message_list");
	TCase *t = tcase_create("message_list");

	tcase_add_test(t, a_list_of_any_length);
	tcase_add_loop_test(t, in_other_languages, LANGUAGE_DE, LANGUAGE_COUNT);
	tcase_add_test(t, what_is_too_long_is_cut);
	suite_add_tcase(s, t);
	return s;
}
