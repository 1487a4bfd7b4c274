#include "sender/request.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

#define TAIL   "success = { status = 200; }; };"
#define NUMBER "+4917012345678"

static struct order order;

static void give(const char *name, const char *value)
{
	struct order_variable *v = &order.variables[order.nvariables++];
	snprintf(v->name, sizeof v->name, "%s", name);
	ck_assert_int_eq(secret_set(&v->value, value, strlen(value)), 0);
}

static void order_for(enum order_action action, const char *text)
{
	memset(&order, 0, sizeof order);
	order.action = action;
	snprintf(order.description, sizeof order.description, "x");
	snprintf(order.number, sizeof order.number, "%s", NUMBER);
	snprintf(order.text, sizeof order.text, "%s", text);
}

static int make(const char *text, struct envelope *e, struct fault *f)
{
	static struct provider p;
	int rc = provider_parse(text, "x.conf", "x", &p, f);
	ck_assert_msg(rc == 0, "%s", f->text);
	rc = request_make(&p, &order, e, f);
	/* the method points into the description or is a constant; keep it readable for the test */
	if (rc == 0)
		e->method = !strcmp(e->method, "GET")   ? "GET"
			    : !strcmp(e->method, "PUT") ? "PUT"
							: "POST";
	provider_close(&p);
	return rc;
}

static const char *header(const struct envelope *e, const char *name)
{
	for (size_t i = 0; i < e->nheaders; i++)
		if (!strncmp(buffer_string(&e->headers[i]), name, strlen(name)))
			return buffer_string(&e->headers[i]);
	return "";
}

START_TEST(a_json_request_with_a_key_header)
{
	struct envelope e;
	struct fault f = FAULT_INIT;
	order_for(ORDER_ACTION_SEND, "49\"3027");
	give("key", "s3cret");
	ck_assert_int_eq(
		make("variables = { key = { required = true; }; }; number = \"digits\";"
		     "auth = { kind = \"header\"; name = \"Authorization\"; value = \"App {key}\"; "
		     "};"
		     "headers = ( ( \"X-A\", \"b\" ) );"
		     "send = { url = \"https://a.example/v1\"; query = ( ( \"v\", \"1 2\" ) );"
		     "json = { to = [ \"{number}\" ]; text = \"{text}\"; };" TAIL,
			&e, &f),
		0);
	ck_assert_str_eq(e.method, "POST");
	ck_assert_str_eq(buffer_string(&e.url), "https://a.example/v1?v=1%202");
	ck_assert_str_eq(header(&e, "Authorization"), "Authorization: App s3cret");
	ck_assert_str_eq(header(&e, "X-A"), "X-A: b");
	ck_assert_str_eq(header(&e, "Content-Type"), "Content-Type: application/json");
	ck_assert_str_eq(
		buffer_string(&e.body), "{\"to\":[\"4917012345678\"],\"text\":\"49\\\"3027\"}");
	ck_assert(e.has_body && !e.basic);
	envelope_wipe(&e);
}
END_TEST

START_TEST(basic_form_and_sigv4)
{
	struct envelope e;
	struct fault f = FAULT_INIT;
	order_for(ORDER_ACTION_SEND, "x");
	give("sid", "AC1");
	give("key", "k");
	ck_assert_int_eq(
		make("variables = { sid = { }; other = { }; key = { }; };"
		     "auth = { kind = \"basic\"; user = \"{other|sid}\"; password = \"{key}\"; };"
		     "send = { url = \"https://a.example/{sid}\"; form = ( ( \"To\", \"{number}\" "
		     ") );" TAIL,
			&e, &f),
		0);
	ck_assert(e.basic);
	ck_assert_str_eq(buffer_string(&e.user), "AC1");
	ck_assert_str_eq(buffer_string(&e.password), "k");
	ck_assert_str_eq(buffer_string(&e.body), "To=%2B4917012345678");
	envelope_wipe(&e);
	ck_assert_int_eq(make("variables = { sid = { kind = \"label\"; }; key = { }; };"
			      "auth = { kind = \"sigv4\"; provider = \"aws:amz:{sid}:sns\"; user = "
			      "\"u\"; password = \"{key}\"; };"
			      "send = { url = \"https://sns.{sid}.example/\"; number = \"00\";"
			      "text = \"{number} {text}\"; content_type = \"text/plain\";" TAIL,
				 &e, &f),
		0);
	ck_assert_str_eq(buffer_string(&e.sigv4), "aws:amz:AC1:sns");
	ck_assert_str_eq(buffer_string(&e.url), "https://sns.AC1.example/");
	ck_assert_str_eq(buffer_string(&e.body), "004917012345678 x");
	ck_assert_str_eq(header(&e, "Content-Type"), "Content-Type: text/plain");
	envelope_wipe(&e);
}
END_TEST

