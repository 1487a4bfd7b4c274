#include "cli/stanza.h"

#include <string.h>

#include "unit.h"

static const struct {
	const char *name;
	struct description d;
	const char *text;
} cases[] = {
	{ "outbox", { .name = "outbox", .kind = "outbox" }, "routes    = [ \"outbox\" ];\n" },
	{ "nothing to say", { .name = "x", .kind = "http" },
		"routes    = [ \"x\" ];\nproviders = {\n  x = {\n  };\n};\n" },
	{ "required before optional, secrets in files",
		{ .name = "x",
			.kind = "http",
			.nvariables = 5,
			.variables = {
				{ "base", "url", "https://a.example", "an address", "", false, false, true },
				{ "key", "text", "", "a key", "", true, true, false },
				{ "from", "sender", "", "", "", true, false, false },
				{ "pin", "text", "", "", "", true, true, false },
				{ "more", "text", "", "more", "", false, true, false },
			} },
		"routes    = [ \"x\" ];\nproviders = {\n  x = {\n"
		"    # a key\n    key_file = \"x.key\";\n    from = \"CHANGE-ME\";\n"
		"    pin_file = \"x-pin.key\";\n"
		"    # an address\n    # base = \"https://a.example\";\n"
		"    # more\n    # more_file = \"x-more.key\";\n  };\n};\n" },
	{ "one of a set",
		{ .name = "x",
			.kind = "http",
			.nvariables = 3,
			.variables = {
				{ "from", "sender", "", "a sender", "", false, false, false },
				{ "service", "text", "", "a service", "", false, false, false },
				{ "other", "text", "", "", "", false, false, false },
			},
			.nsets = 1,
			.sets = { 3 } },
		"routes    = [ \"x\" ];\nproviders = {\n  x = {\n"
		"    # a sender\n    from = \"CHANGE-ME\";\n"
		"    # or instead: a service\n    # service = \"CHANGE-ME\";\n"
		"    # other = \"CHANGE-ME\";\n  };\n};\n" },
	{ "a name that begins with a digit", { .name = "46elks", .kind = "http" },
		"routes    = [ \"elks\" ];\nproviders = {\n  elks = {\n    use = \"46elks\";\n  };\n};\n" },
	{ "digits only", { .name = "42", .kind = "http" },
		"routes    = [ \"provider\" ];\nproviders = {\n  provider = {\n    use = \"42\";\n  };\n};\n" },
	{ "quotes",
		{ .name = "x",
			.kind = "http",
			.nvariables = 1,
			.variables = { { "a", "text", "b\"\\", "", "", false, false, true } } },
		"routes    = [ \"x\" ];\nproviders = {\n  x = {\n    # a = \"b\\\"\\\\\";\n  };\n};\n" },
};

START_TEST(examples)
{
	char text[STANZA_MAX];
	struct text_line line;

	text_begin(&line, text, sizeof(text));
	stanza_write(&cases[_i].d, &line);
	ck_assert_msg(strcmp(text, cases[_i].text) == 0, "%s: %s", cases[_i].name, text);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("stanza");
	TCase *t = tcase_create("stanza");

	tcase_add_loop_test(t, examples, 0, sizeof(cases) / sizeof(cases[0]));
	suite_add_tcase(s, t);
	return s;
}
