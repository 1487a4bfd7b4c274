/* The words for a place; that they are about the right one, tests/integration/test_devices.py shows. */
#include "cli/whereabouts.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "unit.h"

enum { AT_S = 1700000000 };

static const struct {
	struct whereabouts w;
	const char *text;
} cases[] = {
	{ { .place = VERDICT_PLACE_NONE, .until_s = AT_S }, "none that could be known again" },
	{ { .place = VERDICT_PLACE_NEW }, "new; this service remembers none (`remember`)" },
	{ { .place = VERDICT_PLACE_KNOWN }, "known; this service remembers none (`remember`)" },
	{ { .place = VERDICT_PLACE_NEW, .remember_s = 28800 },
		"new; remembered for 8 h after a right code" },
	{ { .place = VERDICT_PLACE_REMEMBERED, .remember_s = 60, .until_s = AT_S, .spared = true },
		"remembered until 2023-11-14 22:13:20: would not be asked until then" },
	{ { .place = VERDICT_PLACE_KNOWN, .remember_s = 60, .until_s = AT_S },
		"remembered until 2023-11-14 22:13:20, which spares nobody who is blocked or "
		"locked, or brings no first factor" },
};

START_TEST(the_words)
{
	char text[512];

	setenv("TZ", "UTC", 1);
	tzset();
	ck_assert_str_eq(whereabouts_text(&cases[_i].w, text, sizeof text), cases[_i].text);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("whereabouts");
	TCase *t = tcase_create("whereabouts");

	tcase_add_loop_test(t, the_words, 0, sizeof cases / sizeof cases[0]);
	suite_add_tcase(s, t);
	return s;
}
