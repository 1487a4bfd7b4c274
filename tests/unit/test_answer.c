#include "sender/answer.h"

#include <string.h>

#include "sender/provider.h"
#include "unit.h"

/* Vonage's manner: 200 for everything, the truth is in the body. */
static const char description[] =
	"code = [ \"messages[0].status\", \"errors[0].code\", \"text\" ];"
	"errors = ( { code = [ \"1\", \"5\" ]; class = \"temporary\"; }, { code = 6; class = "
	"\"recipient\"; },"
	"{ code = ( \"9-15\", 29 ); class = \"account\"; }, { status = 409; class = \"temporary\"; "
	"},"
	"{ path = \"detail\"; prefix = \"blocked\"; class = \"recipient\"; } );"
	"send = { url = \"https://a.example/\"; id = [ \"messages[0].message-id\", \"id\" ];"
	"errors = ( { code = 14; class = \"request\"; } );"
	"success = { status = [ 200, 202 ]; all = ( { path = \"messages[*].status\"; equals = "
	"\"0\"; } ); }; };"
	"check = { url = \"https://a.example/\"; balance = \"value\"; success = { status = 200; "
	"all = ( { path = \"value\"; exists = true; } ); }; };"
	"poll = { url = \"https://a.example/{id}\"; state = \"state\"; delivered = [ "
	"\"delivered\", \"read\" ]; failed = [ \"failed\" ]; not_found = \"pending\"; };";

struct case_of {
	const char *name;
	enum order_action action;
	enum http_fate fate;
	unsigned status;
	const char *body;
	enum receipt_outcome outcome;
	const char *code, *id;
};

#define S         ORDER_ACTION_SEND
#define C         ORDER_ACTION_CHECK
#define P         ORDER_ACTION_POLL
#define A         HTTP_ANSWERED
#define M(status) "{\"messages\":[{\"status\":" status ",\"message-id\":\"AB-1\"}]}"

static const struct case_of cases[] = {
	{ "accepted", S, A, 200, M("\"0\""), RECEIPT_ACCEPTED, "", "AB-1" },
	{ "accepted, number as status", S, A, 202, M("0"), RECEIPT_ACCEPTED, "", "AB-1" },
	{ "not this status", S, A, 201, M("\"0\""), RECEIPT_UNKNOWN, "0", "" },
	{ "throttled under 200", S, A, 200, M("\"1\""), RECEIPT_TEMPORARY, "1", "" },
	{ "recipient under 200", S, A, 200, M("\"6\""), RECEIPT_RECIPIENT, "6", "" },
	{ "account by range", S, A, 200, M("\"15\""), RECEIPT_ACCOUNT, "15", "" },
	{ "account in a list", S, A, 200, M("\"29\""), RECEIPT_ACCOUNT, "29", "" },
	{ "the block's own entries first", S, A, 200, M("\"14\""), RECEIPT_REQUEST, "14", "" },
	{ "unmapped code under 200", S, A, 200, M("\"99\""), RECEIPT_REQUEST, "99", "" },
	{ "one of two failed", S, A, 200, "{\"messages\":[{\"status\":\"0\"},{\"status\":\"6\"}]}",
		RECEIPT_UNKNOWN, "0", "" },
	{ "garbage under 200", S, A, 200, "<html>ok</html>", RECEIPT_UNKNOWN, "", "" },
	{ "nothing under 200", S, A, 200, "", RECEIPT_UNKNOWN, "", "" },
	{ "other JSON under 200", S, A, 200, "{\"ok\":true}", RECEIPT_UNKNOWN, "", "" },
	{ "204", S, A, 204, "", RECEIPT_UNKNOWN, "", "" },
	{ "401", S, A, 401, "{\"errors\":[{\"code\":1001}]}", RECEIPT_ACCOUNT, "1001", "" },
	{ "402", S, A, 402, "", RECEIPT_ACCOUNT, "", "" },
	{ "403", S, A, 403, "garbage", RECEIPT_ACCOUNT, "", "" },
	{ "400", S, A, 400, "{}", RECEIPT_REQUEST, "", "" },
	{ "400 with a mapped code", S, A, 400, "{\"errors\":[{\"code\":6}]}", RECEIPT_RECIPIENT,
		"6", "" },
	{ "409 mapped by status", S, A, 409, "{}", RECEIPT_TEMPORARY, "", "" },
	{ "a test as an entry", S, A, 400, "{\"detail\":\"blocked number\"}", RECEIPT_RECIPIENT, "",
		"" },
	{ "404", S, A, 404, "{}", RECEIPT_REQUEST, "", "" },
	{ "429", S, A, 429, "{}", RECEIPT_TEMPORARY, "", "" },
	{ "500", S, A, 500, "<html>", RECEIPT_TEMPORARY, "", "" },
	{ "503", S, A, 503, "", RECEIPT_TEMPORARY, "", "" },
	{ "a success body under 500", S, A, 500, M("\"0\""), RECEIPT_TEMPORARY, "0", "" },
	{ "redirect", S, A, 302, "", RECEIPT_REQUEST, "", "" },
	{ "no connection", S, HTTP_NOT_SENT, 0, "", RECEIPT_TEMPORARY, "", "" },
	{ "lost", S, HTTP_LOST, 0, "", RECEIPT_UNKNOWN, "", "" },
	{ "lost after 200", S, HTTP_LOST, 200, "", RECEIPT_UNKNOWN, "", "" },
	{ "lost after 401", S, HTTP_LOST, 401, "", RECEIPT_ACCOUNT, "", "" },
	{ "refused", S, HTTP_REFUSED, 0, "", RECEIPT_REQUEST, "", "" },
	{ "code with a number in it", S, A, 400, "{\"text\":\"4917012345678\"}", RECEIPT_REQUEST,
		"", "" },
	{ "code with text behind", S, A, 400, "{\"text\":\"E-12 to +4917012345678\"}",
		RECEIPT_REQUEST, "E-12", "" },
	{ "code beside a number", S, A, 400, "{\"text\":\"x4917012345678y\"}", RECEIPT_REQUEST,
		"", "" },
	{ "g1 a number with dots", S, A, 400, "{\"text\":\"49.151.1234.5612\"}", RECEIPT_REQUEST,
		"", "" },
	{ "g1 a number with hyphens", S, A, 400, "{\"text\":\"0151-1234-5612\"}", RECEIPT_REQUEST,
		"", "" },
	{ "long code", S, A, 400, "{\"text\":\"abcdefghijklmnopqrstuvwxyz\"}", RECEIPT_REQUEST,
		"abcdefghijklmnop", "" },
	{ "hostile code", S, A, 400, "{\"text\":\"\\n\\u001b[2J\"}", RECEIPT_REQUEST, "", "" },
	{ "id with the number", S, A, 200,
		"{\"messages\":[{\"status\":\"0\",\"message-id\":\"x4917012345678\"}]}",
		RECEIPT_ACCEPTED, "", "" },
	{ "id with a newline", S, A, 200,
		"{\"messages\":[{\"status\":\"0\",\"message-id\":\"a\\nb\"}]}", RECEIPT_ACCEPTED,
		"", "" },
	{ "second path of the id", S, A, 200, "{\"messages\":[{\"status\":\"0\"}],\"id\":77}",
		RECEIPT_ACCEPTED, "", "77" },
	{ "check", C, A, 200, "{\"value\":12.5}", RECEIPT_ACCEPTED, "", "" },
	{ "check, not understood", C, A, 200, "{}", RECEIPT_REQUEST, "", "" },
	{ "check, lost", C, HTTP_LOST, 0, "", RECEIPT_TEMPORARY, "", "" },
	{ "check, 401", C, A, 401, "", RECEIPT_ACCOUNT, "", "" },
	{ "poll, delivered", P, A, 200, "{\"state\":\"DELIVERED\"}", RECEIPT_ACCEPTED, "", "" },
	{ "poll, failed", P, A, 200, "{\"state\":\"failed\"}", RECEIPT_RECIPIENT, "", "" },
	{ "poll, on its way", P, A, 200, "{\"state\":\"sent\"}", RECEIPT_PENDING, "", "" },
	{ "poll, no state", P, A, 200, "{}", RECEIPT_PENDING, "", "" },
	{ "poll, not found", P, A, 404, "{}", RECEIPT_PENDING, "", "" },
	{ "poll, 401", P, A, 401, "{}", RECEIPT_ACCOUNT, "", "" },
	{ "poll, lost", P, HTTP_LOST, 0, "", RECEIPT_TEMPORARY, "", "" },
};

