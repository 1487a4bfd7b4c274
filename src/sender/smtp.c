#include "sender/smtp.h"

#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "sender/heap.h"
#include "sender/trust.h"

enum { CONNECT_MAX_MS = 5000, REPLY_MAX = 8192, PIECE_SIZE = 512 };

enum stage { STAGE_CONNECT, STAGE_LOGIN, STAGE_FROM, STAGE_TO, STAGE_DATA, STAGE_END };

struct talk {
	CURL *curl;
	const struct smtp_call *call;
	struct receipt *receipt;
	enum stage stage;
	char piece[PIECE_SIZE]; /* read, and not yet looked at */
	size_t at, len;
};

/* What a final answer of that class means at that stage. A 4xx is always "not now". */
static enum receipt_outcome meaning(enum stage stage, int code)
{
	static const enum receipt_outcome refused[] = {
		[STAGE_CONNECT] = RECEIPT_TEMPORARY,
		[STAGE_LOGIN] = RECEIPT_ACCOUNT,
		[STAGE_FROM] = RECEIPT_ACCOUNT,
		[STAGE_TO] = RECEIPT_RECIPIENT,
		[STAGE_DATA] = RECEIPT_REQUEST,
		[STAGE_END] = RECEIPT_REQUEST,
	};
	/* "authenticate first", and a policy as "relay access denied": about us, not about whom the
	 * mail is for */
	if (stage == STAGE_TO && (code == 530 || code == 535 || code == 538 || code == 554))
		return RECEIPT_ACCOUNT;
	if (code >= 500 && code < 600)
		return refused[stage];
	/* what is no answer at all, after the last byte */
	if (stage == STAGE_END && (code < 400 || code >= 600))
		return RECEIPT_UNKNOWN;
	return RECEIPT_TEMPORARY;
}

static const char *words(enum stage stage)
{
	static const char *const to[] = {
		[STAGE_CONNECT] = "the mail server does not serve us",
		[STAGE_LOGIN] = "the mail server refuses the user or the password",
		[STAGE_FROM] = "the mail server refuses the sender",
		[STAGE_TO] = "the mail server refuses the recipient",
		[STAGE_DATA] = "the mail server takes no mail",
		[STAGE_END] = "the mail server refuses the mail",
	};
	return to[stage];
}

static void say(struct receipt *r, enum receipt_outcome outcome, int code, const char *text)
{
	bool coded = code >= 200 && code < 600;
	r->outcome = outcome;
	r->code[0] = '\0';
	if (coded)
		snprintf(r->code, sizeof r->code, "%d", code);
	snprintf(r->note, sizeof r->note, "%s%s%s%s", coded ? "SMTP " : "", r->code,
		coded ? ": " : "", text);
}

static void ended(const struct talk *t, int code)
{
	if (code > 0)
		say(t->receipt, meaning(t->stage, code), code, words(t->stage));
	else if (t->stage == STAGE_END)
		say(t->receipt, RECEIPT_UNKNOWN, 0,
			"handed over, and no answer from the mail server");
	else
		say(t->receipt, RECEIPT_TEMPORARY, 0,
			"the mail server did not answer in time, or hung up");
}

