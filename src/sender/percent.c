#include "sender/percent.h"

#include <curl/curl.h>
#include <limits.h>
#include <string.h>

#include "sender/heap.h"

void percent_add(struct buffer *b, const char *s, size_t len)
{
	/* libcurl takes a length of 0 for "up to the NUL" */
	if (len == 0)
		return;
	char *escaped = NULL;
	/* it grows by copies, of the code as well */
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, heap_malloc, heap_free, heap_realloc,
		    heap_strdup, heap_calloc) == CURLE_OK &&
		len <= INT_MAX)
		escaped = curl_easy_escape(NULL, s, (int)len);
	if (!escaped) {
		b->bad = true;
		return;
	}
	buffer_text(b, escaped);
	curl_free(escaped);
}
