#include "sender/provider.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

#define SEND "send = { url = \"https://a.example/\"; success = { status = 200; }; };"

/* One line each; the fault must name the line where it says 3. */
static const struct {
	const char *text, *word; /* NULL: fine; else in the fault */
} cases[] = {
	{ "", NULL },
	{ "vendor = \"V\"; doc = \"D\"; confidence = \"C\"; notes = \"N\";", NULL },
	{ "variables = { key = { secret = true; required = true; kind = \"text\"; doc = \"d\"; }; "
	  "};",
		NULL },
	{ "number = \"digits\"; code = \"c\"; errors = ( { status = 429; class = \"temporary\"; } "
	  ");",
		NULL },
	{ "voice = { url = \"https://a/\"; pause = \", \"; repeat = 2; success = { status = [200]; "
	  "}; };",
		NULL },
	{ "check = { url = \"https://a/\"; success = { status = 200; }; balance = \"b\"; };",
		NULL },
	{ "poll = { url = \"https://a/{id}\"; state = \"s\"; delivered = [ \"d\" ]; failed = [ "
	  "\"f\" ]; "
	  "not_found = \"pending\"; };",
		NULL },
	{ "auth = { kind = \"none\"; };", NULL },
	{ "vendr = \"V\";", "no `vendr`" },
	{ "vendor = 5;", "`vendor` is a text" },
	{ "verify = { };", "reserved, and not built" },
	{ "oauth2 = { };", "reserved, and not built" },
	{ "command = { };", "only one of send, command, spool and mail" },
	{ "spool = { };", "only one of send, command, spool and mail" },
	{ "mail = { };", "only one of send, command, spool and mail" },
	{ "uncertain = \"U\"; sources = [ \"a\", \"b\" ];", NULL },
	{ "uncertain = true;", "`uncertain` is a text" },
	{ "sources = \"a\";", "sources is a list of texts" },
	{ "sources = [ 1, 2 ];", "sources is a list of texts" },
	{ "variables = { phone = { }; }; reaches = \"{phone}\";", NULL },
	{ "reaches = \"{phone}\";", "no variable `phone`" },
	{ "reaches = \"{number}\";", "no variable `number`" },
	{ "reaches = 5;", "`reaches` is a text" },
	{ "auth = { kind = \"ovh\"; application_key = \"a\"; application_secret = \"b\"; "
	  "consumer_key "
	  "= \"c\"; };",
		NULL },
	{ "auth = { kind = \"ovh\"; application_key = \"a\"; consumer_key = \"c\"; };",
		"wants `application_secret`" },
	{ "auth = { kind = \"azure\"; key = \"k\"; };", NULL },
	{ "auth = { kind = \"azure\"; };", "wants `key`" },
	{ "auth = { kind = \"azure\"; key = \"k\"; user = \"u\"; };", "no text `user`" },
	{ "auth = { kind = \"oauth2\"; token_url = \"https://a/t\"; client_id = \"i\"; "
	  "client_secret "
	  "= \"s\"; };",
		NULL },
	{ "auth = { kind = \"oauth2\"; token_url = \"https://a/t\"; client_id = \"i\"; "
	  "client_secret "
	  "= \"s\"; scope = \"x y\"; credentials = \"form\"; };",
		NULL },
	{ "auth = { kind = \"oauth2\"; token_url = \"https://a/t\"; client_id = \"i\"; };",
		"wants `client_secret`" },
	{ "auth = { kind = \"oauth2\"; token_url = \"http://a/t\"; client_id = \"i\"; "
	  "client_secret "
	  "= \"s\"; };",
		"begins with https" },
	{ "auth = { kind = \"oauth2\"; token_url = \"https://a/t?x=y\"; client_id = \"i\"; "
	  "client_secret = \"s\"; };",
		"parameters stand in" },
	{ "auth = { kind = \"oauth2\"; token_url = \"https://a/t\"; client_id = \"i\"; "
	  "client_secret "
	  "= \"s\"; credentials = \"post\"; };",
		"\"basic\" or \"form\"" },
	{ "auth = { kind = \"jwt\"; };", "jwt is reserved" },
	{ "auth = { kind = \"digest\"; };", "none, basic, header, sigv4, ovh, azure or oauth2" },
	{ "auth = { kind = \"basic\"; user = \"u\"; };", "wants `password`" },
	{ "auth = { kind = \"basic\"; user = \"u\"; password = \"p\"; realm = \"r\"; };",
		"no text `realm`" },
	{ "auth = { kind = \"basic\"; user = \"{u}\"; password = \"p\"; };", "no variable `u`" },
	{ "auth = { kind = \"header\"; name = \"Host\"; value = \"p\"; };",
		"not the name of a header" },
	{ "auth = { kind = \"header\"; name = \"X: y\"; value = \"p\"; };",
		"not the name of a header" },
	{ "auth = \"basic\";", "wrong type" },
	{ "auth = { };", "with a kind" },
	{ "number = \"e164\";", "\"plus\", as \"digits\"" },
	{ "headers = ( ( \"Content-Length\", \"5\" ) );", "not the name of a header" },
	{ "headers = ( ( \"X-A\", \"{text}\" ) );", "no variable `text`" },
	{ "code = { path = \"a[\"; };", "a path is written" },
	{ "errors = ( { status = 400; } );", "class is" },
	{ "errors = ( { status = 400; class = \"fatal\"; } );", "class is" },
	{ "errors = ( { class = \"account\"; } );", "wants a status" },
	{ "errors = ( { status = \"400\"; class = \"account\"; } );", "wrong type" },
	{ "errors = { };", "wrong type" },
	{ "variables = { Key = { }; };", "cannot be the name" },
	{ "variables = { number = { }; };", "cannot be the name" },
	{ "variables = { key_file = { }; };", "cannot be the name" },
	{ "variables = { proxy = { }; };", "cannot be the name" },
	{ "variables = { key = \"x\"; };", "a variable is a group" },
	{ "variables = { key = { required = 1; }; };", "no `required`" },
	{ "variables = { key = { kind = \"number\"; }; };", "a kind is" },
	{ "variables = { key = { typo = true; }; };", "no `typo`" },
	{ "variables = { u = { kind = \"url\"; fallback = \"ftp://a\"; }; };", "must be https" },
	{ "variables = { u = { required = true; fallback = \"a\"; }; };", "cannot be required" },
	{ "variables = { w = { required = true; must = \"accepted\"; }; };", NULL },
	{ "variables = { w = { must = true; }; };", "no `must`" },
	{ "variables = { w = { must = \"\"; }; };", "what `w` must be" },
	{ "variables = { w = { must = \"a\"; fallback = \"a\"; }; };", "without a fallback" },
	{ "one_of = ( [ \"a\", \"b\" ] );", NULL },
	{ "variables = { a = { }; }; one_of = ( [ \"a\", \"b\" ] );", "no variable `b`" },
	{ "variables = { a = { }; }; one_of = ( [ \"a\" ] );", "list of lists" },
	{ "check = { };", "url is missing" },
	{ "check = { url = \"https://a/\"; };", "success is missing" },
	{ "check = { url = \"https://a/{id}\"; success = { status = 200; }; };",
		"no variable `id`" },
	{ "check = { url = \"https://a/\"; success = { status = 200; }; id = \"x\"; };",
		"no `id`" },
	{ "check = { url = \"https://a/\"; success = { status = 404; }; };", "200 to 299" },
	{ "check = { url = \"https://a/\"; success = { status = \"200\"; }; };", "200 to 299" },
	{ "check = { url = \"https://a/\"; success = { status = 200; any = (); }; };", "no `any`" },
	{ "check = { url = \"https://a/\"; success = { all = (); }; };", "wants a status" },
	{ "check = { url = \"https://a/\"; success = { status = 200; all = ( { path = \"a\"; } ); "
	  "}; };",
		"exactly one of" },
	{ "check = { url = \"http://a/\"; success = { status = 200; }; };", "begins with https" },
	{ "check = { method = \"DELETE\"; url = \"https://a/\"; success = { status = 200; }; };",
		"GET, POST or PUT" },
	{ "check = { url = \"https://a/\"; timeout = 5; success = { status = 200; }; };",
		"no `timeout`" },
	{ "check = { url = \"https://a/\"; form = (); json = {}; success = { status = 200; }; };",
		"only one of" },
	{ "check = { method = \"GET\"; url = \"https://a/\"; form = (); success = { status = 200; "
	  "}; };",
		"a GET has no" },
	{ "check = { url = \"https://a/\"; text = \"x\"; success = { status = 200; }; };",
		"wants a content_type" },
	{ "poll = { url = \"https://a/{id}\"; state = \"s\"; delivered = [ \"d\" ]; };",
		"poll wants" },
	{ "poll = { url = \"https://a/{text}\"; state = \"s\"; delivered = [ \"d\" ]; failed = [ "
	  "\"f\" ]; };",
		"no variable `text`" },
	{ "voice = { url = \"https://a/\"; repeat = 9; success = { status = 200; }; };",
		"1, 2 or 3" },
	{ "voice = 5;", "`voice` is a group" },
};

