#include "sender/recital.h"

#include <string.h>

#include "sender/sample.h"
#include "unit.h"

#define TEXT "493027 is the code for sshd on web1 (ref K7QF). Never share it."

static int recite(const char *text, struct buffer *out, struct fault *f)
{
	static const char *const none[] = { NULL };
	static struct provider p;
	static struct order o;
	int rc = provider_parse(text, "x.conf", "x", &p, f);
	ck_assert_msg(rc == 0, "%s", f->text);
	rc = sample_order(&p, none, &o, f);
	if (rc == 0)
		rc = recital_write(&p, &o, out, f);
	provider_close(&p);
	return rc;
}

static const struct {
	const char *name, *text, *lines;
} cases[] = {
	{ "a program with its arguments",
		"variables = { v = { required = true; }; w = { }; };"
		"command = { program = \"/bin/x\"; number = \"00\"; success = { exit = 0; };"
		"arguments = ( \"--to\", \"{number}\", { *when = \"set w\"; *value = \"{w}\"; }, "
		"\"{v}\", 3 );"
		"stdin = \"a\\n{text}\"; };",
		"call=send\nprogram=/bin/x\nargument=--to\nargument=004915112345678\nargument=V\n"
		"argument=3\nstdin=a\nstdin=" TEXT "\n" },
	{ "a program of the site, the text alone",
		"variables = { run = { kind = \"program\"; required = true; }; };"
		"command = { program = \"{run}\"; success = { exit = 0; }; };",
		"call=send\nprogram=/example/run\nstdin=" TEXT "\n" },
	{ "a spool",
		"spool = { folder = \"/var/spool/a\"; temporary = \"/var/spool/b\"; number = "
		"\"digits\";"
		"content = \"To: {number}\\n\\n{text}\\n\"; };",
		"call=send\nfile=/var/spool/a\nnote=in that folder, with a name of its own: "
		"smsotp-...\n"
		"content=To: 4915112345678\ncontent=\ncontent=" TEXT "\n" },
};

START_TEST(deliveries)
{
	struct fault f = FAULT_INIT;
	struct buffer b = { 0 };
	int rc = recite(cases[_i].text, &b, &f);
	ck_assert_msg(rc == 0, "%s: %s", cases[_i].name, f.text);
	ck_assert_str_eq(buffer_string(&b), cases[_i].lines);
	buffer_wipe(&b);
}
END_TEST

START_TEST(a_mail)
{
	struct fault f = FAULT_INIT;
	struct buffer b = { 0 };
	int rc = recite("variables = { user = { }; key = { required = true; secret = true; }; };"
			"mail = { server = \"m.example\"; tls = \"starttls\"; user = \"{user}\"; "
			"password = "
			"\"{key}\"; from = \"a@b.example\"; to = \"{number}@m.example\"; subject = "
			"\"{code}\";"
			"text = \"{text}\"; };",
		&b, &f);
	ck_assert_msg(rc == 0, "%s", f.text);
	const char *lines = buffer_string(&b);
	ck_assert_ptr_nonnull(strstr(lines, "server=m.example\ntls=starttls\npassword=SECRET-key\n"
					    "from=a@b.example\nto=+4915112345678@m.example\n"));
	ck_assert_ptr_nonnull(strstr(lines, "message=Subject: 493027\n"));
	ck_assert_ptr_nonnull(strstr(lines, "message=\nmessage="));
	ck_assert_ptr_null(strchr(lines, '\r'));
	buffer_wipe(&b);
}
END_TEST

START_TEST(a_variable_that_is_not_set)
{
	struct fault f = FAULT_INIT;
	struct buffer b = { 0 };
	ck_assert_int_eq(recite("variables = { run = { kind = \"program\"; }; };"
				"command = { program = \"{run}\"; success = { exit = 0; }; };",
				 &b, &f),
		-1);
	ck_assert_str_eq(f.text, "the variable of `program` is not set");
	buffer_wipe(&b);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("recital");
	TCase *t = tcase_create("recital");
	tcase_add_loop_test(t, deliveries, 0, sizeof cases / sizeof *cases);
	tcase_add_test(t, a_mail);
	tcase_add_test(t, a_variable_that_is_not_set);
	suite_add_tcase(s, t);
	return s;
}
