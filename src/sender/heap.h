/* heap: memory for libraries that copy what they are given: libcurl its request, jansson its text,
 * OpenSSL what it deciphers (a provider may say the message back).
 *
 * Owns: blocks that know their size.
 * MUST: wipe every block before it is freed, or left behind by one that grew: the code and a
 *       provider's key are in some of them.
 * Never: frees what is not its own. */
#ifndef SENDER_HEAP_H
#define SENDER_HEAP_H

#include <stddef.h>

void *heap_malloc(size_t len);
void *heap_calloc(size_t n, size_t len);
void *heap_realloc(void *block, size_t len);
char *heap_strdup(const char *s);
void heap_free(void *block);
/* Before OpenSSL is used for anything. */
void heap_for_openssl(void);

#endif