START_TEST(voice_is_spoken_digit_by_digit)
{
	static const char description[] =
		"send = { url = \"https://a.example/\";" TAIL
		"voice = { url = \"https://a.example/\"; pause = \", \"; repeat = 2;"
		"form = ( ( \"T\", { *xml = \"<Say>{text}</Say>\"; } ), ( \"C\", \"{code}\" ) "
		");" TAIL;
	struct envelope e;
	struct fault f = FAULT_INIT;
	order_for(ORDER_ACTION_VOICE, "Hi 12: 493027.");
	ck_assert_int_eq(make(description, &e, &f), 0);
	ck_assert_str_eq(buffer_string(&e.body),
		"T=%3CSay%3EHi%201%2C%202%3A%204%2C%209%2C%203%2C%200%2C%202%2C%207.%20"
		"Hi%201%2C%202%3A%204%2C%209%2C%203%2C%200%2C%202%2C%207.%3C%2FSay%3E&C=493027");
	envelope_wipe(&e);
	order_for(ORDER_ACTION_VOICE, "no code");
	ck_assert_int_eq(make(description, &e, &f), -1);
}
END_TEST

START_TEST(check_and_poll_need_no_message)
{
	static const char description[] = "send = { url = \"https://a.example/\";" TAIL
					  "check = { url = \"https://a.example/self\";" TAIL
					  "poll = { url = \"https://a.example/m/{id}\"; state = "
					  "\"s\"; delivered = [ \"d\" ]; failed = [ \"f\" ]; };";
	struct envelope e;
	struct fault f = FAULT_INIT;
	order_for(ORDER_ACTION_CHECK, "");
	order.number[0] = '\0';
	ck_assert_int_eq(make(description, &e, &f), 0);
	ck_assert_str_eq(e.method, "GET");
	ck_assert(!e.has_body);
	envelope_wipe(&e);
	order.action = ORDER_ACTION_POLL;
	ck_assert_int_eq(make(description, &e, &f), -1);
	snprintf(order.message_id, sizeof order.message_id, "SM 1?a=b");
	ck_assert_int_eq(make(description, &e, &f), 0);
	ck_assert_str_eq(buffer_string(&e.url), "https://a.example/m/SM%201%3Fa%3Db");
	envelope_wipe(&e);
	snprintf(order.message_id, sizeof order.message_id, "../accounts/self");
	ck_assert_int_eq(make(description, &e, &f), -1);
	order.action = ORDER_ACTION_VOICE;
	ck_assert_int_eq(make(description, &e, &f), -1);
}
END_TEST

static const struct {
	const char *number, *text, *key, *from, *word;
} refused[] = {
	{ NUMBER, "x", "k\r\nX-Evil: 1", "ACME", "`key`" },
	{ NUMBER, "x", "k\x7f", "ACME", "`key`" },
	{ NUMBER, "x", NULL, "ACME", "x wants the variable `key`" },
	{ NUMBER, "x", "k", "\xc3\xa4", "`from`" },
	{ NUMBER, "x", "", "ACME", "`key`" },
	{ NUMBER, "", "k", "ACME", "text is empty" },
	{ NUMBER, "\xff", "k", "ACME", "not UTF-8" },
	{ "4917012345678", "x", "k", "ACME", "not E.164" },
	{ "+49170123456,+491", "x", "k", "ACME", "not E.164" },
	{ "+0170123456", "x", "k", "ACME", "not E.164" },
	{ "+4917", "x", "k", "ACME", "not E.164" },
	{ "+4917012<34567", "x", "k", "ACME", "not E.164" },
	{ "", "x", "k", "ACME", "not E.164" },
};

