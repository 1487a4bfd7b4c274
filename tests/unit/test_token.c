#include "sender/token.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "unit.h"

static struct envelope_grant grant(
	const char *client, const char *secret, const char *scope, bool in_form)
{
	struct envelope_grant g = { .in_form = in_form };
	buffer_text(&g.url, "https://login.example/oauth2/token");
	buffer_text(&g.client, client);
	buffer_text(&g.secret, secret);
	buffer_text(&g.scope, scope);
	return g;
}

static void drop(struct envelope_grant *g)
{
	struct envelope e = { .grant = *g };
	envelope_wipe(&e);
}

START_TEST(credentials_as_basic_authentication)
{
	struct fault f = FAULT_INIT;
	struct envelope ask;
	struct envelope_grant g = grant("an id:1", "s%3c ret", "sms.send read", false);
	ck_assert_int_eq(token_request(&g, &ask, &f), 0);
	ck_assert_str_eq(ask.method, "POST");
	ck_assert_str_eq(buffer_string(&ask.url), "https://login.example/oauth2/token");
	ck_assert(ask.basic && ask.has_body);
	ck_assert_str_eq(buffer_string(&ask.user), "an%20id%3A1");
	ck_assert_str_eq(buffer_string(&ask.password), "s%253c%20ret");
	ck_assert_str_eq(
		buffer_string(&ask.body), "grant_type=client_credentials&scope=sms.send%20read");
	ck_assert_uint_eq(ask.nheaders, 2);
	ck_assert_str_eq(
		buffer_string(&ask.headers[1]), "Content-Type: application/x-www-form-urlencoded");
	envelope_wipe(&ask);
	drop(&g);
}
END_TEST

START_TEST(credentials_in_the_form)
{
	struct fault f = FAULT_INIT;
	struct envelope ask;
	struct envelope_grant g = grant("id&x=1", "s+c", "", true);
	ck_assert_int_eq(token_request(&g, &ask, &f), 0);
	ck_assert(!ask.basic);
	ck_assert_str_eq(buffer_string(&ask.body),
		"grant_type=client_credentials&client_id=id%26x%3D1&client_secret=s%2Bc");
	envelope_wipe(&ask);
	drop(&g);
}
END_TEST

static const struct {
	enum http_fate fate;
	unsigned status;
	const char *body;
	enum receipt_outcome outcome; /* ACCEPTED: a token */
	const char *word;             /* of the header, or of the note */
} cases[] = {
	{ HTTP_ANSWERED, 200, "{\"access_token\":\"aB3-._~+/=\",\"token_type\":\"bearer\"}",
		RECEIPT_ACCEPTED, "Authorization: Bearer aB3-._~+/=" },
	{ HTTP_ANSWERED, 200, "{\"access_token\":\"t\",\"token_type\":\"Bearer\",\"expires_in\":1}",
		RECEIPT_ACCEPTED, "Authorization: Bearer t" },
	{ HTTP_ANSWERED, 201, "{\"access_token\":\"t\"}", RECEIPT_ACCEPTED,
		"Authorization: Bearer t" },
	{ HTTP_ANSWERED, 200, "{\"access_token\":\"t\",\"token_type\":\"mac\"}", RECEIPT_REQUEST,
		"type" },
	{ HTTP_ANSWERED, 200, "{\"access_token\":\"\"}", RECEIPT_REQUEST, "not in the answer" },
	{ HTTP_ANSWERED, 200, "{\"access_token\":\"=\"}", RECEIPT_REQUEST, "not in the answer" },
	{ HTTP_ANSWERED, 200, "{\"access_token\":\"a=b\"}", RECEIPT_REQUEST, "not in the answer" },
	{ HTTP_ANSWERED, 200, "{\"access_token\":\"a b\"}", RECEIPT_REQUEST, "not in the answer" },
	{ HTTP_ANSWERED, 200, "{\"access_token\":\"a\\r\\nX-Evil: 1\"}", RECEIPT_REQUEST,
		"not in the answer" },
	{ HTTP_ANSWERED, 200, "{\"access_token\":{}}", RECEIPT_REQUEST, "not in the answer" },
	{ HTTP_ANSWERED, 200, "", RECEIPT_REQUEST, "not in the answer" },
	{ HTTP_ANSWERED, 200, "<html>", RECEIPT_REQUEST, "not in the answer" },
	{ HTTP_ANSWERED, 302, "{\"access_token\":\"t\"}", RECEIPT_REQUEST, "HTTP 302" },
	{ HTTP_ANSWERED, 400, "{\"error\":\"invalid_client\"}", RECEIPT_ACCOUNT, "HTTP 400" },
	{ HTTP_ANSWERED, 401, "{\"access_token\":\"t\"}", RECEIPT_ACCOUNT,
		"credentials are refused" },
	{ HTTP_ANSWERED, 403, "", RECEIPT_ACCOUNT, "credentials are refused" },
	{ HTTP_ANSWERED, 404, "", RECEIPT_ACCOUNT, "HTTP 404" },
	{ HTTP_ANSWERED, 408, "", RECEIPT_TEMPORARY, "HTTP 408" },
	{ HTTP_ANSWERED, 429, "", RECEIPT_TEMPORARY, "HTTP 429" },
	{ HTTP_ANSWERED, 500, "", RECEIPT_TEMPORARY, "HTTP 500" },
	{ HTTP_ANSWERED, 502, "", RECEIPT_TEMPORARY, "HTTP 502" },
	{ HTTP_ANSWERED, 504, "", RECEIPT_TEMPORARY, "HTTP 504" },
	{ HTTP_LOST, 401, "", RECEIPT_ACCOUNT, "HTTP 401" },
	/* what for a message would be unknown */
	{ HTTP_LOST, 200, "{\"access_token\":\"t\"}", RECEIPT_TEMPORARY, "the token: why" },
	{ HTTP_LOST, 0, "", RECEIPT_TEMPORARY, "the token: why" },
	{ HTTP_NOT_SENT, 0, "", RECEIPT_TEMPORARY, "the token: why" },
	{ HTTP_REFUSED, 0, "", RECEIPT_REQUEST, "the token: why" },
};

