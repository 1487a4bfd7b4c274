#include "cli/pam_line.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "unit.h"

/* A line, and what becomes of it: "kind type -? number control|module|argument|...; wrong?". */
static const struct {
	const char *text, *said;
} cases[] = {
	{ "auth required pam_a.so\n", "M auth 1 required|pam_a.so" },
	{ "-auth required pam_a.so", "M -auth 1 required|pam_a.so" },
	{ "\n# x\n  auth\trequired\tpam_a.so a b=c # d\n", "M auth 3 required|pam_a.so|a|b=c" },
	{ "AUTH Required pam_a.so", "M auth 1 Required|pam_a.so" },
	{ "password include common", "I password 1 include|common" },
	{ "session substack common", "S session 1 substack|common" },
	{ "@include common # x", "I any 1 @include|common" },
	{ "@include", "I any 1 @include|" },
	{ "account [success=1 default=ignore] pam_a.so [a b\\]c] d", "M account 1 success=1 default=ignore|pam_a.so|a b]c|d" },
	{ "auth [default=ok]pam_a.so []", "M auth 1 default=ok|pam_a.so|" },
	{ "auth \\\n# x\n\n required \\\n pam_a.so\n", "M auth 1 required|pam_a.so" },
	{ "auth required pam_a.so \\ # x\nauth", "M auth 1 required|pam_a.so|\\" },
	{ "auth required pam_a.so [a#b]\n", "M auth 1 required|pam_a.so|a" },
	{ "auth", "F auth 1 |; no control" },
	{ "auth required", "F auth 1 required|; no module" },
	{ "auth include", "I auth 1 include|" },
	{ "ouch required pam_a.so", "F auth 1 required|pam_a.so; a type" },
	{ "- required pam_a.so", "F -auth 1 required|pam_a.so; a type" },
	{ "auth requird pam_a.so", "M auth 1 requird|pam_a.so; a control" },
	{ "auth [succes=ok] pam_a.so", "M auth 1 succes=ok|pam_a.so; brackets with a return value that" },
	{ "auth [success:ok] pam_a.so", "M auth 1 success:ok|pam_a.so; brackets with a return value without" },
	{ "auth [success=fine] pam_a.so", "M auth 1 success=fine|pam_a.so; brackets with an action" },
	{ "auth [success=0] pam_a.so", "M auth 1 success=0|pam_a.so; brackets with an action" },
	{ "", "0" },
	{ "\n # \n", "0" },
	{ "auth required \\\n", "-1" },
};

START_TEST(lines)
{
	static struct pam_line l;
	const char *at = cases[_i].text, *cut;
	char said[512];
	struct text_line t;
	int number = 0, rc = pam_line_next(&at, &number, PAM_LINE_ANY, &l);

	text_begin(&t, said, sizeof(said));
	if (rc != 1)
		text_add(&t, "%d", rc);
	else
		text_add(&t, "%c %s%s %d %s|%s", "FMIS"[l.kind], l.quiet ? "-" : "", pam_line_type_name(l.type), l.number, l.control, l.module);
	for (size_t k = 0; rc == 1 && k < l.argc; k++)
		text_add(&t, "|%s", l.argv[k]);
	cut = strstr(cases[_i].said, "; ");
	ck_assert_msg(strlen(said) == (cut ? (size_t)(cut - cases[_i].said) : strlen(cases[_i].said)) &&
			      strncmp(said, cases[_i].said, strlen(said)) == 0,
		"%s: %s", cases[_i].text, said);
	ck_assert_msg(rc != 1 || (l.wrong != NULL) == (cut != NULL), "%s: %s", cases[_i].text, l.wrong);
	ck_assert_msg(!cut || text_starts(l.wrong, cut + 2), "%s: %s", cases[_i].text, l.wrong);
}
END_TEST

static void read_one(const char *control, struct pam_line *l)
{
	char text[256];
	const char *at = text;
	int number = 0;

	snprintf(text, sizeof(text), "auth %s pam_a.so a=1 b", control);
	ck_assert_int_eq(pam_line_next(&at, &number, PAM_LINE_ANY, l), 1);
}