START_TEST(e5_hostile_orders_are_refused)
{
	struct envelope e;
	struct fault f = FAULT_INIT;
	order_for(ORDER_ACTION_SEND, refused[_i].text);
	memset(order.number, 0, sizeof order.number);
	snprintf(order.number, sizeof order.number, "%.16s", refused[_i].number);
	if (refused[_i].key)
		give("key", refused[_i].key);
	give("from", refused[_i].from);
	int rc = make(
		"variables = { key = { required = true; }; from = { kind = \"sender\"; }; };"
		"send = { url = \"https://a.example/\"; headers = ( ( \"X-Key\", \"{key}\" ) );"
		"form = ( ( \"a\", \"{text}\" ) );" TAIL,
		&e, &f);
	ck_assert_int_eq(rc, -1);
	ck_assert_msg(strstr(f.text, refused[_i].word) != NULL, "%s", f.text);
	ck_assert_uint_eq(e.nheaders, 0);
	ck_assert_ptr_null(e.body.bytes);
}
END_TEST

START_TEST(e5_text_in_a_header_cannot_break_it)
{
	struct envelope e;
	struct fault f = FAULT_INIT;
	order_for(ORDER_ACTION_SEND, "x\nX-Evil: 1");
	ck_assert_int_eq(make("send = { url = \"https://a.example/\"; headers = ( ( \"X-T\", "
			      "\"{text}\" ) );" TAIL,
				 &e, &f),
		-1);
	ck_assert_ptr_nonnull(strstr(f.text, "X-T has a control character"));
}
END_TEST

START_TEST(variables_are_matched)
{
	static const char description[] =
		"variables = { a = { }; b = { }; c = { fallback = \"fc\"; }; };"
		"one_of = ( [ \"a\", \"b\" ] );"
		"send = { url = \"https://a.example/\"; form = ( ( \"c\", \"{c}\" ) );" TAIL;
	struct envelope e;
	struct fault f = FAULT_INIT;
	order_for(ORDER_ACTION_SEND, "x");
	ck_assert_int_eq(make(description, &e, &f), -1);
	ck_assert_str_eq(f.text, "x wants exactly one of the variables `a`, `b`");
	give("a", "1");
	ck_assert_int_eq(make(description, &e, &f), 0);
	ck_assert_str_eq(buffer_string(&e.body), "c=fc");
	envelope_wipe(&e);
	give("b", "1");
	ck_assert_int_eq(make(description, &e, &f), -1);
	order_for(ORDER_ACTION_SEND, "x");
	give("a", "1");
	give("d", "1");
	ck_assert_int_eq(make(description, &e, &f), -1);
	ck_assert_str_eq(f.text, "x has no variable `d`");
}
END_TEST

START_TEST(a_value_that_must_be_said_is_said_exactly)
{
	static const char description[] =
		"variables = { weaker = { required = true; must = \"accepted\"; }; };"
		"send = { url = \"https://a.example/\";" TAIL;
	struct envelope e;
	struct fault f = FAULT_INIT;
	order_for(ORDER_ACTION_SEND, "x");
	ck_assert_int_eq(make(description, &e, &f), -1);
	ck_assert_str_eq(f.text, "x wants the variable `weaker`");
	give("weaker", "Accepted");
	ck_assert_int_eq(make(description, &e, &f), -1);
	ck_assert_str_eq(f.text, "x: the value of `weaker` must be \"accepted\"");
	order_for(ORDER_ACTION_SEND, "x");
	give("weaker", "accepted");
	ck_assert_int_eq(make(description, &e, &f), 0);
	envelope_wipe(&e);
}
END_TEST

