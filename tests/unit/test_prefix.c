#include "core/prefix.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static struct settings settings;
static struct site site;

static void begin(size_t n, const char *const *prefixes)
{
	memset(&settings, 0, sizeof settings);
	site_init(&site);
	for (size_t i = 0; i < n; i++)
		strcpy(settings.prefixes[i], prefixes[i]);
	settings.nprefixes = n;
}

START_TEST(b5_the_longest_of_several)
{
	static const char *const list[] = { "+49", "+4", "+1", "+1876" };
	static const struct {
		const char *number, *prefix;
	} cases[] = {
		{ "+491701234567", "+49" },
		{ "+447700900123", "+4" },
		{ "+12025550123", "+1" },
		{ "+18765550123", "+1876" },
		{ "+33612345678", "" },
	};

	begin(4, list);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		ck_assert_str_eq(prefix_of(&settings, cases[i].number), cases[i].prefix);
	/* the only one would count what "all" counts */
	begin(1, list);
	ck_assert_str_eq(prefix_of(&settings, "+491701234567"), "");
}
END_TEST

START_TEST(an_entry_is_made_once_and_kept)
{
	static const char *const list[] = { "+49", "+1" };

	begin(2, list);
	ck_assert_ptr_null(prefix_look(&site, "+49"));
	ck_assert_ptr_null(prefix_look(&site, ""));
	ck_assert_ptr_null(prefix_entry(&site, &settings, ""));
	struct site_prefix *a = prefix_entry(&site, &settings, "+49");
	ck_assert_ptr_nonnull(a);
	meter_turn(&a->sends[0], 3600, 1700000000);
	meter_add(&a->sends[0]);
	ck_assert_ptr_ne(prefix_entry(&site, &settings, "+1"), a);
	ck_assert_ptr_eq(prefix_entry(&site, &settings, "+49"), a);
	ck_assert_ptr_eq(prefix_look(&site, "+49"), a);
	ck_assert_uint_eq(meter_sum(&a->sends[0]), 1);
}
END_TEST

START_TEST(b5_a_full_table_gives_up_what_the_settings_gave_up)
{
	static const char *const list[] = { "+49", "+1" };
	char name[PHONE_MAX + 1];

	begin(2, list);
	for (int i = 0; i < SITE_PREFIXES; i++) {
		snprintf(name, sizeof name, i == 0 ? "+49" : "+3%02d", i);
		strcpy(site.prefixes[i].prefix, name);
		site.prefixes[i].sends[0].window_s = 3600;
		site.prefixes[i].sends[0].counts[0] = 7;
	}
	struct site_prefix *fresh = prefix_entry(&site, &settings, "+1");
	ck_assert_ptr_eq(fresh, &site.prefixes[1]);
	ck_assert_uint_eq(meter_sum(&fresh->sends[0]), 0);
	ck_assert_uint_eq(meter_sum(&prefix_look(&site, "+49")->sends[0]), 7);
	/* all of them are the settings': there is no room for a stranger, and none is lost */
	for (int i = 0; i < SITE_PREFIXES; i++)
		strcpy(settings.prefixes[i], site.prefixes[i].prefix);
	settings.nprefixes = SITE_PREFIXES;
	ck_assert_ptr_null(prefix_entry(&site, &settings, "+999"));
	ck_assert_uint_eq(meter_sum(&prefix_look(&site, "+49")->sends[0]), 7);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("prefix");
	TCase *t = tcase_create("prefix");

	tcase_add_test(t, b5_the_longest_of_several);
	tcase_add_test(t, an_entry_is_made_once_and_kept);
	tcase_add_test(t, b5_a_full_table_gives_up_what_the_settings_gave_up);
	suite_add_tcase(s, t);
	return s;
}
