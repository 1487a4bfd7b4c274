#include "sender/http.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "unit.h"

/* A server in a child: takes one connection, reads a request's head and the body that it
 * announces, and does as told. */
enum manner { ANSWER, CLOSE_AT_ONCE, CLOSE_AFTER_REQUEST, STALL, DRIP, HUGE };

static pid_t server;
static unsigned port;
static int seen_fd; /* what the server read */

static size_t read_request(int fd, char *buf, size_t cap)
{
	size_t len = 0, want = cap;
	while (len < want) {
		ssize_t n = read(fd, buf + len, cap - 1 - len);
		if (n <= 0)
			break;
		len += (size_t)n;
		buf[len] = '\0';
		char *end = strstr(buf, "\r\n\r\n"), *length = strstr(buf, "Content-Length: ");
		if (end)
			want = (size_t)(end + 4 - buf) +
			       (length ? (size_t)strtoul(length + 16, NULL, 10) : 0);
	}
	return len;
}

static void write_all(int fd, const char *s)
{
	if (write(fd, s, strlen(s)) < 0)
		_exit(0);
}

static void serve(int listener, int report, enum manner manner, const char *answer)
{
	static char buf[65536], block[1025];
	int fd = accept(listener, NULL, NULL);
	if (manner == CLOSE_AT_ONCE)
		_exit(0);
	size_t len = read_request(fd, buf, sizeof buf);
	if (write(report, buf, len) < 0)
		_exit(1);
	close(report);
	if (manner == STALL)
		sleep(30);
	if (manner == ANSWER)
		write_all(fd, answer);
	if (manner == DRIP)
		for (write_all(fd, "HTTP/1.1 200 OK\r\n\r\n");; usleep(50000))
			write_all(fd, "x");
	if (manner == HUGE) {
		memset(block, 'x', 1024);
		write_all(fd, answer);
		for (int i = 0; i < 70; i++)
			write_all(fd, block);
	}
	_exit(0);
}

static void start(enum manner manner, const char *answer)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof a;
	int report[2], listener = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&a, sizeof a), 0);
	ck_assert_int_eq(listen(listener, 8), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&a, &len), 0);
	ck_assert_int_eq(pipe(report), 0);
	port = ntohs(a.sin_port);
	server = fork();
	if (server == 0) {
		close(report[0]);
		serve(listener, report[1], manner, answer);
	}
	close(listener);
	close(report[1]);
	seen_fd = report[0];
}

static void stop(char *seen, size_t cap)
{
	size_t len = 0;
	ssize_t n;
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	while ((n = read(seen_fd, seen + len, cap - 1 - len)) > 0)
		len += (size_t)n;
	seen[len] = '\0';
	close(seen_fd);
}

static struct http_options options_until(int ms)
{
	return (struct http_options){ .ca_file = "",
		.proxy = "",
		.loopback_http = true,
		.deadline_ms = clock_boot_ms() + ms };
}

static struct envelope envelope_to(const char *path)
{
	char url[128];
	struct envelope e = { .method = "POST", .has_body = true };
	struct fault f = FAULT_INIT;
	snprintf(url, sizeof url, "http://127.0.0.1:%u%s", port, path);
	buffer_text(&e.url, url);
	buffer_text(&e.body, "to=1&text=a%20b");
	ck_assert_int_eq(envelope_header(&e, "Content-Type", "x/y", &f), 0);
	ck_assert_int_eq(envelope_header(&e, "X-Key", "s3cret", &f), 0);
	return e;
}

static char seen[65536];

static void run(enum manner manner, const char *answer, struct http_answer *a)
{
	start(manner, answer);
	struct envelope e = envelope_to("/v1/./x");
	struct http_options o = options_until(1500);
	http_run(&e, &o, a);
	stop(seen, sizeof seen);
	envelope_wipe(&e);
}

START_TEST(what_is_sent_and_taken)
{
	struct http_answer a;
	run(ANSWER,
		"HTTP/1.1 100 Continue\r\nX-Old: 1\r\n\r\nHTTP/1.1 201 Created\r\nLocation: /7\r\n"
		"Content-Length: 4\r\n\r\nbody",
		&a);
	ck_assert_msg(a.fate == HTTP_ANSWERED, "%s", a.note);
	ck_assert_uint_eq(a.status, 201);
	ck_assert_str_eq(buffer_string(&a.body), "body");
	ck_assert_ptr_nonnull(strstr(buffer_string(&a.headers), "Location: /7"));
	ck_assert_ptr_null(strstr(buffer_string(&a.headers), "X-Old"));
	ck_assert_ptr_nonnull(strstr(seen, "POST /v1/./x HTTP/1.1\r\n"));
	ck_assert_ptr_nonnull(strstr(seen, "\r\nX-Key: s3cret\r\n"));
	ck_assert_ptr_nonnull(strstr(seen, "\r\nContent-Type: x/y\r\n"));
	ck_assert_ptr_nonnull(strstr(seen, "\r\nUser-Agent: pam_sms_otp/" SMSOTP_VERSION "\r\n"));
	ck_assert_ptr_nonnull(strstr(seen, "\r\n\r\nto=1&text=a%20b"));
	ck_assert_ptr_null(strstr(seen, "Expect:"));
	http_wipe(&a);
}
END_TEST

START_TEST(basic_credentials_go_into_a_header)
{
	struct http_answer a;
	start(ANSWER, "HTTP/1.1 200 OK\r\n\r\n");
	struct envelope e = envelope_to("/");
	e.basic = true;
	e.method = "GET";
	e.has_body = false;
	buffer_text(&e.user, "AC1");
	buffer_text(&e.password, "k:k");
	struct http_options o = options_until(1500);
	http_run(&e, &o, &a);
	stop(seen, sizeof seen);
	ck_assert_int_eq(a.fate, HTTP_ANSWERED);
	ck_assert_ptr_nonnull(strstr(seen, "GET / HTTP/1.1\r\n"));
	ck_assert_ptr_nonnull(strstr(seen, "\r\nAuthorization: Basic QUMxOms6aw==\r\n"));
	envelope_wipe(&e);
	http_wipe(&a);
}
END_TEST

