#include "sender/http.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "sender/heap.h"
#include "sender/trust.h"
#include "sender/url.h"

enum { CONNECT_MAX_MS = 5000, HEADERS_MAX = 16384 };

static size_t take_body(char *bytes, size_t one, size_t n, void *arg)
{
	struct http_answer *a = arg;
	(void)one;
	buffer_add(&a->body, bytes, n);
	a->huge = a->body.bad;
	return a->huge ? 0 : n;
}

static size_t take_header(char *bytes, size_t one, size_t n, void *arg)
{
	struct http_answer *a = arg;
	(void)one;
	/* a new status line: the ones before were interim */
	if (n > 5 && !memcmp(bytes, "HTTP/", 5))
		buffer_wipe(&a->headers);
	else if (a->headers.len + n <= HEADERS_MAX && !memchr(bytes, 0, n))
		buffer_add(&a->headers, bytes, n);
	return n;
}

static int set_limits(CURL *c, const struct envelope *e, const struct http_options *o)
{
	long left = clock_left_ms(o->deadline_ms);
	long connected = left * 3 / 4 < CONNECT_MAX_MS ? left * 3 / 4 : CONNECT_MAX_MS;
	bool https = text_starts(buffer_string(&e->url), "https://");
	bool bad = false;
	if (left < 10)
		return -1;
	bad |= curl_easy_setopt(c, CURLOPT_URL, buffer_string(&e->url)) != CURLE_OK;
	/* no path of ours has dot segments (template); libcurl 8 signs only a path that it has
	 * looked at itself */
	if (e->sigv4.len == 0)
		bad |= curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, https ? "https" : "http") != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, left) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, connected) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) != CURLE_OK;
	/* a resolver that hangs must not hold the receipt back: do not join its thread */
	bad |= curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_USERAGENT, "pam_sms_otp/" SMSOTP_VERSION) != CURLE_OK;
	/* an empty proxy keeps libcurl from looking into the environment */
	bad |= curl_easy_setopt(c, CURLOPT_PROXY, https ? o->proxy : "") != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_NOPROXY, "") != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) != CURLE_OK;
	return bad ? -1 : 0;
}

static int set_tls(CURL *c, const struct http_options *o)
{
	bool bad = false;
	bad |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_PROXY_SSL_VERIFYPEER, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_PROXY_SSL_VERIFYHOST, 2L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) !=
	       CURLE_OK;
	bad |= !trust_set(c, o->ca_file, TRUST_FOLDER);
	return bad ? -1 : 0;
}

static int set_auth(CURL *c, const struct envelope *e)
{
	bool bad = false;
	if (e->basic)
		bad |= curl_easy_setopt(c, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC) != CURLE_OK;
	if (e->sigv4.len > 0)
		bad |= curl_easy_setopt(c, CURLOPT_AWS_SIGV4, buffer_string(&e->sigv4)) != CURLE_OK;
	if (e->basic || e->sigv4.len > 0) {
		bad |= curl_easy_setopt(c, CURLOPT_USERNAME, buffer_string(&e->user)) != CURLE_OK;
		bad |= curl_easy_setopt(c, CURLOPT_PASSWORD, buffer_string(&e->password)) !=
		       CURLE_OK;
	}
	return bad ? -1 : 0;
}

static int add_line(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);
	if (!longer)
		return -1;
	*list = longer;
	return 0;
}

static int set_message(CURL *c, const struct envelope *e, struct curl_slist **list)
{
	bool bad = false;
	for (size_t i = 0; i < e->nheaders; i++)
		if (add_line(list, buffer_string(&e->headers[i])) < 0)
			return -1;
	/* no waiting for "100 Continue"; but libcurl would sign a header that it leaves out, and
	 * what is signed is always too short to wait for */
	if (e->sigv4.len == 0 && (add_line(list, "Expect:") < 0 ||
					 (!e->has_body && add_line(list, "Content-Type:") < 0)))
		return -1;
	bad |= curl_easy_setopt(c, CURLOPT_HTTPHEADER, *list) != CURLE_OK;
	if (!strcmp(e->method, "GET")) {
		bad |= curl_easy_setopt(c, CURLOPT_HTTPGET, 1L) != CURLE_OK;
	} else {
		bad |= curl_easy_setopt(c, CURLOPT_POST, 1L) != CURLE_OK;
		bad |= curl_easy_setopt(c, CURLOPT_POSTFIELDS, buffer_string(&e->body)) != CURLE_OK;
		bad |= curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)e->body.len) != CURLE_OK;
		bad |= curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, e->method) != CURLE_OK;
	}
	return bad ? -1 : 0;
}

