/* preview: what an import would change, or has changed, for people and for programs.
 *
 * Owns: the lines and the JSON about a revision and about what is wrong with a file.
 * MUST: show of a number its last two digits (G2), whatever is printed: who runs an import from
 *       afar keeps its output.
 * Never: reads or changes anything. */
#ifndef CLI_PREVIEW_H
#define CLI_PREVIEW_H

#include "cli/intake.h"
#include "cli/unfinished.h"

/* A line for each user who is not unchanged, and for each that another import has left. */
void preview_print(const struct revision *r, const struct unfinished *left)
	__attribute__((nonnull));

/* "1 new, 2 changed, 0 gone, 37 unchanged" */
enum { PREVIEW_SUM_MAX = 120 };
const char *preview_sum(const struct revision *r, char out[PREVIEW_SUM_MAX])
	__attribute__((nonnull));

struct preview_report {
	const struct intake *intake;
	const struct revision *revision; /* NULL: the file is bad */
	bool changed, done;
};
void preview_json(const struct preview_report *p) __attribute__((nonnull));

#endif
