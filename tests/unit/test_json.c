#include "cli/json.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

static char *text;
static size_t size;
static FILE *out;
static struct json j;

static void begin(void)
{
	out = open_memstream(&text, &size);
	ck_assert_ptr_nonnull(out);
	json_begin(&j, out);
}

static void same(const char *wanted)
{
	json_end(&j);
	fclose(out);
	ck_assert_str_eq(text, wanted);
	free(text);
}

START_TEST(commas_and_nesting)
{
	begin();
	json_open_object(&j, NULL);
	json_integer(&j, "a", INT64_MIN);
	json_boolean(&j, "b", true);
	json_open_array(&j, "c");
	json_string(&j, NULL, "x");
	json_open_object(&j, NULL);
	json_close_object(&j);
	json_close_array(&j);
	json_open_array(&j, "d");
	json_close_array(&j);
	json_string(&j, "e", NULL);
	json_close_object(&j);
	same("{\n  \"a\": -9223372036854775808,\n  \"b\": true,\n  \"c\": [\n    \"x\",\n    {}\n  "
	     "],\n"
	     "  \"d\": [],\n  \"e\": null\n}\n");
}
END_TEST

START_TEST(strings_are_escaped_and_always_utf8)
{
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ "", "\"\"\n" },
		{ "a\"b\\c", "\"a\\\"b\\\\c\"\n" },
		{ "\n\t\x01\x7f", "\"\\u000a\\u0009\\u0001\\u007f\"\n" },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
			"\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"\n" },
		{ "\xff", "\"\\ufffd\"\n" },                       /* no lead byte */
		{ "\xc3", "\"\\ufffd\"\n" },                       /* cut */
		{ "\xc0\xaf", "\"\\ufffd\\ufffd\"\n" },            /* overlong '/' */
		{ "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"\n" }, /* surrogate */
		{ "\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"\n" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin();
		json_string(&j, NULL, cases[i].text);
		same(cases[i].wanted);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("json");
	TCase *t = tcase_create("json");

	tcase_add_test(t, commas_and_nesting);
	tcase_add_test(t, strings_are_escaped_and_always_utf8);
	suite_add_tcase(s, t);
	return s;
}