static const char *words(CURLcode rc, bool handed_over)
{
	/* libcurl has a hundred codes; these are the ones a person can act on */
	if (rc == CURLE_COULDNT_RESOLVE_HOST)
		return "the provider's host name cannot be resolved";
	if (rc == CURLE_COULDNT_RESOLVE_PROXY)
		return "the proxy's host name cannot be resolved";
	if (rc == CURLE_COULDNT_CONNECT)
		return "no connection to the provider";
	if (rc == CURLE_PEER_FAILED_VERIFICATION)
		return "the provider's certificate is not trusted, or not for this name";
	if (rc == CURLE_SSL_CACERT_BADFILE)
		return "the file of certificates (ca_file) cannot be read";
	if (rc == CURLE_SSL_CONNECT_ERROR)
		return "no TLS connection to the provider (TLS 1.2 or newer is needed)";
	if (rc == CURLE_OPERATION_TIMEDOUT)
		return handed_over ? "handed over, and no answer in time"
				   : "no connection to the provider in time";
	if (rc == CURLE_UNSUPPORTED_PROTOCOL && handed_over)
		return "handed over, and the answer is not HTTP";
	if (rc == CURLE_URL_MALFORMAT || rc == CURLE_UNSUPPORTED_PROTOCOL)
		return "the URL cannot be used";
	return handed_over ? "handed over, and the connection was lost"
			   : "no connection to the provider";
}

static bool proxy_allowed(const char *proxy)
{
	return *proxy == '\0' || text_starts(proxy, "http://") || text_starts(proxy, "https://") ||
	       text_starts(proxy, "socks5h://");
}

/* A request may be begun once. The second time, what a kept connection has swallowed may have been
 * taken: that is for the receipt to say, and nothing to repeat. */
static int begin(void *arg, char *to, char *from, int to_port, int from_port)
{
	unsigned *begun = arg;
	(void)to, (void)from, (void)to_port, (void)from_port;
	return (*begun)++ == 0 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

static int set_line(CURL *c, const struct http_options *o, unsigned *begun)
{
	if (curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, begin) != CURLE_OK ||
		curl_easy_setopt(c, CURLOPT_PREREQDATA, begun) != CURLE_OK)
		return -1;
	if (o->line)
		return line_prepare(o->line, c) ? 0 : -1;
	return curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L) == CURLE_OK ? 0 : -1;
}

static void finish(CURL *c, CURLcode rc, bool begun, struct http_answer *a)
{
	curl_off_t started = 0;
	long status = 0, request = 0;
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	/* the request of a proxy's tunnel counts as well, but no transfer has started then */
	curl_easy_getinfo(c, CURLINFO_REQUEST_SIZE, &request);
	curl_easy_getinfo(c, CURLINFO_PRETRANSFER_TIME_T, &started);
	bool handed_over = begun || (request > 0 && started > 0);
	a->status = status >= 200 && status < 600 ? (unsigned)status : 0;
	a->fate = handed_over ? HTTP_LOST : HTTP_NOT_SENT;
	/* an answer that is not HTTP is CURLE_UNSUPPORTED_PROTOCOL as well (seen) */
	if (!handed_over && (rc == CURLE_URL_MALFORMAT || rc == CURLE_UNSUPPORTED_PROTOCOL ||
				    rc == CURLE_SSL_CACERT_BADFILE))
		a->fate = HTTP_REFUSED;
	if (a->huge)
		buffer_wipe(&a->body);
	if (a->status && (rc == CURLE_OK || a->huge))
		a->fate = HTTP_ANSWERED;
	else
		snprintf(a->note, sizeof a->note, "%s", words(rc, handed_over));
}

static void perform(
	CURL *c, const struct envelope *e, const struct http_options *o, struct http_answer *a)
{
	struct curl_slist *list = NULL;
	unsigned begun = 0;
	a->fate = HTTP_NOT_SENT;
	snprintf(a->note, sizeof a->note, "no time left for a request");
	if (set_limits(c, e, o) < 0)
		return;
	snprintf(a->note, sizeof a->note, "libcurl cannot do what is needed");
	if (set_tls(c, o) == 0 && set_line(c, o, &begun) == 0 && set_auth(c, e) == 0 &&
		set_message(c, e, &list) == 0 &&
		!curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body) &&
		!curl_easy_setopt(c, CURLOPT_WRITEDATA, a) &&
		!curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header) &&
		!curl_easy_setopt(c, CURLOPT_HEADERDATA, a)) {
		a->note[0] = '\0';
		CURLcode rc = o->line ? line_perform(o->line, c) : curl_easy_perform(c);
		finish(c, rc, begun > 1, a);
		if (o->line && a->fate == HTTP_ANSWERED && !a->huge)
			line_keep(o->line, buffer_string(&a->headers));
	}
	curl_slist_free_all(list);
}

void http_run(const struct envelope *e, const struct http_options *o, struct http_answer *a)
{
	struct fault f = FAULT_INIT;
	memset(a, 0, sizeof *a);
	if (url_allowed(buffer_string(&e->url), o->loopback_http, &f) < 0) {
		snprintf(a->note, sizeof a->note, "%.120s", f.text);
		return;
	}
	if (!proxy_allowed(o->proxy)) {
		snprintf(a->note, sizeof a->note,
			"a proxy begins with http://, https:// or socks5h://");
		return;
	}
	a->fate = HTTP_NOT_SENT;
	snprintf(a->note, sizeof a->note, "libcurl does not start");
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, heap_malloc, heap_free, heap_realloc,
		    heap_strdup, heap_calloc) != CURLE_OK)
		return;
	CURL *c = curl_easy_init();
	if (c) {
		perform(c, e, o, a);
		curl_easy_cleanup(c);
	}
	/* no curl_global_cleanup: a resolver's thread may still be about */
}

void http_wipe(struct http_answer *a)
{
	buffer_wipe(&a->headers);
	buffer_wipe(&a->body);
	memset(a, 0, sizeof *a);
}
