/* json: facts written as JSON (RFC 8259).
 *
 * Owns: commas, indentation, the escaping of strings.
 * MUST: write valid JSON whatever bytes a string holds (what is not UTF-8 becomes U+FFFD), keys in
 *       the order given.
 * Never: allocates, reads JSON, rounds a number. */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { JSON_DEPTH_MAX = 16 };

struct json {
	FILE *out;
	unsigned depth;
	bool filled[JSON_DEPTH_MAX]; /* something stands already at this depth: a comma is due */
};

void json_begin(struct json *j, FILE *out) __attribute__((nonnull));
/* A newline after the last value. Everything opened must be closed. */
void json_end(struct json *j) __attribute__((nonnull));

/* key is NULL for the outermost value and inside an array. Deeper than JSON_DEPTH_MAX ends the
 * program: a mistake of the code. */
void json_open_object(struct json *j, const char *key) __attribute__((nonnull(1)));
void json_close_object(struct json *j) __attribute__((nonnull));
void json_open_array(struct json *j, const char *key) __attribute__((nonnull(1)));
void json_close_array(struct json *j) __attribute__((nonnull));

/* value NULL: null */
void json_string(struct json *j, const char *key, const char *value) __attribute__((nonnull(1)));
void json_integer(struct json *j, const char *key, int64_t value) __attribute__((nonnull(1)));
void json_boolean(struct json *j, const char *key, bool value) __attribute__((nonnull(1)));

#endif
