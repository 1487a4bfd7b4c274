/* line: the connection to a provider that is kept from one message to the next.
 *
 * Owns: libcurl's pool of connections, and how long one in it is good for.
 * MUST: use a kept connection only while its server has said that it keeps it, or for as long as
 *       it may where the server said nothing; leave the rest of the judgement to libcurl, which
 *       uses none that was closed, or has bytes in it that nobody asked for.
 * Never: keeps anything of a request or an answer; connects by itself. */
#ifndef SENDER_LINE_H
#define SENDER_LINE_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

/* A line starts as { 0 }, and stays as long as its process. */
struct line {
	CURLM *pool;
	int64_t good_until_ms; /* on CLOCK_BOOTTIME; 0: there is no connection to use */
};

/* Before line_perform: whether a kept connection may be used. */
bool line_prepare(struct line *l, CURL *c) __attribute__((warn_unused_result, nonnull));
/* As curl_easy_perform. */
CURLcode line_perform(struct line *l, CURL *c) __attribute__((nonnull));
/* After a whole answer; headers: all of its lines. Without a call the next one connects afresh. */
void line_keep(struct line *l, const char *headers) __attribute__((nonnull));

#endif
