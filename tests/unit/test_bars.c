#include "cli/bars.h"

#include <string.h>

#include "unit.h"

static const struct {
	uint64_t value, most;
	unsigned width;
	bool blocks;
	const char *bar;
} cases[] = {
	{ 0, 10, 10, false, "" },
	{ 10, 10, 10, false, "##########" },
	{ 5, 10, 10, false, "#####" },
	{ 1, 1000, 10, false, "#" },
	{ 999, 1000, 10, false, "##########" },
	{ 20, 10, 4, false, "####" },
	{ 0, 0, 10, false, "" },
	{ 1, 1, 0, false, "" },
	{ 8, 8, 2, true, "██" },
	{ 4, 8, 1, true, "▌" },
	{ 1, 8, 1, true, "▏" },
	{ 7, 8, 1, true, "▉" },
	{ 1, 1000, 4, true, "▏" },
	{ 5, 8, 2, true, "█▎" },
	{ UINT64_MAX, UINT64_MAX, 3, true, "███" },
};

START_TEST(lengths)
{
	char out[BARS_MAX];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		ck_assert_str_eq(bars_draw(cases[i].value, cases[i].most, cases[i].width, cases[i].blocks, out),
			cases[i].bar);
	ck_assert_uint_eq(strlen(bars_draw(1, 1, 1000, true, out)), BARS_MAX - 1);
}
END_TEST

START_TEST(locales)
{
	ck_assert(bars_can_blocks(NULL, NULL, "en_US.UTF-8"));
	ck_assert(bars_can_blocks("C.utf8", NULL, "C"));
	ck_assert(bars_can_blocks("", "de_DE.UTF-8", "C"));
	ck_assert(!bars_can_blocks("C", "en_US.UTF-8", "en_US.UTF-8"));
	ck_assert(!bars_can_blocks(NULL, "de_DE", "en_US.UTF-8"));
	ck_assert(!bars_can_blocks(NULL, NULL, NULL));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("bars");
	TCase *t = tcase_create("bars");
	tcase_add_test(t, lengths);
	tcase_add_test(t, locales);
	suite_add_tcase(s, t);
	return s;
}
