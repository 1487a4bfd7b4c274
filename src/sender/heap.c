#include "sender/heap.h"

#include <openssl/crypto.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

/* The size stands before the block, which must be aligned for anything. */
enum { SIZE_ROOM = 16 };

static unsigned char *start_of(void *block)
{
	return (unsigned char *)block - SIZE_ROOM;
}

static size_t size_of(void *block)
{
	size_t len;
	memcpy(&len, start_of(block), sizeof len);
	return len;
}

void *heap_malloc(size_t len)
{
	unsigned char *start = len <= SIZE_MAX - SIZE_ROOM ? malloc(len + SIZE_ROOM) : NULL;
	if (!start)
		return NULL;
	memcpy(start, &len, sizeof len);
	return start + SIZE_ROOM;
}

void *heap_calloc(size_t n, size_t len)
{
	size_t all;
	if (__builtin_mul_overflow(n, len, &all))
		return NULL;
	void *block = heap_malloc(all);
	if (block)
		memset(block, 0, all);
	return block;
}

/* Always another block: one that grows in place saves little for requests of a few KiB. */
void *heap_realloc(void *block, size_t len)
{
	void *longer = heap_malloc(len);
	if (!longer || !block)
		return longer;
	size_t had = size_of(block);
	memcpy(longer, block, had < len ? had : len);
	heap_free(block);
	return longer;
}

char *heap_strdup(const char *s)
{
	size_t len = strlen(s) + 1;
	char *copy = heap_malloc(len);
	if (copy)
		memcpy(copy, s, len);
	return copy;
}

void heap_free(void *block)
{
	if (!block)
		return;
	unsigned char *start = start_of(block);
	secret_wipe_bytes(start, size_of(block) + SIZE_ROOM);
	free(start);
}

static void *openssl_malloc(size_t len, const char *file, int line)
{
	(void)file;
	(void)line;
	return heap_malloc(len);
}

static void *openssl_realloc(void *block, size_t len, const char *file, int line)
{
	(void)file;
	(void)line;
	return heap_realloc(block, len);
}

static void openssl_free(void *block, const char *file, int line)
{
	(void)file;
	(void)line;
	heap_free(block);
}

void heap_for_openssl(void)
{
	/* who is too late keeps the usual memory, and nobody is let in or out by that */
	(void)!CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free);
}