START_TEST(e4_no_redirect_is_followed)
{
	char answer[128];
	struct http_answer a;
	snprintf(answer, sizeof answer,
		"HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:%u/\r\n"
		"Content-Length: 0\r\n\r\n",
		1u);
	run(ANSWER, answer, &a);
	ck_assert_int_eq(a.fate, HTTP_ANSWERED);
	ck_assert_uint_eq(a.status, 307);
	http_wipe(&a);
}
END_TEST

START_TEST(e4_the_answer_is_capped)
{
	struct http_answer a;
	run(HUGE, "HTTP/1.1 200 OK\r\n\r\n", &a);
	ck_assert_int_eq(a.fate, HTTP_ANSWERED);
	ck_assert(a.huge);
	ck_assert_uint_eq(a.status, 200);
	ck_assert_uint_eq(a.body.len, 0);
	http_wipe(&a);
}
END_TEST

START_TEST(e9_what_was_handed_over_is_lost_and_not_unsent)
{
	static const struct {
		enum manner manner;
		const char *answer;
	} cases[] = {
		{ CLOSE_AFTER_REQUEST, "" },
		{ STALL, "" },
		{ DRIP, "" },
		{ ANSWER, "220 mail.example.com ESMTP\r\n" },
		{ ANSWER, "HTTP/7.5 200 OK\r\nContent-Length: 0\r\n\r\n" },
		{ ANSWER, "HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n" },
		{ ANSWER, "HTTP/1.1 999 OK\r\nContent-Length: 0\r\n\r\n" },
		{ ANSWER, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct http_answer a;
		int64_t start_ms = clock_boot_ms();
		run(cases[i].manner, cases[i].answer, &a);
		ck_assert_msg(a.fate == HTTP_LOST, "%zu: %d %s", i, (int)a.fate, a.note);
		/* the deadline, and room for a loaded machine */
		ck_assert_int_lt(clock_boot_ms() - start_ms, 6000);
		ck_assert(a.note[0]);
		http_wipe(&a);
	}
}
END_TEST

START_TEST(e9_no_connection_is_not_sent)
{
	struct http_answer a;
	start(CLOSE_AT_ONCE, "");
	struct envelope e = envelope_to("/");
	stop(seen, sizeof seen);
	struct http_options o = options_until(1000);
	http_run(&e, &o, &a);
	ck_assert_int_eq(a.fate, HTTP_NOT_SENT);
	http_wipe(&a);
	o = options_until(0);
	http_run(&e, &o, &a);
	ck_assert_int_eq(a.fate, HTTP_NOT_SENT);
	http_wipe(&a);
	envelope_wipe(&e);
}
END_TEST

START_TEST(e4_plain_text_where_tls_should_be_is_not_sent)
{
	struct http_answer a;
	char url[64];
	struct envelope e = { .method = "POST" };
	start(ANSWER, "HTTP/1.1 200 OK\r\n\r\n");
	snprintf(url, sizeof url, "https://127.0.0.1:%u/", port);
	buffer_text(&e.url, url);
	struct http_options o = options_until(1000);
	http_run(&e, &o, &a);
	stop(seen, sizeof seen);
	ck_assert_int_eq(a.fate, HTTP_NOT_SENT);
	envelope_wipe(&e);
	http_wipe(&a);
}
END_TEST

START_TEST(e4_what_is_not_allowed_is_not_tried)
{
	static const struct {
		const char *url, *proxy;
		bool loopback_http;
	} cases[] = {
		{ "http://127.0.0.1:1/", "", false },
		{ "http://192.0.2.1/", "", true },
		{ "file:///etc/passwd", "", true },
		{ "https://192.0.2.1/", "socks4://127.0.0.1", true },
		{ "https://192.0.2.1/", "127.0.0.1:3128", true },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct http_answer a;
		struct envelope e = { .method = "GET" };
		struct http_options o = options_until(1000);
		o.proxy = cases[i].proxy;
		o.loopback_http = cases[i].loopback_http;
		buffer_text(&e.url, cases[i].url);
		http_run(&e, &o, &a);
		ck_assert_msg(a.fate == HTTP_REFUSED, "%s", cases[i].url);
		ck_assert(a.note[0]);
		envelope_wipe(&e);
		http_wipe(&a);
	}
}
END_TEST

START_TEST(e4_no_proxy_of_the_environment)
{
	struct http_answer a;
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("all_proxy", "http://127.0.0.1:1", 1);
	run(ANSWER, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", &a);
	ck_assert_int_eq(a.fate, HTTP_ANSWERED);
	http_wipe(&a);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("http");
	TCase *t = tcase_create("http");
	tcase_set_timeout(t, 20);
	tcase_add_test(t, what_is_sent_and_taken);
	tcase_add_test(t, basic_credentials_go_into_a_header);
	tcase_add_test(t, e4_no_redirect_is_followed);
	tcase_add_test(t, e4_the_answer_is_capped);
	tcase_add_test(t, e9_what_was_handed_over_is_lost_and_not_unsent);
	tcase_add_test(t, e9_no_connection_is_not_sent);
	tcase_add_test(t, e4_plain_text_where_tls_should_be_is_not_sent);
	tcase_add_test(t, e4_what_is_not_allowed_is_not_tried);
	tcase_add_test(t, e4_no_proxy_of_the_environment);
	suite_add_tcase(s, t);
	return s;
}
