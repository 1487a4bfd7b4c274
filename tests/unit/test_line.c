/* How long a connection is good for; that one is used, and begun once only, is in test_http and test_warm. Time is told. */
#include "sender/line.h"

#include "unit.h"

int64_t __wrap_clock_boot_ms(void);

static int64_t now = 1000000;

int64_t __wrap_clock_boot_ms(void)
{
	return now;
}

START_TEST(e9_a_connection_is_good_for_as_long_as_its_server_says)
{
	static const struct {
		const char *headers;
		int64_t good_ms;
	} cases[] = {
		{ "HTTP/1.1 200 OK\r\n\r\n", 119000 },
		{ "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=100\r\n\r\n", 4000 },
		{ "HTTP/1.1 200 OK\r\nkeep-alive: max=100, Timeout=30\r\n\r\n", 29000 },
		{ "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\n\r\n", 0 },
		{ "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=0\r\n\r\n", -1000 },
		{ "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=x\r\n\r\n", -1000 },
		{ "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=99999999999999999999\r\n\r\n", 119000 },
		{ "HTTP/1.1 200 OK\r\nX: Keep-Alive: timeout=5\r\n\r\n", 119000 },
		{ "HTTP/1.1 200 OK\r\nKeep-Alive: max=3\r\nX: timeout=5\r\n\r\n", 119000 },
		{ "", 119000 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct line l = { 0 };
		line_keep(&l, cases[i].headers);
		ck_assert_msg(l.good_until_ms - now == cases[i].good_ms, "%s: %lld", cases[i].headers,
			(long long)(l.good_until_ms - now));
	}
}
END_TEST

START_TEST(what_was_used_is_no_more_good_until_it_is_said_again)
{
	struct line l = { 0 };
	CURL *c = curl_easy_init();
	line_keep(&l, "");
	ck_assert(line_prepare(&l, c));
	ck_assert_int_eq(l.good_until_ms, 0);
	curl_easy_cleanup(c);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("line");
	TCase *t = tcase_create("line");
	tcase_add_test(t, e9_a_connection_is_good_for_as_long_as_its_server_says);
	tcase_add_test(t, what_was_used_is_no_more_good_until_it_is_said_again);
	suite_add_tcase(s, t);
	return s;
}
