#include "sender/rehearsal.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

#define TAIL "success = { status = 200; }; };"
#define KEY  "variables = { key = { required = true; secret = true; }; };"
#define TEXT "493027 is the code for sshd on web1 (ref K7QF). Never share it."

static const char *const none[] = { NULL };

static int rehearse(const char *text, const char *const *words, struct buffer *out, struct fault *f)
{
	static struct provider p;
	int rc = provider_parse(text, "x.conf", "x", &p, f);
	ck_assert_msg(rc == 0, "%s", f->text);
	rc = rehearsal_write(&p, words, out, f);
	provider_close(&p);
	return rc;
}

static const struct {
	const char *name, *text, *lines;
} cases[] = {
	{ "a key in a header, JSON",
		KEY
		"number = \"digits\";"
		"auth = { kind = \"header\"; name = \"Authorization\"; value = \"App {key}\"; };"
		"send = { url = \"https://a.example/v1\"; query = ( ( \"k\", \"{key}\" ) );"
		"headers = ( ( \"X-Empty\", \"\" ) ); json = { to = \"{number}\"; k = \"{key}\"; "
		"};" TAIL,
		"call=send\nmethod=POST\nurl=https://a.example/v1?k=SECRET-key\n"
		"header=Authorization: App SECRET-key\nheader=X-Empty:\n"
		"header=Content-Type: application/json\n"
		"body={\"to\":\"4915112345678\",\"k\":\"SECRET-key\"}\n" },
	{ "all calls",
		"send = { url = \"https://a.example/\"; text = \"{text}\\n2\"; content_type = "
		"\"text/plain\";" TAIL "voice = { url = \"https://a.example/v\"; method = \"PUT\"; "
		"form = ( ( \"c\", \"{code}\" ) );" TAIL
		"poll = { url = \"https://a.example/{id}\"; state = \"s\"; delivered = [ \"d\" ];"
		"failed = [ \"f\" ]; };"
		"check = { url = \"https://a.example/c\";" TAIL,
		"call=send\nmethod=POST\nurl=https://a.example/\nheader=Content-Type: text/plain\n"
		"body=" TEXT "\nbody=2\n"
		"call=voice\nmethod=PUT\nurl=https://a.example/v\n"
		"header=Content-Type: application/x-www-form-urlencoded\nbody=c=493027\n"
		"call=poll\nmethod=GET\nurl=https://a.example/MESSAGE-ID\n"
		"call=check\nmethod=GET\nurl=https://a.example/c\n" },
	{ "basic authentication",
		KEY "auth = { kind = \"basic\"; user = \"u\"; password = \"{key}\"; };"
		    "send = { url = \"https://a.example/\";" TAIL,
		"call=send\nmethod=POST\nurl=https://a.example/\n"
		"header=Authorization: Basic dTpTRUNSRVQta2V5\n"
		"note=the header Authorization is base64 of u:SECRET-key\n" },
	{ "AWS",
		KEY "auth = { kind = \"sigv4\"; provider = \"aws:amz\"; user = \"u\"; password = "
		    "\"{key}\"; };"
		    "send = { url = \"https://a.example/\";" TAIL,
		"call=send\nmethod=POST\nurl=https://a.example/\n"
		"note=signed with AWS Signature Version 4 (aws:amz) for u with the key "
		"SECRET-key\n" },
	{ "Azure",
		KEY "auth = { kind = \"azure\"; key = \"{key}\"; };"
		    "send = { url = \"https://a.example/\";" TAIL,
		"call=send\nmethod=POST\nurl=https://a.example/\n"
		"note=signed for Azure with the key SECRET-key\n" },
	{ "a call that wants an optional variable",
		"variables = { v = { }; };"
		"send = { url = \"https://a.example/\"; form = ( ( \"v\", \"{v}\", \"set v\" ) "
		");" TAIL "voice = { url = \"https://a.example/{v}\";" TAIL,
		"call=send\nmethod=POST\nurl=https://a.example/\n"
		"header=Content-Type: application/x-www-form-urlencoded\nbody=\n"
		"call=voice\nmethod=POST\nurl=https://a.example/V\n" },
	{ "the only number",
		"variables = { phone = { required = true; }; }; reaches = \"{phone}\";"
		"send = { url = \"https://a.example/\";" TAIL,
		"call=send\nmethod=POST\nurl=https://a.example/\n"
		"note=to no other number than {phone}\n" },
};

