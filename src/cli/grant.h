/* grant: what the options say of something that is granted for a while.
 *
 * Owns: the reading of --for and --reason; the words for when something ends.
 * MUST: take a length within bounds only, a reason of one printable line only; say what to write.
 * Never: changes a record. */
#ifndef CLI_GRANT_H
#define CLI_GRANT_H

#include <stdint.h>

#include "cli/invocation.h"
#include "cli/moment.h"
#include "core/state.h"

enum { GRANT_LEAST_S = 60, GRANT_REASON_MAX = 120 };

/* *out as it was where --for is not given. */
int grant_length(const struct invocation *a, int64_t most_s, int64_t *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* NULL: none was given. */
int grant_reason(const struct invocation *a, const char **out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* When it ends, by the clock; 0: it has ended, or there is none. */
int64_t grant_until(const struct span *s, const struct state_change *ch) __attribute__((nonnull));

#endif
