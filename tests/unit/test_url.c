#include "sender/url.h"

#include <string.h>

#include "unit.h"

static void fill(struct values *v, const char *host, const char *base, const char *id)
{
	memset(v, 0, sizeof *v);
	ck_assert_int_eq(values_add(v, "host", VALUES_HOST, host), 0);
	ck_assert_int_eq(values_add(v, "region", VALUES_LABEL, "eu1"), 0);
	ck_assert_int_eq(values_add(v, "base_url", VALUES_URL, base), 0);
	ck_assert_int_eq(values_add(v, "id", VALUES_TEXT, id), 0);
}

static const struct {
	const char *url, *expected; /* NULL: refused while reading */
} cases[] = {
	{ "https://api.example.com/v1/{id}", "https://api.example.com/v1/ID%20" },
	{ "https://{host}/v1", "https://sms.example.com:8443/v1" },
	{ "https://{region}.api.example.com/x", "https://eu1.api.example.com/x" },
	{ "{base_url}/v1/{id}.json", "https://base.example.com/p/v1/ID%20.json" },
	{ "https://api.example.com", "https://api.example.com" },
	{ "http://api.example.com/", NULL },
	{ "ftp://api.example.com/", NULL },
	{ "{id}/v1", NULL },
	{ "{host}/v1", NULL },
	{ "https://{id}/v1", NULL },
	{ "https://x.{id}.example.com/v1", NULL },
	{ "https://{base_url}/v1", NULL },
	{ "{base_url}.evil.example/v1", NULL },
	{ "{base_url|id}/v1", NULL },
	{ "https://{host|id}/v1", NULL },
	{ "https://user@api.example.com/", NULL },
	{ "https://", NULL },
	{ "https:///x", NULL },
	{ "https://api.example.com/\n", NULL },
	{ "https://api.example.com/\xc3\xbc", NULL },
	{ "https://api.example.com/?a={id}", NULL },
	{ "https://api.example.com/#x", NULL },
	{ "https://api.example.com/../x", NULL },
	{ "https://api.example.com/{other}", NULL },
	{ "{base_url", NULL },
	{ "", NULL },
};

START_TEST(e5_only_the_description_chooses_the_host)
{
	struct values v;
	struct buffer out = { 0 };
	struct fault f = FAULT_INIT;
	fill(&v, "sms.example.com:8443", "https://base.example.com/p/", "ID ");
	int rc = url_check(cases[_i].url, &v, &f);
	ck_assert_msg((rc == 0) == (cases[_i].expected != NULL), "%s: %s", cases[_i].url, f.text);
	if (rc == 0) {
		ck_assert_int_eq(url_expand(cases[_i].url, &v, &out, &f), 0);
		ck_assert_str_eq(buffer_string(&out), cases[_i].expected);
	}
	buffer_wipe(&out);
}
END_TEST

static const struct {
	const char *url;
	bool loopback_http, expected;
} gates[] = {
	{ "https://api.example.com/", false, true },
	{ "https://127.0.0.1:1/", false, true },
	{ "http://127.0.0.1:8080/x", true, true },
	{ "http://127.1.2.3/", true, true },
	{ "http://localhost:8080/x", true, true },
	{ "http://localhost", true, true },
	{ "http://[::1]:8080/x", true, true },
	{ "http://127.0.0.1:8080/x", false, false },
	{ "http://localhost/", false, false },
	{ "http://api.example.com/", true, false },
	{ "http://127.0.0.1.example.com/", true, false },
	{ "http://127.0.0.1@example.com/", true, false },
	{ "http://128.0.0.1/", true, false },
	{ "http://127.0.0.300/", true, false },
	{ "http://127.0.1/", true, false },
	{ "http://localhost.example.com/", true, false },
	{ "http://[::1].example.com/", true, false },
	{ "http://[::2]/", true, false },
	{ "HTTP://127.0.0.1/", true, false },
	{ "ftp://127.0.0.1/", true, false },
	{ "file:///etc/passwd", true, false },
	{ "", true, false },
};

START_TEST(e4_https_or_loopback)
{
	struct fault f = FAULT_INIT;
	int rc = url_allowed(gates[_i].url, gates[_i].loopback_http, &f);
	ck_assert_msg((rc == 0) == gates[_i].expected, "%s", gates[_i].url);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("url");
	TCase *t = tcase_create("url");
	tcase_add_loop_test(
		t, e5_only_the_description_chooses_the_host, 0, sizeof cases / sizeof *cases);
	tcase_add_loop_test(t, e4_https_or_loopback, 0, sizeof gates / sizeof *gates);
	suite_add_tcase(s, t);
	return s;
}
