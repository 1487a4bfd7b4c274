/* budgets: what is left of what everybody's messages share.
 *
 * Owns: the reading of the site's meters against the settings' rates, "auto" included.
 * MUST: hold the site's lock only while its record is read.
 * Never: changes anything. */
#ifndef CLI_BUDGETS_H
#define CLI_BUDGETS_H

#include <stddef.h>
#include <stdint.h>

#include "core/settings.h"
#include "core/state.h"

struct budgets_line {
	const char *prefix; /* "": all; lives as long as the settings */
	uint32_t window_s, limit, used;
};

struct budgets {
	size_t n;
	struct budgets_line lines[NUMBER_RATES_MAX * (1 + SITE_PREFIXES)];
};

int budgets_read(const struct settings *s, const struct state *state, struct budgets *out,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Nothing below zero. */
uint32_t budgets_left(const struct budgets_line *line) __attribute__((nonnull));

#endif
