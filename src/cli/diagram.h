/* diagram: statistics for people and as JSON.
 *
 * Owns: the two tables with their bars, and the same facts as JSON.
 * MUST: show days without a login between others, and none before the first.
 * Never: counts. */
#ifndef CLI_DIAGRAM_H
#define CLI_DIAGRAM_H

#include <stdbool.h>

#include "cli/json.h"
#include "cli/statistics.h"

/* On stdout. blocks: as in cli/bars.h. */
void diagram_print(const struct statistics *s, bool blocks) __attribute__((nonnull));

/* "days", "routes" and "all" of an object that is open. */
void diagram_json(const struct statistics *s, struct json *j) __attribute__((nonnull));

#endif
