#include "sender/buffer.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

enum { FIRST = 1024 };

static int grow(struct buffer *b, size_t need)
{
	size_t cap = b->cap ? b->cap : FIRST;
	while (cap < need)
		cap *= 2;
	char *bytes = malloc(cap);
	if (!bytes)
		return -1;
	if (b->len)
		memcpy(bytes, b->bytes, b->len);
	/* realloc could leave a copy behind */
	secret_wipe_bytes(b->bytes, b->cap);
	free(b->bytes);
	b->bytes = bytes;
	b->cap = cap;
	return 0;
}

void buffer_add(struct buffer *b, const void *bytes, size_t len)
{
	if (b->bad)
		return;
	if (len > BUFFER_MAX || b->len + len > BUFFER_MAX ||
		(b->len + len + 1 > b->cap && grow(b, b->len + len + 1) < 0)) {
		b->bad = true;
		return;
	}
	if (len)
		memcpy(b->bytes + b->len, bytes, len);
	b->len += len;
	b->bytes[b->len] = '\0';
}

void buffer_text(struct buffer *b, const char *s)
{
	buffer_add(b, s, strlen(s));
}

void buffer_byte(struct buffer *b, unsigned char c)
{
	buffer_add(b, &c, 1);
}

const char *buffer_string(const struct buffer *b)
{
	return b->bytes ? b->bytes : "";
}

void buffer_wipe(struct buffer *b)
{
	if (b->bytes)
		secret_wipe_bytes(b->bytes, b->cap);
	free(b->bytes);
	memset(b, 0, sizeof *b);
}