START_TEST(e9_what_an_answer_means_and_never_unknown)
{
	struct http_answer a = { .fate = cases[_i].fate, .status = cases[_i].status };
	struct envelope e = { 0 };
	struct receipt r = { 0 };
	buffer_text(&a.body, cases[_i].body);
	snprintf(a.note, sizeof a.note, "why");
	int rc = token_judge(&a, &e, &r);
	if (cases[_i].outcome == RECEIPT_ACCEPTED) {
		ck_assert_msg(rc == 0, "%s", r.note);
		ck_assert_uint_eq(e.nheaders, 1);
		ck_assert_str_eq(buffer_string(&e.headers[0]), cases[_i].word);
	} else {
		ck_assert_int_eq(rc, -1);
		ck_assert_uint_eq(e.nheaders, 0);
		ck_assert_int_eq(r.outcome, cases[_i].outcome);
		ck_assert_msg(strstr(r.note, cases[_i].word) != NULL, "%s", r.note);
		ck_assert_uint_eq(
			r.http_status, cases[_i].fate == HTTP_ANSWERED || cases[_i].status >= 300
					       ? cases[_i].status
					       : 0);
	}
	envelope_wipe(&e);
	http_wipe(&a);
}
END_TEST

START_TEST(a_token_has_its_limit)
{
	static char body[16400];
	struct http_answer a = { .fate = HTTP_ANSWERED, .status = 200 };
	struct envelope e = { 0 };
	struct receipt r = { 0 };
	snprintf(body, sizeof body, "{\"access_token\":\"%08192d\"}", 1);
	buffer_text(&a.body, body);
	ck_assert_int_eq(token_judge(&a, &e, &r), 0);
	envelope_wipe(&e);
	buffer_wipe(&a.body);
	snprintf(body, sizeof body, "{\"access_token\":\"%08193d\"}", 1);
	buffer_text(&a.body, body);
	ck_assert_int_eq(token_judge(&a, &e, &r), -1);
	http_wipe(&a);
}
END_TEST

START_TEST(without_a_grant_there_is_no_request)
{
	struct envelope e = { 0 };
	struct receipt r = { 0 };
	const struct http_options o = {
		.ca_file = "", .proxy = "", .deadline_ms = clock_boot_ms()
	};
	ck_assert_int_eq(token_fetch(&e, &o, &r), 0);
	ck_assert_uint_eq(e.nheaders, 0);
	ck_assert_int_eq(r.outcome, RECEIPT_NONE);
}
END_TEST

START_TEST(e4_the_tokens_url_obeys_the_same_rules)
{
	struct envelope e = { 0 };
	struct receipt r = { 0 };
	const struct http_options o = { .ca_file = "",
		.proxy = "",
		.loopback_http = true,
		.deadline_ms = clock_boot_ms() + 1000 };
	e.grant.in_form = true;
	buffer_text(&e.grant.url, "http://192.0.2.1/token");
	ck_assert_int_eq(token_fetch(&e, &o, &r), -1);
	ck_assert_int_eq(r.outcome, RECEIPT_REQUEST);
	ck_assert_ptr_nonnull(strstr(r.note, "loopback"));
	envelope_wipe(&e);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("token");
	TCase *t = tcase_create("token");
	tcase_add_test(t, credentials_as_basic_authentication);
	tcase_add_test(t, credentials_in_the_form);
	tcase_add_loop_test(
		t, e9_what_an_answer_means_and_never_unknown, 0, sizeof cases / sizeof *cases);
	tcase_add_test(t, a_token_has_its_limit);
	tcase_add_test(t, without_a_grant_there_is_no_request);
	tcase_add_test(t, e4_the_tokens_url_obeys_the_same_rules);
	suite_add_tcase(s, t);
	return s;
}
