#include "cli/description.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

static int read_text(const char *text, struct description *d, struct fault *f)
{
	struct consult_answer answer = { .text = strdup(text), .len = strlen(text) };
	int rc = description_read(&answer, d, f);

	ck_assert_ptr_null(answer.text);
	return rc;
}

START_TEST(all_of_it)
{
	struct description d;
	struct fault f = FAULT_INIT;
	char calls[32];

	ck_assert_int_eq(
		read_text(
			"name=x\nfile=/etc/x.conf\nkind=http\nvendor=V\ndoc=D\nconfidence=C\n"
			"uncertain=U\nweak=W\nnotes=N\ncalls=send poll\n"
			"variable=key\nvariable.required=yes\nvariable.secret=yes\nvariable.kind="
			"text\n"
			"variable.doc=a = b\n"
			"variable=a\nvariable.required=no\nvariable.secret=no\nvariable.kind=url\n"
			"variable.fallback=\nvariable.must=m\n"
			"variable=b\nvariable.required=no\nvariable.secret=no\nvariable.kind=text\n"
			"one_of=a b\nend=\n",
			&d, &f),
		0);
	ck_assert_str_eq(d.name, "x");
	ck_assert_str_eq(d.file, "/etc/x.conf");
	ck_assert_str_eq(d.kind, "http");
	ck_assert_str_eq(d.vendor, "V");
	ck_assert_str_eq(d.doc, "D");
	ck_assert_str_eq(d.confidence, "C");
	ck_assert_str_eq(d.uncertain, "U");
	ck_assert_str_eq(d.weak, "W");
	ck_assert_str_eq(d.notes, "N");
	ck_assert_str_eq(d.fault, "");
	ck_assert_str_eq(description_calls(&d, calls, sizeof(calls)), "sms reports");
	ck_assert_uint_eq(d.nvariables, 3);
	ck_assert(d.variables[0].required && d.variables[0].secret && !d.variables[0].has_fallback);
	ck_assert_str_eq(d.variables[0].doc, "a = b");
	ck_assert(
		!d.variables[1].required && !d.variables[1].secret && d.variables[1].has_fallback);
	ck_assert_str_eq(d.variables[0].must, "");
	ck_assert_str_eq(d.variables[1].must, "m");
	ck_assert_str_eq(d.variables[1].kind, "url");
	ck_assert_uint_eq(d.nsets, 1);
	ck_assert_uint_eq(d.sets[0], 6);
	description_close(&d);
}
END_TEST

START_TEST(a_fault)
{
	struct description d;
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(read_text("name=x\nfault=x.conf:3: no\nend=\n", &d, &f), 0);
	ck_assert_str_eq(d.fault, "x.conf:3: no");
	ck_assert_str_eq(d.file, "");
	ck_assert_str_eq(d.vendor, "");
	description_close(&d);
}
END_TEST

static const char *const broken[] = {
	"",
	"name=x\n",
	"name=x\nend=",
	"name=x\nend=\nname=y\n",
	"name=x\nend=\n\n",
	"nothing\nend=\n",
	"colour=red\nend=\n",
	"calls=send fly\nend=\n",
	"variable.required=yes\nend=\n",
	"variable=\nend=\n",
	"variable=a\nvariable.required=true\nend=\n",
	"variable=a\nvariable.colour=red\nend=\n",
	"one_of=a b\nend=\n",
	"variable=a\none_of=a b\nend=\n",
	"=\nend=\n",
};

START_TEST(c7_nothing_of_an_answer_that_is_not_whole)
{
	struct description d;
	struct fault f = FAULT_INIT;

	ck_assert_msg(read_text(broken[_i], &d, &f) == -1, "%s", broken[_i]);
	ck_assert_int_eq(f.class, FAULT_PEER);
	ck_assert_ptr_null(d.answer.text);
}
END_TEST

START_TEST(more_than_there_is_room_for)
{
	char text[4096] = "";
	struct description d;
	struct fault f = FAULT_INIT;

	for (int i = 0; i < DESCRIPTION_VARIABLES_MAX; i++)
		sprintf(text + strlen(text), "variable=v%d\n", i);
	size_t len = strlen(text);
	strcat(text, "end=\n");
	ck_assert_int_eq(read_text(text, &d, &f), 0);
	description_close(&d);
	strcpy(text + len, "variable=x\nend=\n");
	ck_assert_int_eq(read_text(text, &d, &f), -1);
	text[len] = 0;
	for (int i = 0; i <= DESCRIPTION_SETS_MAX; i++)
		strcat(text, "one_of=v0 v1\n");
	strcat(text, "end=\n");
	ck_assert_int_eq(read_text(text, &d, &f), -1);
}
END_TEST

static const struct {
	const char *text, *clean;
} texts[] = {
	{ "plain \xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80",
		"plain \xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80" },
	{ "\x1b[2J\n\t\x7f", "?[2J???" },
	{ "\xc2\x9b\x33\x31m", "??31m" },
	{ "\xc2\xa0", "\xc2\xa0" },
	{ "a\xff\xc3", "a??" },
	{ "\xc0\xaf\xe0\x80\xaf", "?????" },
	{ "\xed\xa0\x80", "???" },
	{ "\xf4\x90\x80\x80", "????" },
	{ "\xe2\x80\xae"
	  "evil",
		"???evil" },
	{ "\xe2\x81\xa6", "???" },
	{ "\xe2\x80\x93", "\xe2\x80\x93" },
	{ "\xe2\x80", "??" },
};

START_TEST(what_may_stand_on_a_terminal)
{
	char text[64];

	snprintf(text, sizeof(text), "%s", texts[_i].text);
	description_clean(text);
	ck_assert_str_eq(text, texts[_i].clean);
}
END_TEST

START_TEST(values_are_cleaned)
{
	struct description d;
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(read_text("vendor=\x1b[2J\nend=\n", &d, &f), 0);
	ck_assert_str_eq(d.vendor, "?[2J");
	description_close(&d);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("description");
	TCase *t = tcase_create("description");

	tcase_add_test(t, all_of_it);
	tcase_add_test(t, a_fault);
	tcase_add_loop_test(t, c7_nothing_of_an_answer_that_is_not_whole, 0,
		sizeof(broken) / sizeof(broken[0]));
	tcase_add_test(t, more_than_there_is_room_for);
	tcase_add_loop_test(t, what_may_stand_on_a_terminal, 0, sizeof(texts) / sizeof(texts[0]));
	tcase_add_test(t, values_are_cleaned);
	suite_add_tcase(s, t);
	return s;
}
