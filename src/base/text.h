/* text: bounded strings.
 *
 * Owns: copying, building and filtering of fixed-size text.
 * MUST: always terminate; tell when something did not fit.
 * Never: allocates, looks at the locale. Links libc only. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* A line under construction in the caller's buffer. */
struct text_line {
	char *buf;
	size_t cap; /* with the NUL; at least 1 */
	size_t len;
	bool cut; /* something did not fit; the rest is dropped from then on */
};

/* Copy src, all of it or nothing: -1 and dst = "" when it does not fit. */
int text_copy(char *dst, size_t cap, const char *src) __attribute__((warn_unused_result, nonnull));

/* Copy at most max bytes of src that are in [A-Za-z0-9._-], dropping all others (G4). "?" when
 * nothing is left. */
void text_name(char *dst, size_t cap, const char *src, size_t max) __attribute__((nonnull));

/* Copy src with every byte outside printable ASCII (and '"' and '\') as '?', cut to cap: for
 * logs. */
void text_log(char *dst, size_t cap, const char *src) __attribute__((nonnull));

/* Printable ASCII only (0x20..0x7e), at least one character. */
bool text_printable(const char *s) __attribute__((nonnull));

void text_begin(struct text_line *line, char *buf, size_t cap) __attribute__((nonnull));
void text_add(struct text_line *line, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), nonnull(1, 2)));

/* Lower-case hex of len bytes; cap must be at least 2 * len + 1. */
void text_hex(char *dst, size_t cap, const void *bytes, size_t len) __attribute__((nonnull));

/* s begins with prefix. */
bool text_starts(const char *s, const char *prefix) __attribute__((nonnull));

#endif
