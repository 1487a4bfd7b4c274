#include "sender/smtp.h"

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

/* A mail server in a child, without TLS: takes one connection and answers each command by the
 * script. What it read comes back through a pipe. */
struct script {
	/* HANG_UP: closes; SILENT: says no more. NULL: the usual answer */
	const char *greeting, *ehlo, *auth, *mail, *rcpt, *data, *end;
};

static const char HANG_UP[] = "hang up", SILENT[] = "silent";

static pid_t server;
static char seen[8192];
static int seen_fd;
static char address[32];

static void respond(int fd, const char *given, const char *usual)
{
	const char *text = given ? given : usual;
	if (text == HANG_UP)
		_exit(0);
	if (text == SILENT)
		pause();
	if (write(fd, text, strlen(text)) < 0)
		_exit(0);
}

static const struct {
	const char *verb;
	size_t at;
	const char *usual;
} verbs[] = {
	{ "EHLO", offsetof(struct script, ehlo), "250-here\r\n250 AUTH PLAIN LOGIN\r\n" },
	{ "MAIL", offsetof(struct script, mail), "250 fine\r\n" },
	{ "RCPT", offsetof(struct script, rcpt), "250-fine\r\n250 indeed\r\n" },
	{ "DATA", offsetof(struct script, data), "354 go on\r\n" },
};

static void serve(int listener, int report, const struct script *s)
{
	char line[1024];
	bool mail = false;
	int fd = accept(listener, NULL, NULL);
	FILE *in = fdopen(fd, "r");
	respond(fd, s->greeting, "220 here\r\n");
	while (in && fgets(line, sizeof line, in)) {
		if (write(report, line, strlen(line)) < 0)
			_exit(1);
		if (mail && !strcmp(line, ".\r\n")) {
			respond(fd, s->end, "250 queued\r\n");
			mail = false;
		}
		for (size_t i = 0; !mail && i < sizeof verbs / sizeof *verbs; i++)
			if (!strncmp(line, verbs[i].verb, 4)) {
				const char *given;
				memcpy(&given, (const char *)s + verbs[i].at, sizeof given);
				respond(fd, given, verbs[i].usual);
				mail = !strcmp(verbs[i].verb, "DATA");
				break;
			}
		/* the credentials come in a line of their own */
		if (!mail && !strncmp(line, "AUTH", 4))
			respond(fd, NULL, "334 \r\n");
		if (!mail && !strncmp(line, "AHVz", 4))
			respond(fd, s->auth, "235 signed in\r\n");
	}
	_exit(0);
}

static void start(const struct script *s)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof a;
	int report[2], listener = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&a, sizeof a), 0);
	ck_assert_int_eq(listen(listener, 8), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&a, &len), 0);
	ck_assert_int_eq(pipe(report), 0);
	snprintf(address, sizeof address, "127.0.0.1:%u", (unsigned)ntohs(a.sin_port));
	server = fork();
	ck_assert_int_ge(server, 0);
	if (server == 0)
		serve(listener, report[1], s);
	close(listener);
	close(report[1]);
	seen_fd = report[0];
}

/* What the server read; it is over then. */
static void stop(void)
{
	size_t len = 0;
	for (ssize_t n; len < sizeof seen - 1; len += (size_t)n)
		if ((n = read(seen_fd, seen + len, sizeof seen - 1 - len)) <= 0)
			break;
	seen[len] = '\0';
	close(seen_fd);
	waitpid(server, NULL, 0);
}

static struct receipt run(const struct script *s, const char *user, bool sends, int64_t time_ms)
{
	struct receipt r = { 0 };
	struct buffer mail = { 0 };
	signal(SIGPIPE, SIG_IGN);
	start(s);
	buffer_text(&mail, "Date: now\r\n\r\nNDkzMDI3\r\n");
	const struct smtp_call call = {
		.server = address,
		.tls = SMTP_PLAIN,
		.user = user,
		.password = "pass word",
		.from = "otp@example.org",
		.to = "4917012345678@gateway.example",
		.mail = sends ? &mail : NULL,
		.ca_file = "",
		.deadline_ms = clock_boot_ms() + time_ms,
	};
	smtp_run(&call, &r);
	buffer_wipe(&mail);
	if (time_ms < 1000)
		kill(server, SIGKILL);
	stop();
	return r;
}

START_TEST(one_dialogue_word_by_word)
{
	const struct script usual = { 0 };
	struct receipt r = run(&usual, NULL, true, 5000);
	ck_assert_msg(r.outcome == RECEIPT_ACCEPTED, "%s", r.note);
	ck_assert_str_eq(r.note, "SMTP 250: accepted by the mail server");
	ck_assert_str_eq(r.code, "250");
	ck_assert_str_eq(seen, "EHLO example.org\r\n"
			       "MAIL FROM:<otp@example.org>\r\n"
			       "RCPT TO:<4917012345678@gateway.example>\r\n"
			       "DATA\r\n"
			       "Date: now\r\n\r\nNDkzMDI3\r\n"
			       ".\r\n"
			       "QUIT\r\n");
}
END_TEST

