#include "sender/sample.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

#define TAIL "send = { url = \"https://a.example/\"; success = { status = 200; };"

static struct provider p;
static struct order o;

static void parse(const char *text)
{
	struct fault f = FAULT_INIT;
	int rc = provider_parse(text, "x.conf", "x", &p, &f);
	ck_assert_msg(rc == 0, "%s", f.text);
}

static const char *value(const char *name)
{
	for (size_t i = 0; i < o.nvariables; i++)
		if (!strcmp(o.variables[i].name, name))
			return (const char *)o.variables[i].value.bytes;
	return "(not set)";
}

static const struct {
	const char *variable, *more, *value;
} made_up[] = {
	{ "account_sid", "", "ACCOUNT_SID" },
	{ "from", "kind = \"sender\";", "from" },
	{ "host", "kind = \"host\";", "host.example" },
	{ "my_region", "kind = \"label\";", "my-region" },
	{ "base", "kind = \"url\";", "https://base.example" },
	{ "run", "kind = \"program\";", "/example/run" },
	{ "post", "kind = \"address\";", "post@mail.example" },
	{ "weaker", "must = \"accepted\";", "accepted" },
	{ "key", "secret = true;", "SECRET-key" },
	{ "api_key", "secret = true;", "SECRET-api-key" },
	{ "hook", "secret = true; kind = \"url\";", "https://SECRET-hook.example" },
	{ "template_id", "", "12345" },
	{ "other_id", "", "12345" },
	{ "lone_id", "", "LONE_ID" },
	{ "a_very_long_name_of_32_bytes_xxx", "kind = \"sender\"; secret = true;",
		"SECRET-a-very-long-name-of-32-by" },
};

START_TEST(values_by_their_kind)
{
	static const char *const none[] = { NULL };
	char text[1024];
	struct fault f = FAULT_INIT;
	snprintf(text, sizeof text,
		"variables = { %s = { required = true; %s }; x = { fallback = \"1\"; }; y = { }; "
		"};" TAIL "json = { id = { *integer = \"{%s}\"; }; x = \"{lone_id}\"; }; };",
		made_up[_i].variable, made_up[_i].more,
		strstr(made_up[_i].variable, "_id") && made_up[_i].variable[0] != 'l'
			? made_up[_i].variable
			: "x");
	/* the name must be known in the text, whichever variable there is */
	char *lone = strstr(text, "{lone_id}");
	if (strcmp(made_up[_i].variable, "lone_id") != 0)
		memcpy(lone, "{x}      ", 9);
	parse(text);
	ck_assert_msg(sample_order(&p, none, &o, &f) == 0, "%s", f.text);
	ck_assert_str_eq(value(made_up[_i].variable), made_up[_i].value);
	ck_assert_str_eq(value("x"), "(not set)");
	ck_assert_str_eq(value("y"), "(not set)");
	ck_assert_int_eq(sample_optional(&p, &o, &f), 0);
	ck_assert_str_eq(value("x"), "(not set)");
	ck_assert_str_eq(value("y"), "Y");
	provider_close(&p);
}
END_TEST

START_TEST(one_of_each_set)
{
	static const char *const none[] = { NULL }, *const b[] = { "b=B!", NULL };
	struct fault f = FAULT_INIT;
	parse("variables = { a = { }; b = { }; }; one_of = ( [ \"a\", \"b\" ] );" TAIL "};");
	ck_assert_int_eq(sample_order(&p, none, &o, &f), 0);
	ck_assert_str_eq(value("a"), "A");
	ck_assert_str_eq(value("b"), "(not set)");
	ck_assert_int_eq(sample_order(&p, b, &o, &f), 0);
	ck_assert_str_eq(value("a"), "(not set)");
	ck_assert_str_eq(value("b"), "B!");
	ck_assert_int_eq(sample_optional(&p, &o, &f), 0);
	ck_assert_str_eq(value("a"), "(not set)");
	provider_close(&p);
}
END_TEST

static const struct {
	const char *word, *fault;
} refused[] = {
	{ "key=real", "`key` is a secret" },
	{ "nothing=1", "there is no variable `nothing`" },
	{ "a", "`a` is not VARIABLE=VALUE" },
	{ "number=+1234567890123456789", "the number is too long" },
	{ "=", "there is no variable ``" },
};

START_TEST(what_is_not_taken)
{
	const char *const words[] = { refused[_i].word, NULL };
	struct fault f = FAULT_INIT;
	parse("variables = { a = { }; key = { secret = true; }; };" TAIL "};");
	ck_assert_int_eq(sample_order(&p, words, &o, &f), -1);
	ck_assert_msg(strstr(f.text, refused[_i].fault) != NULL, "%s", f.text);
	ck_assert_msg(!strstr(f.text, "real"), "%s", f.text);
	provider_close(&p);
}
END_TEST

START_TEST(a_text_and_a_number_of_ones_own)
{
	static const char *const words[] = { "text=a=b", "number=+4366412345678", NULL };
	struct fault f = FAULT_INIT;
	parse(TAIL "};");
	ck_assert_int_eq(sample_order(&p, words, &o, &f), 0);
	ck_assert_str_eq(o.text, "a=b");
	ck_assert_str_eq(o.number, "+4366412345678");
	provider_close(&p);
}
END_TEST

START_TEST(forms_of_mail_and_of_the_only_number)
{
	static const char *const none[] = { NULL };
	struct fault f = FAULT_INIT;
	parse("variables = { sender = { required = true; }; phone = { required = true; }; tls = { "
	      "required = true; }; }; reaches = \"{phone}\"; mail = { server = \"m.example\"; tls "
	      "= "
	      "\"{tls}\"; from = \"{sender}\"; to = \"{number}@m.example\"; text = \"{text}\"; };");
	ck_assert_int_eq(sample_order(&p, none, &o, &f), 0);
	ck_assert_str_eq(value("sender"), "sender@mail.example");
	ck_assert_str_eq(value("phone"), SAMPLE_NUMBER);
	ck_assert_str_eq(value("tls"), "starttls");
	provider_close(&p);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("sample");
	TCase *t = tcase_create("sample");
	tcase_add_loop_test(t, values_by_their_kind, 0, sizeof made_up / sizeof *made_up);
	tcase_add_test(t, one_of_each_set);
	tcase_add_loop_test(t, what_is_not_taken, 0, sizeof refused / sizeof *refused);
	tcase_add_test(t, a_text_and_a_number_of_ones_own);
	tcase_add_test(t, forms_of_mail_and_of_the_only_number);
	suite_add_tcase(s, t);
	return s;
}
