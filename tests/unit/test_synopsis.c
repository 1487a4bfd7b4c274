#include "sender/synopsis.h"

#include "unit.h"

#define SEND "send = { url = \"https://a.example/\"; form = ( ( \"t\", \"{text}\" ) );" TAIL
#define TAIL "success = { status = 200; }; };"

static const struct {
	const char *name, *text, *lines;
} cases[] = {
	{ "little", SEND, "name=x\nfile=x.conf\nkind=http\nvendor=x\ncalls=send\nend=\n" },
	{ "much",
		"vendor = \"V\"; doc = \"D\"; confidence = \"C\"; uncertain = \"U\"; weak = \"W\"; "
		"notes = \"N\";"
		"variables = { key = { required = true; secret = true; doc = \"a key\"; };"
		"a = { kind = \"label\"; }; b = { kind = \"url\"; fallback = "
		"\"https://b.example\"; }; };"
		"one_of = ( [ \"a\", \"b\" ] );" SEND "voice = { url = \"https://a.example/\";" TAIL
		"poll = { url = \"https://a.example/\"; state = \"s\"; delivered = [ \"d\" ]; "
		"failed = [ \"f\" ]; };"
		"check = { url = \"https://a.example/\";" TAIL,
		"name=x\nfile=x.conf\nkind=http\nvendor=V\ndoc=D\nconfidence=C\nuncertain=U\nweak="
		"W\nnotes="
		"N\n"
		"calls=send voice poll check\n"
		"variable=key\nvariable.required=yes\nvariable.secret=yes\nvariable.kind=text\n"
		"variable.doc=a key\n"
		"variable=a\nvariable.required=no\nvariable.secret=no\nvariable.kind=label\n"
		"variable=b\nvariable.required=no\nvariable.secret=no\nvariable.kind=url\n"
		"variable.fallback=https://b.example\none_of=a b\nend=\n" },
	{ "a command", "command = { program = \"/bin/x\"; success = { exit = 0; }; };",
		"name=x\nfile=x.conf\nkind=command\nvendor=x\ncalls=send check\nend=\n" },
	{ "a spool without reports",
		"spool = { folder = \"/a\"; temporary = \"/b\"; content = \"{text}\"; };",
		"name=x\nfile=x.conf\nkind=spool\nvendor=x\ncalls=send check\nend=\n" },
	{ "a spool with reports",
		"spool = { folder = \"/a\"; temporary = \"/b\"; sent = \"/c\"; failed = \"/d\"; "
		"content = \"{text}\"; };",
		"name=x\nfile=x.conf\nkind=spool\nvendor=x\ncalls=send poll check\nend=\n" },
	{ "texts that would break a line", "vendor = \"a\\nend=\";" SEND,
		"name=x\nfile=x.conf\nkind=http\nvendor=a?end=\ncalls=send\nend=\n" },
};

START_TEST(facts)
{
	static struct provider p;
	struct fault f = FAULT_INIT;
	struct buffer b = { 0 };
	int rc = provider_parse(cases[_i].text, "x.conf", "x", &p, &f);
	ck_assert_msg(rc == 0, "%s: %s", cases[_i].name, f.text);
	synopsis_write(&p, &b);
	ck_assert_str_eq(buffer_string(&b), cases[_i].lines);
	buffer_wipe(&b);
	provider_close(&p);
}
END_TEST

START_TEST(faults)
{
	struct fault f = FAULT_INIT;
	struct buffer b = { 0 };
	fault_set(&f, FAULT_BAD, 0, "x.conf:3: no");
	synopsis_fault("x", "/etc", &f, &b);
	synopsis_fault("y", "", &f, &b);
	ck_assert_str_eq(buffer_string(&b),
		"name=x\nfile=/etc\nfault=x.conf:3: no\nend=\nname=y\nfault=x.conf:3: no\nend=\n");
	buffer_wipe(&b);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("synopsis");
	TCase *t = tcase_create("synopsis");
	tcase_add_loop_test(t, facts, 0, sizeof cases / sizeof *cases);
	tcase_add_test(t, faults);
	suite_add_tcase(s, t);
	return s;
}
