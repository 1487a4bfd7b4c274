#include "cli/rehearsed.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

static char *shown, *faults;

static int print(const char *lines, struct fault *f)
{
	char *text = strdup(lines);
	size_t n, m;
	FILE *out = open_memstream(&shown, &n), *bad = open_memstream(&faults, &m);
	int rc = rehearsed_print(text, out, bad, f);

	fclose(out);
	fclose(bad);
	free(text);
	return rc;
}

static const struct {
	const char *lines, *shown, *faults;
} cases[] = {
	{ "end=\n", "", "" },
	{ "fault=x.conf:3: no = no\nend=\n", "", "x.conf:3: no = no\n" },
	{ "call=send\nmethod=POST\nurl=https://a.example/?a=b\nheader=A: b\nnote=n\nbody=1\nbody=\n"
	  "body=2\ncall=check\nmethod=GET\nurl=https://a.example/\nend=\n",
		"send\n  POST https://a.example/?a=b\n  A: b\n  note: n\n\n  1\n  \n  2\n"
		"\ncheck\n  GET https://a.example/\n",
		"" },
	{ "call=send\nprogram=/bin/x\nargument=1\nstdin=t\nend=\n",
		"send\n  program: /bin/x\n  argument: 1\n  on its standard input:\n  t\n", "" },
	{ "call=send\nserver=s\ntls=starttls\nfrom=a\nto=b\nmessage=A: "
	  "b\nmessage=\nmessage=t\nend=\n",
		"send\n  server: s\n  TLS: starttls\n  envelope from: a\n  envelope to: b\n"
		"  the message:\n  A: b\n  \n  t\n",
		"" },
	{ "call=send\nurl=\x1b[2J\nend=\n", "send\n  ?[2J\n", "" },
};

START_TEST(lines)
{
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(print(cases[_i].lines, &f), 0);
	ck_assert_str_eq(shown, cases[_i].shown);
	ck_assert_str_eq(faults, cases[_i].faults);
	free(shown);
	free(faults);
}
END_TEST

static const char *const broken[] = { "", "call=send\n", "call=send\nend=", "end=\ncall=send\n",
	"call\nend=\n", "colour=red\nend=\n", "call=send\nfault=x\ncolour=red\nend=\n" };

START_TEST(c7_nothing_of_an_answer_that_is_not_whole)
{
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(print(broken[_i], &f), -1);
	ck_assert_int_eq(f.class, FAULT_PEER);
	ck_assert_str_eq(shown, "");
	ck_assert_str_eq(faults, "");
	free(shown);
	free(faults);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("rehearsed");
	TCase *t = tcase_create("rehearsed");

	tcase_add_loop_test(t, lines, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_loop_test(t, c7_nothing_of_an_answer_that_is_not_whole, 0,
		sizeof(broken) / sizeof(broken[0]));
	suite_add_tcase(s, t);
	return s;
}