static int wait_for(struct talk *t, short events)
{
	curl_socket_t fd = CURL_SOCKET_BAD;
	if (curl_easy_getinfo(t->curl, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK ||
		fd == CURL_SOCKET_BAD)
		return -1;
	struct pollfd p = { .fd = fd, .events = events };
	int rc = poll(&p, 1, clock_left_ms(t->call->deadline_ms));
	return rc > 0 || (rc < 0 && errno == EINTR) ? 0 : -1;
}

/* All of it or -1: the last byte counts. */
static int put(struct talk *t, const char *bytes, size_t len)
{
	while (len > 0) {
		size_t n = 0;
		CURLcode rc = curl_easy_send(t->curl, bytes, len, &n);
		if (rc != CURLE_OK && rc != CURLE_AGAIN)
			return -1;
		bytes += n;
		len -= n;
		if (rc == CURLE_AGAIN && wait_for(t, POLLOUT) < 0)
			return -1;
	}
	return 0;
}

static int next_byte(struct talk *t)
{
	while (t->at == t->len) {
		CURLcode rc = curl_easy_recv(t->curl, t->piece, sizeof t->piece, &t->len);
		t->at = 0;
		if (rc != CURLE_OK)
			t->len = 0;
		if ((rc != CURLE_OK && rc != CURLE_AGAIN) || (rc == CURLE_OK && t->len == 0) ||
			(rc == CURLE_AGAIN && wait_for(t, POLLIN) < 0))
			return -1;
	}
	return (unsigned char)t->piece[t->at++];
}

/* "250-..." lines up to "250 ...": its code, or -1. */
static int reply(struct talk *t)
{
	char line[5] = "";
	size_t n = 0;
	for (size_t total = 0; total < REPLY_MAX; total++) {
		int c = next_byte(t);
		if (c < 0)
			return -1;
		if (c != '\n') {
			if (n < sizeof line - 1)
				line[n++] = (char)c;
			continue;
		}
		if (n < 3 || strspn(line, "0123456789") != 3)
			return -1;
		if (line[3] != '-')
			return (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
		memset(line, 0, sizeof line);
		n = 0;
	}
	return -1;
}

/* One command and its answer; 0 where that is of the class 2 or 3 that is wanted. */
static int command(
	struct talk *t, enum stage stage, const char *verb, const char *address, int class)
{
	char line[320];
	t->stage = stage;
	int len = snprintf(line, sizeof line, *address ? "%s<%s>\r\n" : "%s%s\r\n", verb, address);
	int code = len > 0 && (size_t)len < sizeof line && put(t, line, (size_t)len) == 0 ? reply(t)
											  : -1;
	if (code / 100 == class)
		return 0;
	ended(t, code);
	return -1;
}

static void hand_over(struct talk *t)
{
	static const char dot[] = ".\r\n";
	const struct smtp_call *c = t->call;
	if (command(t, STAGE_FROM, "MAIL FROM:", c->from, 2) < 0 ||
		command(t, STAGE_TO, "RCPT TO:", c->to, 2) < 0 ||
		command(t, STAGE_DATA, "DATA", "", 3) < 0)
		return;
	/* without its last byte it is no mail (RFC 5321, section 4.1.1.4) */
	if (put(t, c->mail->bytes, c->mail->len) < 0 || put(t, dot, strlen(dot)) < 0) {
		ended(t, -1);
		return;
	}
	t->stage = STAGE_END;
	int code = reply(t);
	if (code / 100 != 2) {
		ended(t, code);
		return;
	}
	say(t->receipt, RECEIPT_ACCEPTED, code, "accepted by the mail server");
	/* out of politeness; nobody waits for the answer */
	if (put(t, "QUIT\r\n", strlen("QUIT\r\n")) < 0)
		return;
}

static int set_limits(CURL *c, const struct smtp_call *call)
{
	char url[600];
	long left = clock_left_ms(call->deadline_ms);
	bool implicit = call->tls == SMTP_IMPLICIT, bad = false;
	if (left < 10)
		return -1;
	/* the path is what EHLO says: a host's own name would tell who it is, and is seldom known
	 * in the DNS */
	int len = snprintf(url, sizeof url, "%s://%s/%s", implicit ? "smtps" : "smtp", call->server,
		call->from ? strchr(call->from, '@') + 1 : "localhost");
	bad |= len < 0 || (size_t)len >= sizeof url;
	bad |= curl_easy_setopt(c, CURLOPT_URL, url) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, implicit ? "smtps" : "smtp") != CURLE_OK;
	if (!strchr(call->server, ':') || call->server[strlen(call->server) - 1] == ']')
		bad |= curl_easy_setopt(c, CURLOPT_PORT,
			       implicit                     ? 465L
			       : call->tls == SMTP_STARTTLS ? 587L
							    : 25L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_CONNECT_ONLY, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, left) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
		       left * 3 / 4 < CONNECT_MAX_MS ? left * 3 / 4 : CONNECT_MAX_MS) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) != CURLE_OK;
	/* as in http: a resolver that hangs must not hold the receipt back */
	bad |= curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_PROXY, "") != CURLE_OK;
	return bad ? -1 : 0;
}