START_TEST(faults_of_a_description)
{
	char text[1024];
	struct provider p;
	struct fault f = FAULT_INIT;
	bool one_of = strstr(cases[_i].text, "one_of = ( [ \"a\", \"b\" ] )") == cases[_i].text;
	snprintf(text, sizeof text, SEND "\n%s\n%s",
		one_of ? "variables = { a = { }; b = { }; };" : "", cases[_i].text);
	int rc = provider_parse(text, "/p/x.conf", "x", &p, &f);
	ck_assert_msg((rc == 0) == (cases[_i].word == NULL), "%s: %s", cases[_i].text, f.text);
	if (rc == 0) {
		provider_close(&p);
		return;
	}
	ck_assert_msg(strstr(f.text, cases[_i].word) != NULL, "%s: %s", cases[_i].text, f.text);
	ck_assert_msg(!strncmp(f.text, "/p/x.conf:3: ", 13), "%s", f.text);
}
END_TEST

START_TEST(one_kind_of_delivery_is_wanted)
{
	struct provider p;
	struct fault f = FAULT_INIT;
	ck_assert_int_eq(provider_parse("vendor = \"x\";", "x", "x", &p, &f), -1);
	ck_assert_ptr_nonnull(strstr(f.text, "wants one of send, command, spool and mail"));
}
END_TEST

