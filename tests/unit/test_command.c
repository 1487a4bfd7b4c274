#include "sender/command.h"

#include <stdio.h>
#include <string.h>

#include "sender/provider.h"
#include "unit.h"

#define VARIABLES                                                                                  \
	"variables = { program = { kind = \"program\"; }; config = { }; folder = { kind = "        \
	"\"folder\"; "                                                                             \
	"}; key = { secret = true; }; hidden = { kind = \"program\"; secret = true; }; };"
#define GOOD "program = \"/bin/true\"; success = { exit = 0; };"

/* What stands in the group; the fault must name its line. */
static const struct {
	const char *text, *word; /* NULL: fine */
} cases[] = {
	{ GOOD, NULL },
	{ GOOD "number = \"digits\"; id = { regex = \"ID (.*)\"; };", NULL },
	{ GOOD "arguments = ( \"-c\", \"{config}\", \"{number}\", 5, { *when = \"unicode\"; *value "
	       "= "
	       "\"-u\"; } );",
		NULL },
	{ GOOD "arguments = [ \"a\", \"b\" ];", NULL },
	{ GOOD "stdin = \"To: {number}\n\n{code}\";", NULL },
	{ GOOD "errors = ( { exit = [ 1, 2 ]; class = \"temporary\"; }, { regex = \"no credit\"; "
	       "exists "
	       "= true; class = \"account\"; } );",
		NULL },
	{ "program = \"{program}\"; success = { exit = [ 0, 3 ]; all = ( { regex = \"ok\"; exists "
	  "= "
	  "true; } ); };",
		NULL },
	{ "", "wants program and success" },
	{ "program = \"/bin/true\";", "wants program and success" },
	{ "success = { exit = 0; };", "wants program and success" },
	{ "program = \"true\"; success = { exit = 0; };", "an absolute path, or one variable" },
	{ "program = \"/usr/../bin/true\"; success = { exit = 0; };", "an absolute path" },
	{ "program = \"{config}\"; success = { exit = 0; };", "of kind program" },
	{ "program = \"{folder}\"; success = { exit = 0; };", "of kind program" },
	{ "program = \"/bin/{program}\"; success = { exit = 0; };", "an absolute path" },
	{ "program = \"{program}x\"; success = { exit = 0; };", "an absolute path" },
	{ "program = \"{program|config}\"; success = { exit = 0; };", "an absolute path" },
	{ "program = 5; success = { exit = 0; };", "program is a text" },
	{ GOOD "arguments = ( \"{text}\" );", "read by every local user" },
	{ GOOD "arguments = ( \"x{code}\" );", "read by every local user" },
	{ GOOD "arguments = ( { *when = \"set code\"; *value = \"x\"; } );",
		"read by every local user" },
	{ GOOD "arguments = ( \"-c\", \"--key={key}\" );", "read by every local user" },
	{ GOOD "arguments = ( \"{config|key}\" );", "read by every local user" },
	{ GOOD "arguments = ( { *value = \"{key}\"; } );", "read by every local user" },
	{ "program = \"{hidden}\"; success = { exit = 0; };", "of kind program" },
	{ GOOD "stdin = \"{key}\";", "neither {text} nor {code}" },
	{ GOOD "stdin = \"{key}\n{text}\";", NULL },
	{ GOOD "arguments = ( \"{other}\" );", "no variable `other`" },
	{ GOOD "arguments = ( ( \"a\" ) );", "a text or a whole number" },
	{ GOOD "arguments = ( { *value = true; } );", "a text or a whole number" },
	{ GOOD "arguments = \"a\";", "arguments is a list" },
	{ GOOD "stdin = \"hello\";", "neither {text} nor {code}" },
	{ GOOD "stdin = \"{number}\";", "neither {text} nor {code}" },
	{ GOOD "stdin = \"{other}\";", "no variable `other`" },
	{ GOOD "stdin = 5;", "stdin is a text" },
	{ GOOD "number = \"e164\";", "a number is written" },
	{ GOOD "id = { path = \"a[\"; };", "a path is written" },
	{ GOOD "setid = true;", "no `setid`" },
	{ GOOD "check = { };", "no `check`" },
	{ "program = \"/bin/true\"; success = { exit = 256; };", "from 0 to 255" },
	{ "program = \"/bin/true\"; success = { exit = \"0\"; };", "from 0 to 255" },
	{ "program = \"/bin/true\"; success = { exit = []; };", "empty" },
	{ "program = \"/bin/true\"; success = { all = (); };", "wants an exit" },
	{ "program = \"/bin/true\"; success = { exit = 0; status = 200; };", "no `status`" },
	{ "program = \"/bin/true\"; success = { exit = 0; all = ( { regex = \"a\"; } ); };",
		"exactly one of" },
	{ "program = \"/bin/true\"; success = { exit = 0; all = ( { header = \"a\"; exists = true; "
	  "} "
	  "); };",
		"no headers" },
	{ "program = \"/bin/true\"; success = 0;", "success is a group" },
	{ GOOD "errors = ( { exit = 1; } );", "class is" },
	{ GOOD "errors = ( { exit = 1; class = \"fatal\"; } );", "class is" },
	{ GOOD "errors = ( { class = \"account\"; } );", "wants an exit" },
	{ GOOD "errors = ( { status = 1; class = \"account\"; } );", "no `status`" },
	{ GOOD "errors = { };", "errors is a list" },
};

