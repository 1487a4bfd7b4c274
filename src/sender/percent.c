#include "sender/percent.h"

#include <curl/curl.h>
#include <limits.h>
#include <string.h>

#include "base/secret.h"

void percent_add(struct buffer *b, const char *s, size_t len)
{
	/* libcurl takes a length of 0 for "up to the NUL" */
	if (len == 0)
		return;
	char *escaped = len <= INT_MAX ? curl_easy_escape(NULL, s, (int)len) : NULL;
	if (!escaped) {
		b->bad = true;
		return;
	}
	buffer_text(b, escaped);
	secret_wipe_bytes(escaped, strlen(escaped));
	curl_free(escaped);
}
