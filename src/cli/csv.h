/* csv: records of comma-separated values (RFC 4180).
 *
 * Owns: the form: quotes and doubled quotes, CRLF or LF, a byte order mark before the first record.
 * MUST: take a record whole or name its line and what is wrong with it, and go on behind it, so
 *       that one reading finds every bad line; write what it reads, byte for byte.
 * Never: does I/O, knows what a field means, changes a blank. Pure. */
#ifndef CLI_CSV_H
#define CLI_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/text.h"

enum { CSV_FIELDS_MAX = 16, CSV_RECORD_MAX = 2048 };

struct csv_reader {
	const char *at, *end;
	unsigned line; /* of the next byte, from 1 */
};

struct csv_record {
	unsigned line; /* where it begins */
	size_t n;
	const char *field[CSV_FIELDS_MAX]; /* in text */
	char text[CSV_RECORD_MAX];
};

/* The text must outlive the reader. */
void csv_begin(struct csv_reader *r, const char *text, size_t len) __attribute__((nonnull));

/* 1: a record. 0: the end. -1: a bad one, out->line is its line; call again for those behind it.
 * Empty lines are no records. */
int csv_next(struct csv_reader *r, struct csv_record *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* One field, with a comma before it unless it is the first. */
void csv_add(struct text_line *line, bool first, const char *value) __attribute__((nonnull));

#endif
