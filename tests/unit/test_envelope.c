#include "sender/envelope.h"

#include <string.h>

#include "unit.h"

static const struct {
	const char *name, *value, *line; /* NULL: refused */
} cases[] = {
	{ "X-Key", "s3cret", "X-Key: s3cret" },
	{ "client_id", "k", "client_id: k" },
	{ "X-Empty", "", "X-Empty;" },
	{ "X-Utf8", "\xc3\xa4", "X-Utf8: \xc3\xa4" },
	{ "X-Key", "a\r\nX-Evil: 1", NULL },
	{ "X-Key", "a\nb", NULL },
	{ "X-Key", "a\tb", NULL },
	{ "X Key", "a", NULL },
	{ "X-Key:", "a", NULL },
	{ "", "a", NULL },
	{ "Host", "evil.example", NULL },
	{ "host", "evil.example", NULL },
	{ "Content-Length", "0", NULL },
	{ "Transfer-Encoding", "chunked", NULL },
};

START_TEST(e5_headers)
{
	struct envelope e = { 0 };
	struct fault f = FAULT_INIT;
	int rc = envelope_header(&e, cases[_i].name, cases[_i].value, &f);
	ck_assert_msg((rc == 0) == (cases[_i].line != NULL), "%s", cases[_i].name);
	if (rc == 0)
		ck_assert_str_eq(buffer_string(&e.headers[0]), cases[_i].line);
	else
		ck_assert_uint_eq(e.nheaders, 0);
	envelope_wipe(&e);
}
END_TEST

START_TEST(not_too_many)
{
	struct envelope e = { 0 };
	struct fault f = FAULT_INIT;
	for (int i = 0; i < ENVELOPE_HEADERS_MAX; i++)
		ck_assert_int_eq(envelope_header(&e, "A", "b", &f), 0);
	ck_assert_int_eq(envelope_header(&e, "A", "b", &f), -1);
	envelope_wipe(&e);
	ck_assert_uint_eq(e.nheaders, 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("envelope");
	TCase *t = tcase_create("envelope");
	tcase_add_loop_test(t, e5_headers, 0, sizeof cases / sizeof *cases);
	tcase_add_test(t, not_too_many);
	suite_add_tcase(s, t);
	return s;
}
