#include "cli/invocation.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"

enum { WORDS = 10 };

struct words {
	char *w[WORDS + 1];
	int n;
	char text[256];
};

/* One command line, cut at its blanks. */
static void cut(const char *line, struct words *out)
{
	char *rest = out->text, *word;

	snprintf(out->text, sizeof(out->text), "%s", line);
	for (out->n = 0; out->n < WORDS && (word = strsep(&rest, " ")) != NULL; out->n++)
		out->w[out->n] = word;
	out->w[out->n] = NULL;
	optind = 0; /* getopt keeps its place between calls */
}

START_TEST(options_stand_before_and_after)
{
	static const char *const lines[] = {
		"sms-otp --json show alice --settings /f",
		"sms-otp show --settings=/f --json alice",
		"sms-otp --settings /f --json show alice",
		"sms-otp show alice --json --settings /f",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct fault f = FAULT_INIT;
		struct invocation a;
		struct words w;

		cut(lines[i], &w);
		ck_assert_msg(invocation_read(w.n, w.w, &a, &f) == 0, "%s: %s", lines[i], f.text);
		ck_assert_int_eq(a.command->id, COMMAND_SHOW);
		ck_assert_str_eq(a.operands[0], "alice");
		ck_assert(invocation_has(&a, OPTION_JSON));
		ck_assert_str_eq(invocation_value(&a, OPTION_SETTINGS), "/f");
		ck_assert_ptr_null(invocation_value(&a, OPTION_ROUTE));
	}
}
END_TEST

START_TEST(a_number_may_be_typed_with_blanks)
{
	struct fault f = FAULT_INIT;
	struct invocation a;
	struct words w;

	cut("sms-otp enroll alice +49 170 1234567 --unverified", &w);
	ck_assert_msg(invocation_read(w.n, w.w, &a, &f) == 0, "%s", f.text);
	ck_assert_str_eq(a.operands[0], "alice");
	ck_assert_str_eq(a.operands[1], "+49 170 1234567");
	ck_assert(invocation_has(&a, OPTION_UNVERIFIED));
}
END_TEST

START_TEST(what_is_wrong_is_said)
{
	static const struct {
		const char *line, *says;
	} cases[] = {
		{ "sms-otp shwo alice", "did you mean show?" },
		{ "sms-otp frobnicate", "sms-otp --help lists all" },
		{ "sms-otp show", "show needs USER" },
		{ "sms-otp enroll alice", "enroll needs USER NUMBER" },
		{ "sms-otp show alice bob", "one word too many: \"bob\"" },
		{ "sms-otp show alice --yes", "show takes no --yes" },
		{ "sms-otp list --colour", "unknown option --colour" },
		{ "sms-otp list -x", "unknown option -x" },
		{ "sms-otp list --settings", "--settings needs a value" },
		{ "sms-otp list --json=yes", "option --json=yes" },
		{ "sms-otp enroll alice 111111111111111111111111111111 1111111111111111111111111 "
		  "11111111111111111111111111111111",
			"too long for a number" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fault f = FAULT_INIT;
		struct invocation a;
		struct words w;

		cut(cases[i].line, &w);
		ck_assert_msg(invocation_read(w.n, w.w, &a, &f) == -1, "%s", cases[i].line);
		ck_assert_msg(
			strstr(f.text, cases[i].says) != NULL, "%s: %s", cases[i].line, f.text);
	}
}
END_TEST

START_TEST(help_and_version_need_nothing_else)
{
	static const char *const lines[] = { "sms-otp --help", "sms-otp show --help",
		"sms-otp -h show", "sms-otp --version", "sms-otp enroll --help --json" };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct fault f = FAULT_INIT;
		struct invocation a;
		struct words w;

		cut(lines[i], &w);
		ck_assert_msg(invocation_read(w.n, w.w, &a, &f) == 0, "%s: %s", lines[i], f.text);
		ck_assert(invocation_has(&a, OPTION_HELP) || invocation_has(&a, OPTION_VERSION));
	}
}
END_TEST

START_TEST(every_command_and_option_is_whole)
{
	uint64_t used = COMMAND_OPTIONS_OF_ALL;

	for (size_t i = 0; command_at(i) != NULL; i++) {
		const struct command *c = command_at(i);

		ck_assert_uint_eq((unsigned)c->id, i + 1);
		ck_assert_ptr_eq(command_find(c->name), c);
		ck_assert_int_le(c->max, INVOCATION_OPERANDS);
		ck_assert(c->summary[0] != 0 && c->text[strlen(c->text) - 1] == '\n');
		used |= c->options;
	}
	ck_assert_uint_eq(used, (UINT64_C(1) << OPTION_COUNT) - 1);
	for (unsigned i = 0; i < OPTION_COUNT; i++)
		ck_assert_msg(command_option(i)->name != NULL && command_option(i)->summary[0] != 0,
			"%u", i);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("invocation");
	TCase *t = tcase_create("invocation");

	tcase_add_test(t, options_stand_before_and_after);
	tcase_add_test(t, a_number_may_be_typed_with_blanks);
	tcase_add_test(t, what_is_wrong_is_said);
	tcase_add_test(t, help_and_version_need_nothing_else);
	tcase_add_test(t, every_command_and_option_is_whole);
	suite_add_tcase(s, t);
	return s;
}
