#include "sender/percent.h"

#include <curl/curl.h>

/* libcurl lets what it has so far stand in memory when its answer grows, and would have to be
 * started to be given other memory: of one byte at a time no code can be put together again. */
void percent_add(struct buffer *b, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char *escaped = curl_easy_escape(NULL, s + i, 1);
		if (!escaped) {
			b->bad = true;
			return;
		}
		buffer_text(b, escaped);
		curl_free(escaped);
	}
}