/* success, new_authtok_reqd, ignore, auth_err */
static const struct {
	const char *control;
	int success, due, ignore, error;
} controls[] = {
	{ "required", PAM_LINE_OK, PAM_LINE_OK, PAM_LINE_PASS, PAM_LINE_BAD },
	{ "requisite", PAM_LINE_OK, PAM_LINE_OK, PAM_LINE_PASS, PAM_LINE_DIE },
	{ "sufficient", PAM_LINE_DONE, PAM_LINE_DONE, PAM_LINE_PASS, PAM_LINE_PASS },
	{ "optional", PAM_LINE_OK, PAM_LINE_OK, PAM_LINE_PASS, PAM_LINE_PASS },
	{ "[success=ok]", PAM_LINE_OK, PAM_LINE_BAD, PAM_LINE_BAD, PAM_LINE_BAD },
	{ "[default=2 success=done]", PAM_LINE_DONE, 2, 2, 2 },
	{ "[auth_err=reset default=die ignore=ignore]", PAM_LINE_DIE, PAM_LINE_DIE, PAM_LINE_PASS, PAM_LINE_RESET },
	{ "[default=ok default=bad]", PAM_LINE_OK, PAM_LINE_OK, PAM_LINE_OK, PAM_LINE_OK },
	{ "[success=okdefault=ignore]", PAM_LINE_OK, PAM_LINE_PASS, PAM_LINE_PASS, PAM_LINE_PASS },
	{ "[success=ok default=99999999999999]", PAM_LINE_OK, 99999, 99999, 99999 },
	{ "[success=ok what=ok]", PAM_LINE_BAD, PAM_LINE_BAD, PAM_LINE_BAD, PAM_LINE_BAD },
	{ "nonsense", PAM_LINE_BAD, PAM_LINE_BAD, PAM_LINE_BAD, PAM_LINE_BAD },
};

START_TEST(actions)
{
	static struct pam_line l;

	read_one(controls[_i].control, &l);
	ck_assert_int_eq(l.action[PAM_LINE_SUCCESS], controls[_i].success);
	ck_assert_int_eq(l.action[PAM_LINE_NEW_AUTHTOK_REQD], controls[_i].due);
	ck_assert_int_eq(l.action[PAM_LINE_IGNORE], controls[_i].ignore);
	ck_assert_int_eq(l.action[PAM_LINE_AUTH_ERR], controls[_i].error);
	ck_assert_str_eq(pam_line_argument(&l, "a="), "1");
	ck_assert_str_eq(pam_line_argument(&l, "b"), "");
	ck_assert_ptr_null(pam_line_argument(&l, "a"));
}
END_TEST

/* A text of any bytes: every line ends, and within its buffer. */
START_TEST(rubbish)
{
	static struct pam_line l;
	static const char bits[] = "auth[]\\\n #=@-sucesdfl1required \t\r";
	uint64_t at = 0x9e3779b97f4a7c15u;
	static char text[4000];

	for (size_t k = 0; k < 3000; k++) {
		const char *from = text;
		int number = 0;
		size_t len = k % (sizeof(text) - 1);

		for (size_t i = 0; i < len; i++) {
			at ^= at << 13;
			at ^= at >> 7;
			at ^= at << 17;
			text[i] = bits[(at >> 40) % (sizeof(bits) - 1)];
		}
		text[len] = 0;
		while (pam_line_next(&from, &number, PAM_LINE_AUTH, &l) == 1) {
			ck_assert(l.module >= l.text || l.module[0] == 0);
			ck_assert_ptr_nonnull(memchr(l.text, 0, sizeof(l.text)));
		}
	}
	memset(text, 'a', sizeof(text) - 1);
	const char *from = text;
	int number = 0;
	ck_assert_int_eq(pam_line_next(&from, &number, PAM_LINE_AUTH, &l), -1);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("pam_line");
	TCase *t = tcase_create("pam_line");

	tcase_add_loop_test(t, lines, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_loop_test(t, actions, 0, sizeof(controls) / sizeof(controls[0]));
	tcase_add_test(t, rubbish);
	suite_add_tcase(s, t);
	return s;
}