START_TEST(requests)
{
	struct fault f = FAULT_INIT;
	struct buffer b = { 0 };
	int rc = rehearse(cases[_i].text, none, &b, &f);
	ck_assert_msg(rc == 0, "%s: %s", cases[_i].name, f.text);
	ck_assert_str_eq(buffer_string(&b), cases[_i].lines);
	buffer_wipe(&b);
}
END_TEST

START_TEST(a_token_is_asked_for_first)
{
	struct fault f = FAULT_INIT;
	struct buffer b = { 0 };
	ck_assert_int_eq(
		rehearse(KEY "auth = { kind = \"oauth2\"; token_url = \"https://t.example/\";"
			     "client_id = \"me\"; client_secret = \"{key}\"; };"
			     "send = { url = \"https://a.example/\";" TAIL,
			none, &b, &f),
		0);
	const char *token =
		strstr(buffer_string(&b), "call=token\nmethod=POST\nurl=https://t.example/");
	const char *send = strstr(buffer_string(&b), "call=send\n");
	ck_assert(token != NULL && send != NULL && token < send);
	ck_assert_ptr_nonnull(strstr(buffer_string(&b), "me:SECRET-key"));
	ck_assert_ptr_nonnull(strstr(send, "header=Authorization: Bearer TOKEN\n"));
	buffer_wipe(&b);
}
END_TEST

START_TEST(values_of_ones_own)
{
	static const char *const words[] = { "v=a b",
		"text=4711 gr\xc3\xbc\xc3\x9f"
		"e \xe2\x82\xac \xd0\xb6",
		"number=+436641234567", NULL };
	struct fault f = FAULT_INIT;
	struct buffer b = { 0 };
	ck_assert_int_eq(
		rehearse("variables = { v = { }; };"
			 "send = { url = \"https://a.example/\"; form = ( ( \"v\", \"{v}\" ),"
			 "( \"n\", \"{number}\" ), ( \"u\", 1, \"unicode\" ) );" TAIL,
			words, &b, &f),
		0);
	ck_assert_ptr_nonnull(strstr(buffer_string(&b), "body=v=a%20b&n=%2B436641234567&u=1\n"));
	buffer_wipe(&b);
}
END_TEST

static const struct {
	const char *text, *word, *fault;
} faults[] = {
	{ "variables = { h = { kind = \"label\"; }; };", "h=a.b", "the value of `h` must be" },
	{ "", "number=0151", "number" },
	{ "", "text=", "text" },
	{ "", "x=1", "there is no variable `x`" },
	/* what can never be sent is a fault of the description */
	{ "auth = { kind = \"basic\"; user = \"a:b\"; password = \"c\"; };", "text=1",
		"send: x: the user" },
};

START_TEST(what_cannot_be_sent)
{
	const char *const words[] = { faults[_i].word, NULL };
	char text[512];
	struct fault f = FAULT_INIT;
	struct buffer b = { 0 };
	snprintf(text, sizeof text, "%s send = { url = \"https://a.example/\";" TAIL,
		faults[_i].text);
	ck_assert_int_eq(rehearse(text, words, &b, &f), -1);
	ck_assert_msg(strstr(f.text, faults[_i].fault) != NULL, "%s", f.text);
	buffer_wipe(&b);
}
END_TEST

START_TEST(a_call_that_cannot_be_made_is_a_note)
{
	static const char *const words[] = { "service=S", NULL };
	struct fault f = FAULT_INIT;
	struct buffer b = { 0 };
	ck_assert_int_eq(rehearse("variables = { from = { }; service = { }; };"
				  "one_of = ( [ \"from\", \"service\" ] );"
				  "send = { url = \"https://a.example/{from|service}\";" TAIL
				  "voice = { url = \"https://a.example/{from}\";" TAIL,
				 words, &b, &f),
		0);
	ck_assert_str_eq(buffer_string(&b), "call=send\nmethod=POST\nurl=https://a.example/S\n"
					    "call=voice\nnote=cannot be made with these variables: "
					    "x: wants the variable `from`\n");
	buffer_wipe(&b);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("rehearsal");
	TCase *t = tcase_create("rehearsal");
	tcase_add_loop_test(t, requests, 0, sizeof cases / sizeof *cases);
	tcase_add_test(t, a_token_is_asked_for_first);
	tcase_add_test(t, values_of_ones_own);
	tcase_add_loop_test(t, what_cannot_be_sent, 0, sizeof faults / sizeof *faults);
	tcase_add_test(t, a_call_that_cannot_be_made_is_a_note);
	suite_add_tcase(s, t);
	return s;
}
