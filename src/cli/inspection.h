/* inspection: the findings of `check`, as they are made.
 *
 * Owns: their levels, their form for people and for programs, and the exit status that they come
 *       to.
 * MUST: print each finding at once; give the worst level as the exit status.
 * Never: looks at anything itself. */
#ifndef CLI_INSPECTION_H
#define CLI_INSPECTION_H

#include <stdbool.h>

#include "base/fault.h"
#include "cli/json.h"

/* The values but NOTE are exit statuses. */
enum inspection_level {
	INSPECTION_FINE = 0,
	INSPECTION_FINDING = 1, /* logins work; somebody should look */
	INSPECTION_TROUBLE = 2, /* logins fail, or will */
	INSPECTION_NOTE = 3,    /* good to know, nothing to mend; never an exit status */
};

struct inspection {
	bool as_json;
	struct json json;
	unsigned counts[INSPECTION_NOTE + 1];
};

void inspection_begin(struct inspection *i, bool as_json) __attribute__((nonnull));

/* topic: one word, "settings". */
void inspection_add(struct inspection *i, enum inspection_level level, const char *topic,
	const char *fmt, ...) __attribute__((format(printf, 4, 5), nonnull));
void inspection_add_fault(struct inspection *i, enum inspection_level level, const char *topic,
	const struct fault *f) __attribute__((nonnull));
/* A trouble with a place in a file; line 0: the file as a whole. */
void inspection_add_line(struct inspection *i, const char *file, int line, const char *text)
	__attribute__((nonnull));

/* Where in pam.d. */
struct inspection_place {
	const char *code;    /* a word for programs */
	const char *service; /* of pam.d */
	const char *file;    /* NULL: none */
	int line;            /* 0: the file as a whole */
	unsigned also;       /* so many other services share it */
};

/* A finding of the topic "pam"; remedy: what to do, or NULL. */
void inspection_add_place(struct inspection *i, enum inspection_level level,
	const struct inspection_place *place, const char *text, const char *remedy)
	__attribute__((nonnull(1, 3, 4)));

/* Print the sum; the exit status. */
int inspection_end(struct inspection *i) __attribute__((nonnull));

#endif