static const struct {
	const char *text;
	enum provider_kind kind;
} kinds[] = {
	{ SEND, PROVIDER_HTTP },
	{ "command = { program = \"/bin/true\"; success = { exit = 0; }; };", PROVIDER_COMMAND },
	{ "spool = { folder = \"/a\"; temporary = \"/b\"; content = \"{text}\"; };",
		PROVIDER_SPOOL },
};

START_TEST(what_belongs_to_http_stands_beside_send_only)
{
	static const char poll[] = "poll = { url = \"https://a/\"; state = \"s\"; "
				   "delivered = [ \"d\" ]; failed = [ \"f\" ]; };";
	static const char *const http[] = { "number = \"plus\";", "headers = ();",
		"auth = { kind = \"none\"; };", "code = \"a\";", "errors = ();", poll,
		"voice = { url = \"https://a/\"; success = { status = 200; }; };",
		"check = { url = \"https://a/\"; success = { status = 200; }; };" };
	char text[512];
	struct provider p;
	struct fault f = FAULT_INIT;
	ck_assert_msg(provider_parse(kinds[_i].text, "x", "x", &p, &f) == 0, "%s", f.text);
	ck_assert_int_eq(p.kind, kinds[_i].kind);
	provider_close(&p);
	for (size_t i = 0; i < sizeof http / sizeof *http; i++) {
		snprintf(text, sizeof text, "%s%s", kinds[_i].text, http[i]);
		int rc = provider_parse(text, "x", "x", &p, &f);
		ck_assert_msg((rc == 0) == (kinds[_i].kind == PROVIDER_HTTP), "%s", text);
		if (rc == 0)
			provider_close(&p);
		else
			ck_assert_ptr_nonnull(strstr(f.text, "goes with send only"));
	}
}
END_TEST

static char file_text[65536];

/* A file of the checkout, which is $srcdir or two folders up. */
static void read_checkout(const char *name)
{
	char path[512];
	const char *top = getenv("srcdir") ? getenv("srcdir") : ".";
	snprintf(path, sizeof path, "%s/%s", top, name);
	FILE *in = fopen(path, "r");
	if (!in) {
		snprintf(path, sizeof path, "../../%s", name);
		in = fopen(path, "r");
	}
	ck_assert_msg(in != NULL, "%s", path);
	file_text[fread(file_text, 1, sizeof file_text - 1, in)] = '\0';
	fclose(in);
}

static void has_all_calls(const char *text, const char *name)
{
	struct provider p;
	struct fault f = FAULT_INIT;
	int rc = provider_parse(text, name, name, &p, &f);
	ck_assert_msg(rc == 0, "%s", f.text);
	ck_assert_int_eq(provider_block(&p, ORDER_ACTION_SEND)->action, ORDER_ACTION_SEND);
	ck_assert_int_eq(provider_block(&p, ORDER_ACTION_VOICE)->action, ORDER_ACTION_VOICE);
	ck_assert_int_eq(provider_block(&p, ORDER_ACTION_POLL)->action, ORDER_ACTION_POLL);
	ck_assert_int_eq(provider_block(&p, ORDER_ACTION_CHECK)->action, ORDER_ACTION_CHECK);
	provider_close(&p);
}

START_TEST(the_shipped_descriptions_are_right)
{
	read_checkout("providers/dexatel.conf");
	has_all_calls(file_text, "dexatel");
	read_checkout("providers/twilio.conf");
	has_all_calls(file_text, "twilio");
}
END_TEST