static int parse(const char *group, struct provider *p, struct fault *f)
{
	static char text[2048];
	snprintf(text, sizeof text, VARIABLES "\ncommand = {\n%s };", group);
	return provider_parse(text, "/p/x.conf", "x", p, f);
}

START_TEST(faults_of_a_group)
{
	struct provider p;
	struct fault f = FAULT_INIT;
	int rc = parse(cases[_i].text, &p, &f);
	ck_assert_msg((rc == 0) == (cases[_i].word == NULL), "%s: %s", cases[_i].text, f.text);
	if (rc == 0) {
		ck_assert_int_eq(p.kind, PROVIDER_COMMAND);
		provider_close(&p);
		return;
	}
	ck_assert_msg(strstr(f.text, cases[_i].word) != NULL, "%s: %s", cases[_i].text, f.text);
	ck_assert_msg(!strncmp(f.text, "/p/x.conf:", 10), "%s", f.text);
}
END_TEST

START_TEST(there_is_a_most_of_arguments)
{
	char group[1024] = GOOD "arguments = ( 0";
	struct provider p;
	struct fault f = FAULT_INIT;
	for (int i = 1; i < COMMAND_ARGUMENTS_MAX; i++)
		strcat(group, ", 1");
	size_t len = strlen(group);
	strcat(group, ");");
	ck_assert_int_eq(parse(group, &p, &f), 0);
	provider_close(&p);
	strcpy(group + len, ", 2);");
	ck_assert_int_eq(parse(group, &p, &f), -1);
	ck_assert_ptr_nonnull(strstr(f.text, "at most 32"));
}
END_TEST

static struct order order_of(const char *text)
{
	struct order o;
	memset(&o, 0, sizeof o);
	o.action = ORDER_ACTION_SEND;
	snprintf(o.number, sizeof o.number, "+4917012345678");
	snprintf(o.text, sizeof o.text, "%s", text);
	return o;
}

static const char inject[] =
	"program = \"{program}\"; arguments = ( \"-c\", \"{config}\", { *when = \"unicode\"; "
	"*value = "
	"\"-unicode\"; }, \"{number}\", 7, { *when = \"set folder\"; *value = \"{folder}\"; } );"
	"number = \"digits\"; success = { exit = 0; };";

START_TEST(e8_what_the_program_is_given)
{
	static const char *const plain[] = { "/bin/true", "-c", "a b\"; rm -rf $x", "4917012345678",
		"7", NULL };
	static const char *const unicode[] = { "/bin/true", "-c", "a b\"; rm -rf $x", "-unicode",
		"4917012345678", "7", NULL };
	for (int k = 0; k < 2; k++) {
		const char *const *expected = k ? unicode : plain;
		struct order o = order_of(k ? "\xd0\x9a 493027" : "493027 is your code");
		struct command_sheet s;
		struct provider p;
		struct fault f = FAULT_INIT;
		struct values v = { 0 };
		size_t i = 0;
		ck_assert_int_eq(parse(inject, &p, &f), 0);
		ck_assert_int_eq(values_add(&v, "program", VALUES_PROGRAM, "/bin/true"), 0);
		ck_assert_int_eq(values_add(&v, "config", VALUES_TEXT, "a b\"; rm -rf $x"), 0);
		ck_assert_int_eq(values_add(&v, "folder", VALUES_FOLDER, NULL), 0);
		ck_assert_int_eq(command_fill(&p.command, &o, &v, &s, &f), 0);
		for (; expected[i]; i++)
			ck_assert_str_eq(s.argv[i], expected[i]);
		ck_assert_ptr_null(s.argv[i]);
		ck_assert_str_eq(buffer_string(&s.input), o.text);
		command_wipe(&s);
		ck_assert_ptr_null(s.input.bytes);
		ck_assert_str_eq(s.parcel.number, "");
		provider_close(&p);
	}
}
END_TEST

START_TEST(what_is_missing_is_told)
{
	struct order o = order_of("493027");
	struct command_sheet s;
	struct provider p;
	struct fault f = FAULT_INIT;
	struct values v = { 0 };
	ck_assert_int_eq(parse(inject, &p, &f), 0);
	ck_assert_int_eq(values_add(&v, "program", VALUES_PROGRAM, NULL), 0);
	ck_assert_int_eq(command_fill(&p.command, &o, &v, &s, &f), -1);
	ck_assert_ptr_nonnull(strstr(f.text, "variable for the program"));
	v.at[0].text = "/bin/true";
	ck_assert_int_eq(command_fill(&p.command, &o, &v, &s, &f), -1);
	ck_assert_ptr_nonnull(strstr(f.text, "`config`"));
	provider_close(&p);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("command");
	TCase *t = tcase_create("command");
	tcase_add_loop_test(t, faults_of_a_group, 0, sizeof cases / sizeof *cases);
	tcase_add_test(t, there_is_a_most_of_arguments);
	tcase_add_test(t, e8_what_the_program_is_given);
	tcase_add_test(t, what_is_missing_is_told);
	suite_add_tcase(s, t);
	return s;
}
