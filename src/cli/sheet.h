/* sheet: users and their numbers as lines of a file: user,number,language,verified.
 *
 * Owns: the columns and what may stand in them; a user's lines, one for each number, the first of
 *       them the default; the same written.
 * MUST: judge the header by names and refuse unknown columns; normalise a number and hold it
 *       against the settings as enroll does (G3); name no number in a fault but by its last two
 *       digits (G2); read what it writes, value for value.
 * Never: does I/O, looks a user up. Pure. */
#ifndef CLI_SHEET_H
#define CLI_SHEET_H

#include <stdbool.h>

#include "cli/csv.h"
#include "core/enrolment.h"
#include "core/settings.h"

enum sheet_column {
	SHEET_USER,
	SHEET_NUMBER,
	SHEET_LANGUAGE, /* need not be there */
	SHEET_VERIFIED, /* need not be there */
	SHEET_COLUMNS
};

/* Where each stands; -1: nowhere. */
struct sheet {
	int at[SHEET_COLUMNS];
	size_t n;
};

/* What a file says of one user. */
struct sheet_user {
	unsigned line;                         /* the first of theirs */
	struct directory_entry entry;          /* without uid, since and by */
	bool says_verified[ENROLMENT_NUMBERS]; /* else it is as it was, or no */
	bool says_language;                    /* else it is as it was, or none */
};

/* BAD: these are no names of columns. */
int sheet_header(const struct csv_record *r, struct sheet *s, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* One line as a user with one number. */
int sheet_read(const struct sheet *s, const struct settings *settings, const struct csv_record *r,
	struct sheet_user *out, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* A further line of the same user. */
int sheet_join(struct sheet_user *u, const struct sheet_user *further, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* The header, or the line of one number, without the line's end. */
void sheet_print_header(struct text_line *line) __attribute__((nonnull));
void sheet_print(const struct directory_entry *e, uint32_t place, struct text_line *line)
	__attribute__((nonnull));

/* A user's language as a word of the column; "": none. */
const char *sheet_language(const struct directory_entry *e) __attribute__((nonnull));

#endif