START_TEST(e6_e9_outcomes)
{
	const struct case_of *c = &cases[_i];
	struct provider p;
	struct receipt r = { 0 };
	struct http_answer a = { .fate = c->fate, .status = c->status, .note = "our words" };
	struct fault f = FAULT_INIT;
	ck_assert_msg(provider_parse(description, "x", "x", &p, &f) == 0, "%s", f.text);
	buffer_text(&a.body, c->body);
	answer_judge(provider_block(&p, c->action), &a, "+4917012345678", &r);
	ck_assert_msg(r.outcome == c->outcome, "%s: %d, %s", c->name, (int)r.outcome, r.note);
	ck_assert_msg(!strcmp(r.code, c->code), "%s: code %s", c->name, r.code);
	ck_assert_msg(!strcmp(r.message_id, c->id), "%s: id %s", c->name, r.message_id);
	ck_assert_msg(r.note[0] != '\0', "%s: no note", c->name);
	ck_assert_uint_eq(r.http_status, c->status);
	/* G1: nothing of the body but the code */
	ck_assert_ptr_null(strstr(r.note, "4917012345678"));
	ck_assert_ptr_null(strstr(r.note, "html"));
	buffer_wipe(&a.body);
	provider_close(&p);
}
END_TEST

START_TEST(notes_and_balance)
{
	struct provider p;
	struct receipt r = { 0 };
	struct http_answer a = { .fate = HTTP_ANSWERED, .status = 401 };
	struct fault f = FAULT_INIT;
	ck_assert_int_eq(provider_parse(description, "x", "x", &p, &f), 0);
	buffer_text(&a.body, "{\"errors\":[{\"code\":20003}]}");
	answer_judge(&p.send, &a, "+49", &r);
	ck_assert_str_eq(r.note, "HTTP 401, code 20003: the provider refuses the credentials");
	buffer_wipe(&a.body);
	memset(&r, 0, sizeof r);
	a.status = 200;
	buffer_text(&a.body, "{\"value\":12.5}");
	answer_judge(&p.check, &a, "", &r);
	ck_assert_str_eq(r.balance, "12.5");
	ck_assert_str_eq(r.note, "HTTP 200: the provider accepts the credentials");
	buffer_wipe(&a.body);
	/* a NUL in the body: neither text nor JSON */
	memset(&r, 0, sizeof r);
	buffer_add(&a.body, M("\"0\"") "\0", sizeof M("\"0\""));
	answer_judge(&p.send, &a, "+49", &r);
	ck_assert_int_eq(r.outcome, RECEIPT_UNKNOWN);
	buffer_wipe(&a.body);
	provider_close(&p);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("answer");
	TCase *t = tcase_create("answer");
	tcase_add_loop_test(t, e6_e9_outcomes, 0, sizeof cases / sizeof *cases);
	tcase_add_test(t, notes_and_balance);
	suite_add_tcase(s, t);
	return s;
}
