/* books: what the disk says of the one user of these tests, and what her provider took.
 *
 * Owns: the copy of the data folder that every login begins with; reading it back by the core's own rooms.
 * Never: judges. */
#ifndef TESTS_FAULT_BOOKS_H
#define TESTS_FAULT_BOOKS_H

#include <stdbool.h>
#include <stdint.h>

#define BOOKS_USER "alice"

enum { BOOKS_WHY = 400 };

struct books {
	bool readable;
	char why[BOOKS_WHY]; /* where it is not: what is told */
	uint32_t failures, successes, sends, site_sends;
	int live; /* challenges */
};

/* Keep state/ and users/ as they are now. 0, or -1. */
int books_keep(void);
/* Make them so again, and nothing else. */
int books_restore(void);
void books_read(struct books *out);
/* Messages in the file: a line with " is your code" that was not refused; behind byte `from`. */
int books_messages(const char *path, int64_t from);
int64_t books_size(const char *path);

#endif
