#include "sender/printout.h"

#include <string.h>

#include "unit.h"

static const struct {
	const char *name, *value, *line;
} values[] = {
	{ "plain", "a b=c", "k=a b=c\n" },
	{ "empty", "", "k=\n" },
	{ "beyond ASCII", "Zürich \xe2\x82\xac", "k=Zürich \xe2\x82\xac\n" },
	{ "a newline", "a\nb=c", "k=a?b=c\n" },
	{ "an escape", "\x1b[2J\x7f", "k=?[2J?\n" },
	{ "C1",
		"\xc2\x9b"
		"31m",
		"k=?31m\n" },
	{ "a separator of lines",
		"a\xe2\x80\xa8"
		"b",
		"k=a?b\n" },
	{ "a turned direction",
		"a\xe2\x80\xae"
		"b\xe2\x81\xa6"
		"c",
		"k=a?b?c\n" },
	{ "not UTF-8", "a\xff\xc3", "k=a??\n" },
};

START_TEST(what_a_line_may_hold)
{
	struct buffer b = { 0 };
	printout_line(&b, "k", values[_i].value);
	ck_assert_msg(!strcmp(buffer_string(&b), values[_i].line), "%s: %s", values[_i].name,
		buffer_string(&b));
	buffer_wipe(&b);
}
END_TEST

static const struct {
	const char *text, *lines;
} texts[] = {
	{ "", "k=\n" },
	{ "a", "k=a\n" },
	{ "a\n", "k=a\n" },
	{ "a\nb", "k=a\nk=b\n" },
	{ "a\r\n\r\nb\r\n", "k=a\nk=\nk=b\n" },
	{ "a\rb", "k=a?b\n" },
	/* the last byte of a line must not reach into the next */
	{ "\xc3\n\xa4", "k=?\nk=?\n" },
};

START_TEST(a_text_in_lines)
{
	struct buffer b = { 0 };
	printout_lines(&b, "k", texts[_i].text);
	ck_assert_str_eq(buffer_string(&b), texts[_i].lines);
	buffer_wipe(&b);
}
END_TEST

START_TEST(the_end)
{
	struct buffer b = { 0 };
	printout_end(&b);
	ck_assert_str_eq(buffer_string(&b), "end=\n");
	buffer_wipe(&b);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("printout");
	TCase *t = tcase_create("printout");
	tcase_add_loop_test(t, what_a_line_may_hold, 0, sizeof values / sizeof *values);
	tcase_add_loop_test(t, a_text_in_lines, 0, sizeof texts / sizeof *texts);
	tcase_add_test(t, the_end);
	suite_add_tcase(s, t);
	return s;
}