START_TEST(what_is_proved_later_is_kept_with_the_request)
{
	struct envelope e;
	struct fault f = FAULT_INIT;
	order_for(ORDER_ACTION_SEND, "x");
	give("k", "v");
	ck_assert_int_eq(make("variables = { k = { }; }; auth = { kind = \"ovh\"; application_key = "
			      "\"a{k}\"; application_secret = \"b{k}\"; consumer_key = \"c{k}\"; };"
			      "send = { url = \"https://a.example/\";" TAIL,
				 &e, &f),
		0);
	ck_assert_int_eq(e.signing, ENVELOPE_OVH);
	ck_assert_str_eq(buffer_string(&e.application), "av");
	ck_assert_str_eq(buffer_string(&e.key), "bv");
	ck_assert_str_eq(buffer_string(&e.consumer), "cv");
	ck_assert(e.nheaders == 0 && !e.basic && e.grant.url.len == 0);
	envelope_wipe(&e);
	ck_assert_int_eq(make("variables = { k = { }; }; auth = { kind = \"azure\"; key = \"{k}\"; };"
			      "send = { url = \"https://a.example/\";" TAIL,
				 &e, &f),
		0);
	ck_assert_int_eq(e.signing, ENVELOPE_AZURE);
	ck_assert_str_eq(buffer_string(&e.key), "v");
	envelope_wipe(&e);
	ck_assert_int_eq(make("variables = { k = { }; }; auth = { kind = \"oauth2\"; token_url = "
			      "\"https://b.example/{k}\"; client_id = \"i{k}\"; client_secret = "
			      "\"s{k}\"; scope = \"{k} x\"; credentials = \"form\"; };"
			      "send = { url = \"https://a.example/\";" TAIL,
				 &e, &f),
		0);
	ck_assert_int_eq(e.signing, ENVELOPE_UNSIGNED);
	ck_assert_str_eq(buffer_string(&e.grant.url), "https://b.example/v");
	ck_assert_str_eq(buffer_string(&e.grant.client), "iv");
	ck_assert_str_eq(buffer_string(&e.grant.secret), "sv");
	ck_assert_str_eq(buffer_string(&e.grant.scope), "v x");
	ck_assert(e.grant.in_form && e.nheaders == 0 && !e.basic);
	envelope_wipe(&e);
}
END_TEST

