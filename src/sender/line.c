#include "sender/line.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"

enum {
	POOL_MAX = 2, /* who gives a token need not be who takes the message */
	WAIT_MS = 1000,
	GOOD_MS = 120000, /* where the server says nothing; the engine's patience is shorter */
	/* the server's clock started before ours, and its end must not cross our request */
	MARGIN_MS = 1000,
	DIGITS_MAX = 6,
};

bool line_prepare(struct line *l, CURL *c)
{
	bool fresh = clock_boot_ms() >= l->good_until_ms;
	l->good_until_ms = 0;
	return curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 0L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L) == CURLE_OK;
}

static CURLM *new_pool(void)
{
	CURLM *pool = curl_multi_init();
	if (pool && curl_multi_setopt(pool, CURLMOPT_MAXCONNECTS, (long)POOL_MAX) != CURLM_OK) {
		curl_multi_cleanup(pool);
		return NULL;
	}
	return pool;
}

/* The end of the one transfer there is. */
static CURLcode result(CURLM *pool)
{
	int left = 0;
	const CURLMsg *m = curl_multi_info_read(pool, &left);
	return m && m->msg == CURLMSG_DONE ? m->data.result : CURLE_FAILED_INIT;
}

CURLcode line_perform(struct line *l, CURL *c)
{
	CURLMcode rc = CURLM_OK;
	int running = 1;
	if (!l->pool)
		l->pool = new_pool();
	if (!l->pool || curl_multi_add_handle(l->pool, c) != CURLM_OK)
		return CURLE_FAILED_INIT;
	while (rc == CURLM_OK && running > 0) {
		rc = curl_multi_perform(l->pool, &running);
		if (rc == CURLM_OK && running > 0)
			rc = curl_multi_poll(l->pool, NULL, 0, WAIT_MS, NULL);
	}
	CURLcode end = rc == CURLM_OK ? result(l->pool) : CURLE_FAILED_INIT;
	curl_multi_remove_handle(l->pool, c);
	return end;
}

/* What "Keep-Alive: timeout=N" says, in ms; GOOD_MS where there is none. */
static int64_t promised_ms(const char *headers)
{
	static const char name[] = "Keep-Alive:", word[] = "timeout=";
	const char *line = strcasestr(headers, "\nKeep-Alive:");
	int64_t s = 0;
	if (!line)
		return GOOD_MS;
	line += 1 + strlen(name);
	const char *at = strcasestr(line, word);
	if (!at || at > line + strcspn(line, "\r\n"))
		return GOOD_MS;
	at += strlen(word);
	for (int i = 0; i < DIGITS_MAX && *at >= '0' && *at <= '9'; i++)
		s = s * 10 + (*at++ - '0');
	return s * 1000 < GOOD_MS ? s * 1000 : GOOD_MS;
}

void line_keep(struct line *l, const char *headers)
{
	l->good_until_ms = clock_boot_ms() + promised_ms(headers) - MARGIN_MS;
}
