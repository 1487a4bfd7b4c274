/* buffer: bytes under construction that may hold a secret.
 *
 * Owns: growing memory, wiped whenever it is left.
 * MUST: keep a NUL after the last byte; stay bad once something did not fit (BUFFER_MAX) or
 *       memory ran out; leave nothing of its content in freed memory.
 * Never: shrinks. A struct buffer starts as { 0 }. */
#ifndef SENDER_BUFFER_H
#define SENDER_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

enum { BUFFER_MAX = 65536 };

struct buffer {
	char *bytes;
	size_t len, cap;
	bool bad;
};

void buffer_add(struct buffer *b, const void *bytes, size_t len) __attribute__((nonnull(1)));
void buffer_text(struct buffer *b, const char *s) __attribute__((nonnull));
void buffer_byte(struct buffer *b, unsigned char c) __attribute__((nonnull));
/* The content as text, "" when there is none. */
const char *buffer_string(const struct buffer *b) __attribute__((nonnull));
void buffer_wipe(struct buffer *b) __attribute__((nonnull));

#endif
