#include "core/message_offline.h"

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

enum { ALL = MESSAGE_RECOVERY | MESSAGE_APP | MESSAGE_ISSUED };

START_TEST(every_set_has_its_own_name_for_every_use)
{
	speak(_i);
	for (int use = 0; use < MESSAGE_OFFLINE_USES; use++)
		for (unsigned a = 1; a <= ALL; a++) {
			const char *name = message_offline_name(a, (enum message_offline_use)use);
			ck_assert_uint_gt(strlen(name), 0);
			for (unsigned b = 1; b < a; b++)
				ck_assert_str_ne(name,
					message_offline_name(b, (enum message_offline_use)use));
		}
}
END_TEST

START_TEST(what_is_no_set_has_a_name)
{
	ck_assert_str_eq(message_offline_name(0, MESSAGE_OFFLINE_TYPED), "a recovery code");
	ck_assert_str_eq(message_offline_name(ALL + 1, MESSAGE_OFFLINE_ASKED), "Recovery code");
	ck_assert_str_eq(message_offline_name(ALL, MESSAGE_OFFLINE_NONE_WORKS),
		"No recovery, app or issued code");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("message_offline");
	TCase *t = tcase_create("message_offline");

	tcase_add_loop_test(t, every_set_has_its_own_name_for_every_use, LANGUAGE_EN, LANGUAGE_COUNT);
	tcase_add_test(t, what_is_no_set_has_a_name);
	suite_add_tcase(s, t);
	return s;
}