static const struct {
	const char *file;
	enum provider_kind kind;
} gateways[] = {
	{ "providers/command.conf", PROVIDER_COMMAND },
	{ "providers/gammu-smsd.conf", PROVIDER_COMMAND },
	{ "providers/modemmanager.conf", PROVIDER_COMMAND },
	{ "providers/smstools.conf", PROVIDER_SPOOL },
};

START_TEST(the_shipped_gateways_are_right)
{
	struct provider p;
	struct fault f = FAULT_INIT;
	read_checkout(gateways[_i].file);
	int rc = provider_parse(file_text, gateways[_i].file, "x", &p, &f);
	ck_assert_msg(rc == 0, "%s", f.text);
	ck_assert_int_eq(p.kind, gateways[_i].kind);
	/* who reads on is told where from and how certain */
	ck_assert_ptr_nonnull(tree_find(p.tree.nodes, "confidence"));
	ck_assert_ptr_nonnull(tree_find(p.tree.nodes, "sources"));
	ck_assert_ptr_nonnull(tree_find(p.tree.nodes, "notes"));
	provider_close(&p);
}
END_TEST

START_TEST(the_example_of_the_man_page_is_right)
{
	read_checkout("man/sms-otp-provider.5");
	char *text = strstr(file_text, "vendor     = \"Pigeon Post\"");
	ck_assert_ptr_nonnull(text);
	*strstr(text, "\n.Ed") = '\0';
	has_all_calls(text, "pigeon");
}
END_TEST

START_TEST(common_keys_are_inherited_and_overridden)
{
	struct provider p;
	struct fault f = FAULT_INIT;
	ck_assert_int_eq(provider_parse("number = \"digits\"; code = \"a\"; errors = ();" SEND
					"check = { url = \"https://a/\"; code = \"b\"; errors = ();"
					"success = { status = 200; }; };",
				 "x", "x", &p, &f),
		0);
	ck_assert_str_eq(p.send.number->text, "digits");
	ck_assert_str_eq(p.send.code->text, "a");
	ck_assert_str_eq(p.check.code->text, "b");
	ck_assert_ptr_null(p.send.errors);
	ck_assert_ptr_nonnull(p.send.common_errors);
	ck_assert_ptr_nonnull(p.check.errors);
	ck_assert_int_eq(p.voice.action, ORDER_ACTION_NONE);
	provider_close(&p);
}
END_TEST

static void write_file(const char *folder, const char *name, const char *text)
{
	char path[512];
	mkdir(folder, 0755);
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
	chmod(path, 0644);
}

START_TEST(the_sites_own_file_wins)
{
	char site[256], shipped[256];
	struct provider p;
	struct fault f = FAULT_INIT;
	snprintf(site, sizeof site, "%s/site", unit_folder());
	snprintf(shipped, sizeof shipped, "%s/shipped", unit_folder());
	const struct provider_folders folders = { site, shipped, getuid() };
	ck_assert_int_eq(provider_load(&folders, "a", &p, &f), -1);
	ck_assert_int_eq(f.class, FAULT_ABSENT);
	write_file(shipped, "a.conf", "vendor = \"shipped\";" SEND);
	ck_assert_int_eq(provider_load(&folders, "a", &p, &f), 0);
	ck_assert_str_eq(p.vendor, "shipped");
	provider_close(&p);
	write_file(site, "a.conf", "vendor = \"site\";" SEND);
	ck_assert_int_eq(provider_load(&folders, "a", &p, &f), 0);
	ck_assert_str_eq(p.vendor, "site");
	provider_close(&p);
	/* a broken file of the site's is told, and does not fall back */
	write_file(site, "a.conf", "vendor = ;");
	ck_assert_int_eq(provider_load(&folders, "a", &p, &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
	ck_assert_int_eq(provider_load(&folders, "../a", &p, &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
	ck_assert_int_eq(provider_load(&folders, "", &p, &f), -1);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("provider");
	TCase *t = tcase_create("provider");
	tcase_add_loop_test(t, faults_of_a_description, 0, sizeof cases / sizeof *cases);
	tcase_add_test(t, one_kind_of_delivery_is_wanted);
	tcase_add_loop_test(
		t, what_belongs_to_http_stands_beside_send_only, 0, sizeof kinds / sizeof *kinds);
	tcase_add_test(t, the_shipped_descriptions_are_right);
	tcase_add_loop_test(
		t, the_shipped_gateways_are_right, 0, sizeof gateways / sizeof *gateways);
	tcase_add_test(t, the_example_of_the_man_page_is_right);
	tcase_add_test(t, common_keys_are_inherited_and_overridden);
	tcase_add_test(t, the_sites_own_file_wins);
	suite_add_tcase(s, t);
	return s;
}