/* What other providers want, in the language: from their documents, cut to what is peculiar. */
static const struct {
	const char *name, *description, *text, *url, *body; /* key: header that must be there */
	const char *key;
} peculiar[] = {
	{ "vonage",
		"number = \"digits\"; send = { url = \"https://rest.example/sms/json\"; form = ("
		"( \"to\", \"{number}\" ), ( \"text\", \"{text}\" ), ( \"type\", \"unicode\", "
		"\"unicode\" ) );" TAIL,
		"\xd0\x9a", "https://rest.example/sms/json",
		"to=4917012345678&text=%D0%9A&type=unicode", "Content-Type: application/x-www" },
	{ "gatewayapi",
		"number = \"digits\"; auth = { kind = \"basic\"; user = \"token\"; password = "
		"\"\"; };"
		"send = { url = \"https://g.example/rest/mtsms\"; json = { sender = \"A\"; "
		"recipients = ("
		"{ msisdn = { *integer = \"{number}\"; }; } );"
		"encoding = { *when = \"unicode\"; *value = \"UCS2\"; }; };" TAIL,
		"x", "https://g.example/rest/mtsms",
		"{\"sender\":\"A\",\"recipients\":[{\"msisdn\":4917012345678}]}",
		"Content-Type: application/json" },
	{ "kannel",
		"number = \"00\"; send = { method = \"GET\"; url = "
		"\"https://k.example:13013/cgi-bin/sendsms\";"
		"query = ( ( \"to\", \"{number}\" ), ( \"text\", \"{text}\" ), ( \"coding\", 2, "
		"\"unicode\" ) );" TAIL,
		"a+b \xd0\x9a",
		"https://k.example:13013/cgi-bin/"
		"sendsms?to=004917012345678&text=a%2Bb%20%D0%9A&coding=2",
		"", "" },
	{ "jasmin",
		"send = { url = \"https://j.example/send\"; form = ( ( \"coding\", 8 ),"
		"( \"hex-content\", { *hex16 = \"{text}\"; } ) );" TAIL,
		"A\xd0\x9a", "https://j.example/send", "coding=8&hex-content=0041041a", "" },
	{ "bulksms",
		"send = { url = \"https://b.example/v1/messages\"; query = ( ( \"auto-unicode\", "
		"true ) );"
		"json = ( { to = \"{number}\"; body = \"{text}\"; } );" TAIL,
		"x", "https://b.example/v1/messages?auto-unicode=true",
		"[{\"to\":\"+4917012345678\",\"body\":\"x\"}]", "" },
	{ "sns",
		"send = { url = \"https://sns.eu.example/\"; form = ( ( \"Action\", \"Publish\" ),"
		"( \"MessageAttributes.entry.1.Name\", \"AWS.SNS.SMS.SenderID\" ), ( "
		"\"PhoneNumber\", \"{number}\" ) );" TAIL,
		"x", "https://sns.eu.example/",
		"Action=Publish&MessageAttributes.entry.1.Name=AWS.SNS.SMS.SenderID&PhoneNumber=%"
		"2B4917012345678",
		"" },
	{ "swisscom",
		"headers = ( ( \"SCS-Version\", 2 ), ( \"client_id\", \"k\" ) );"
		"send = { url = \"https://s.example/messaging/sms\"; json = { to = \"{number}\"; };"
		"id = { header = \"Location\"; regex = \"/([^/]+)$\"; };" TAIL,
		"x", "https://s.example/messaging/sms", "{\"to\":\"+4917012345678\"}",
		"SCS-Version: 2" },
	{ "plivo",
		"send = { url = \"https://p.example/v1/Account/A1/Message/\"; json = { dst = "
		"\"{number}\"; };"
		"id = \"message_uuid[0]\";" TAIL,
		"x", "https://p.example/v1/Account/A1/Message/", "{\"dst\":\"+4917012345678\"}",
		"" },
	{ "telnyx",
		"send = { url = \"https://t.example/v2/verifications/call\";"
		"json = { phone_number = \"{number}\"; custom_code = \"{code}\"; };" TAIL,
		"493027 is it", "https://t.example/v2/verifications/call",
		"{\"phone_number\":\"+4917012345678\",\"custom_code\":\"493027\"}", "" },
};

START_TEST(the_language_says_what_other_providers_want)
{
	struct envelope e;
	struct fault f = FAULT_INIT;
	order_for(ORDER_ACTION_SEND, peculiar[_i].text);
	int rc = make(peculiar[_i].description, &e, &f);
	ck_assert_msg(rc == 0, "%s: %s", peculiar[_i].name, f.text);
	ck_assert_str_eq(buffer_string(&e.url), peculiar[_i].url);
	ck_assert_str_eq(buffer_string(&e.body), peculiar[_i].body);
	if (*peculiar[_i].key)
		ck_assert_msg(*header(&e, peculiar[_i].key), "%s", peculiar[_i].name);
	envelope_wipe(&e);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("request");
	TCase *t = tcase_create("request");
	tcase_add_test(t, a_json_request_with_a_key_header);
	tcase_add_test(t, basic_form_and_sigv4);
	tcase_add_test(t, voice_is_spoken_digit_by_digit);
	tcase_add_test(t, check_and_poll_need_no_message);
	tcase_add_loop_test(t, e5_hostile_orders_are_refused, 0, sizeof refused / sizeof *refused);
	tcase_add_test(t, e5_text_in_a_header_cannot_break_it);
	tcase_add_test(t, variables_are_matched);
	tcase_add_test(t, a_value_that_must_be_said_is_said_exactly);
	tcase_add_test(t, what_is_proved_later_is_kept_with_the_request);
	tcase_add_loop_test(t, the_language_says_what_other_providers_want, 0,
		sizeof peculiar / sizeof *peculiar);
	suite_add_tcase(s, t);
	return s;
}