START_TEST(who_has_a_user_signs_in_first)
{
	const struct script usual = { 0 };
	struct receipt r = run(&usual, "user", true, 5000);
	ck_assert_msg(r.outcome == RECEIPT_ACCEPTED, "%s", r.note);
	/* \0user\0pass word */
	ck_assert_ptr_nonnull(strstr(seen, "AUTH PLAIN\r\nAHVzZXIAcGFzcyB3b3Jk\r\nMAIL FROM:"));
}
END_TEST

START_TEST(a_check_only_signs_in)
{
	const struct script usual = { 0 };
	struct receipt r = run(&usual, "user", false, 5000);
	ck_assert_msg(r.outcome == RECEIPT_ACCEPTED, "%s", r.note);
	ck_assert_ptr_null(strstr(seen, "MAIL FROM:"));
	const struct script no_auth = { .ehlo = "250 here\r\n" };
	r = run(&no_auth, "user", false, 5000);
	ck_assert_int_eq(r.outcome, RECEIPT_ACCOUNT);
	ck_assert_str_eq(r.note, "the mail server offers no way to sign in");
}
END_TEST

static const struct {
	struct script script;
	const char *user;
	int time_ms;
	enum receipt_outcome outcome;
	const char *code, *note;
} cases[] = {
	{ { .greeting = "554 go away\r\n" }, NULL, 5000, RECEIPT_TEMPORARY, "554",
		"does not serve us" },
	{ { .greeting = "421 later\r\n" }, NULL, 5000, RECEIPT_TEMPORARY, "421",
		"does not serve us" },
	{ { .greeting = HANG_UP }, NULL, 5000, RECEIPT_TEMPORARY, "", "no connection" },
	{ { .greeting = SILENT }, NULL, 300, RECEIPT_TEMPORARY, "", "no connection" },
	{ { .auth = "535 no\r\n" }, "user", 5000, RECEIPT_ACCOUNT, "535", "user or the password" },
	{ { .auth = "534 5.7.9 no\r\n" }, "user", 5000, RECEIPT_ACCOUNT, "534",
		"user or the password" },
	{ { .auth = "454 later\r\n" }, "user", 5000, RECEIPT_TEMPORARY, "454",
		"user or the password" },
	{ { .auth = HANG_UP }, "user", 5000, RECEIPT_TEMPORARY, "", "no connection" },
	{ { .mail = "550 no\r\n" }, NULL, 5000, RECEIPT_ACCOUNT, "550", "refuses the sender" },
	{ { .mail = "530 sign in first\r\n" }, NULL, 5000, RECEIPT_ACCOUNT, "530",
		"refuses the sender" },
	{ { .mail = "451 later\r\n" }, NULL, 5000, RECEIPT_TEMPORARY, "451", "refuses the sender" },
	{ { .mail = "550-no\r\n550-really\r\n550 no\r\n" }, NULL, 5000, RECEIPT_ACCOUNT, "550",
		"sender" },
	{ { .rcpt = "550 5.1.1 nobody\r\n" }, NULL, 5000, RECEIPT_RECIPIENT, "550",
		"the recipient" },
	{ { .rcpt = "554 5.7.1 relay access denied\r\n" }, NULL, 5000, RECEIPT_ACCOUNT, "554",
		"refuses the recipient" },
	{ { .rcpt = "530 authenticate first\r\n" }, NULL, 5000, RECEIPT_ACCOUNT, "530",
		"refuses the recipient" },
	{ { .rcpt = "450 greylisted\r\n" }, NULL, 5000, RECEIPT_TEMPORARY, "450", "the recipient" },
	{ { .rcpt = HANG_UP }, NULL, 5000, RECEIPT_TEMPORARY, "", "did not answer" },
	{ { .rcpt = SILENT }, NULL, 300, RECEIPT_TEMPORARY, "", "did not answer" },
	{ { .rcpt = "nonsense\r\n" }, NULL, 5000, RECEIPT_TEMPORARY, "", "did not answer" },
	{ { .rcpt = "25000 no\r\n" }, NULL, 5000, RECEIPT_TEMPORARY, "", "did not answer" },
	{ { .rcpt = "250-fine\r\n25\r\n" }, NULL, 5000, RECEIPT_TEMPORARY, "", "did not answer" },
	{ { .rcpt = "2\r\n" }, NULL, 5000, RECEIPT_TEMPORARY, "", "did not answer" },
	{ { .data = "554 no\r\n" }, NULL, 5000, RECEIPT_REQUEST, "554", "takes no mail" },
	{ { .data = "250 what\r\n" }, NULL, 5000, RECEIPT_TEMPORARY, "250", "takes no mail" },
	{ { .data = HANG_UP }, NULL, 5000, RECEIPT_TEMPORARY, "", "did not answer" },
	/* E9: from here on it is handed over */
	{ { .end = "554 spam\r\n" }, NULL, 5000, RECEIPT_REQUEST, "554", "refuses the mail" },
	{ { .end = "451 later\r\n" }, NULL, 5000, RECEIPT_TEMPORARY, "451", "refuses the mail" },
	{ { .end = HANG_UP }, NULL, 5000, RECEIPT_UNKNOWN, "", "handed over" },
	{ { .end = SILENT }, NULL, 300, RECEIPT_UNKNOWN, "", "handed over" },
	{ { .end = "nonsense\r\n" }, NULL, 5000, RECEIPT_UNKNOWN, "", "handed over" },
	{ { .end = "999 what\r\n" }, NULL, 5000, RECEIPT_UNKNOWN, "", "refuses the mail" },
	{ { .end = "354 more\r\n" }, NULL, 5000, RECEIPT_UNKNOWN, "354", "" },
	{ { .end = "250-half a line" }, NULL, 300, RECEIPT_UNKNOWN, "", "handed over" },
	{ { .end = "251 forwarded\n" }, NULL, 5000, RECEIPT_ACCEPTED, "251", "accepted" },
};