static int set_tls(CURL *c, const struct smtp_call *call)
{
	bool bad = false;
	if (call->tls == SMTP_STARTTLS)
		bad |= curl_easy_setopt(c, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) != CURLE_OK;
	bad |= !trust_set(c, call->ca_file, TRUST_FOLDER);
	if (call->user) {
		/* within TLS these two are as good as any, and every server has one of them */
		bad |= curl_easy_setopt(c, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN") !=
		       CURLE_OK;
		bad |= curl_easy_setopt(c, CURLOPT_USERNAME, call->user) != CURLE_OK;
		bad |= curl_easy_setopt(c, CURLOPT_PASSWORD, call->password) != CURLE_OK;
	}
	return bad ? -1 : 0;
}

/* No connection, or not signed in: certainly nothing was handed over. */
static void not_connected(CURLcode rc, long code, struct receipt *r)
{
	static const struct {
		CURLcode rc;
		enum receipt_outcome outcome;
		const char *words;
	} known[] = {
		{ CURLE_COULDNT_RESOLVE_HOST, RECEIPT_TEMPORARY,
			"the mail server's host name cannot be resolved" },
		{ CURLE_PEER_FAILED_VERIFICATION, RECEIPT_TEMPORARY,
			"the mail server's certificate is not trusted, or not for this name" },
		{ CURLE_SSL_CACERT_BADFILE, RECEIPT_REQUEST,
			"the file of certificates (ca_file) cannot be read" },
		{ CURLE_USE_SSL_FAILED, RECEIPT_TEMPORARY,
			"the mail server does not offer STARTTLS" },
		{ CURLE_SSL_CONNECT_ERROR, RECEIPT_TEMPORARY,
			"no TLS connection to the mail server (TLS 1.2 or newer is needed)" },
		{ CURLE_OPERATION_TIMEDOUT, RECEIPT_TEMPORARY,
			"no connection to the mail server in time" },
		{ CURLE_URL_MALFORMAT, RECEIPT_REQUEST, "the server's name cannot be used" },
	};
	if (rc == CURLE_LOGIN_DENIED) {
		bool later = code >= 400 && code < 500;
		say(r, later ? RECEIPT_TEMPORARY : RECEIPT_ACCOUNT, code >= 400 ? (int)code : 0,
			words(STAGE_LOGIN));
		return;
	}
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (known[i].rc == rc) {
			say(r, known[i].outcome, 0, known[i].words);
			return;
		}
	}
	say(r, RECEIPT_TEMPORARY, code >= 400 ? (int)code : 0,
		code >= 400 ? words(STAGE_CONNECT) : "no connection to the mail server");
}

static void converse(CURL *c, const struct smtp_call *call, struct receipt *r)
{
	struct talk t = { .curl = c, .call = call, .receipt = r };
	long code = 0;
	CURLcode rc = curl_easy_perform(c);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &code);
	if (rc != CURLE_OK)
		not_connected(rc, code, r);
	else if (call->user && code != 235)
		/* libcurl goes on without signing in where a server knows no AUTH */
		say(r, RECEIPT_ACCOUNT, 0, "the mail server offers no way to sign in");
	else if (call->mail)
		hand_over(&t);
	else
		say(r, RECEIPT_ACCEPTED, 0,
			call->user ? "the mail server accepts the credentials"
				   : "the mail server answers");
}

void smtp_run(const struct smtp_call *call, struct receipt *r)
{
	CURL *c = NULL;
	say(r, RECEIPT_TEMPORARY, 0, "libcurl does not start");
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, heap_malloc, heap_free, heap_realloc,
		    heap_strdup, heap_calloc) == CURLE_OK)
		c = curl_easy_init();
	if (!c)
		return;
	say(r, RECEIPT_TEMPORARY, 0,
		"no time left for a mail, or libcurl cannot do what is needed");
	if (set_limits(c, call) == 0 && set_tls(c, call) == 0)
		converse(c, call, r);
	/* a connection of CONNECT_ONLY is closed without another word and without waiting */
	curl_easy_cleanup(c);
}
