/* document: a provider's answer, to be asked for single values.
 *
 * Owns: the JSON reader; the paths `data[0].id`, `messages[*].status`, `["odd.key"]`; the header
 *       look-up.
 * MUST: give every value as text, so that "100" and 100 compare alike; take JSON null as absent;
 *       keep the body where it is.
 * Never: judges. Pure. */
#ifndef SENDER_DOCUMENT_H
#define SENDER_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

enum { DOCUMENT_SCRATCH = 1024 };

struct document {
	unsigned status;
	const char *headers; /* lines "Name: value\r\n" */
	const char *body;
	void *json; /* NULL: the body is no JSON */
	char scratch[DOCUMENT_SCRATCH];
};

enum document_found { DOCUMENT_ABSENT = 0, DOCUMENT_TEXT, DOCUMENT_OTHER /* an object or array */ };

/* headers and body are text and stay the caller's, until document_close. */
void document_open(struct document *d, unsigned status, const char *headers, const char *body)
	__attribute__((nonnull));
void document_close(struct document *d) __attribute__((nonnull));

bool document_path_fits(const char *path) __attribute__((nonnull));
/* The nth value (from 0) that path leads to; more than one only with [*]. *text is valid until
 * the next call. */
enum document_found document_path(struct document *d, const char *path, size_t nth,
	const char **text) __attribute__((nonnull));
enum document_found document_header(struct document *d, const char *name, const char **text)
	__attribute__((nonnull));

#endif