START_TEST(e9_what_every_answer_means)
{
	int64_t start = clock_boot_ms();
	struct receipt r = run(&cases[_i].script, cases[_i].user, true, cases[_i].time_ms);
	ck_assert_msg(r.outcome == cases[_i].outcome, "%s", r.note);
	ck_assert_str_eq(r.code, cases[_i].code);
	ck_assert_msg(strstr(r.note, cases[_i].note) != NULL, "%s", r.note);
	/* also where the server is silent about a QUIT */
	ck_assert_int_lt(clock_boot_ms() - start, cases[_i].time_ms + 200);
	ck_assert_ptr_null(strstr(r.note, "4917012345678"));
	if (cases[_i].outcome != RECEIPT_UNKNOWN && cases[_i].outcome != RECEIPT_ACCEPTED &&
		!cases[_i].script.end)
		ck_assert_ptr_null(strstr(seen, "NDkzMDI3"));
}
END_TEST

/* A server that goes on and on must not keep us, nor be believed at last. */
START_TEST(e9_an_answer_without_end_is_none)
{
	static const char line[] = "250-on and on\r\n", last[] = "250 fine\r\n";
	static char many[20000];
	size_t len = 0;
	for (; len + strlen(line) + sizeof last < sizeof many; len += strlen(line))
		memcpy(many + len, line, strlen(line));
	memcpy(many + len, last, sizeof last);
	const struct script before = { .rcpt = many }, after = { .end = many };
	struct receipt r = run(&before, NULL, true, 5000);
	ck_assert_msg(r.outcome == RECEIPT_TEMPORARY, "%s", r.note);
	r = run(&after, NULL, true, 5000);
	ck_assert_msg(r.outcome == RECEIPT_UNKNOWN, "%s", r.note);
}
END_TEST

static const struct smtp_call nowhere = { .server = "127.0.0.1:1",
	.tls = SMTP_STARTTLS,
	.from = "a@b.example",
	.to = "c@d.example",
	.ca_file = "" };

START_TEST(e4_no_starttls_no_mail)
{
	struct receipt r = { 0 };
	struct smtp_call call = nowhere;
	const struct script usual = { 0 };
	start(&usual);
	call.server = address;
	call.user = "user";
	call.password = "password";
	call.deadline_ms = clock_boot_ms() + 5000;
	smtp_run(&call, &r);
	stop();
	ck_assert_int_eq(r.outcome, RECEIPT_TEMPORARY);
	ck_assert_str_eq(r.note, "the mail server does not offer STARTTLS");
	ck_assert_ptr_null(strstr(seen, "AUTH"));
}
END_TEST

START_TEST(no_time_no_connection)
{
	struct receipt r = { 0 };
	struct smtp_call call = nowhere;
	call.deadline_ms = clock_boot_ms();
	smtp_run(&call, &r);
	ck_assert_int_eq(r.outcome, RECEIPT_TEMPORARY);
	ck_assert_ptr_nonnull(strstr(r.note, "no time left"));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("smtp");
	TCase *t = tcase_create("smtp");
	tcase_set_timeout(t, 20);
	tcase_add_test(t, one_dialogue_word_by_word);
	tcase_add_test(t, who_has_a_user_signs_in_first);
	tcase_add_test(t, a_check_only_signs_in);
	tcase_add_loop_test(t, e9_what_every_answer_means, 0, sizeof cases / sizeof *cases);
	tcase_add_test(t, e9_an_answer_without_end_is_none);
	tcase_add_test(t, e4_no_starttls_no_mail);
	tcase_add_test(t, no_time_no_connection);
	suite_add_tcase(s, t);
	return s;
}
