/* whereabouts: what is known of the place that a login comes from.
 *
 * Owns: the look at the user's places, for people to read.
 * MUST: judge by the rooms that a login asks.
 * Never: writes, sends. */
#ifndef CLI_WHEREABOUTS_H
#define CLI_WHEREABOUTS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/house.h"
#include "core/account.h"
#include "core/facts.h"
#include "core/record.h"
#include "core/verdict.h"

struct whereabouts {
	enum verdict_place place;
	enum record_purse purse; /* whose budgets and lock it would be */
	bool spared;             /* nobody is asked: the place is remembered */
	uint32_t remember_s;     /* of the settings, for this service */
	int64_t until_s;         /* the place is remembered so long, by the clock; 0: it is not */
};

/* The house's state is open. */
int whereabouts_take(const struct house *h, const struct account *a, const struct facts *facts,
	struct whereabouts *out, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* "known; remembered for 8 h after a right code" and the like. Returns out. */
const char *whereabouts_text(const struct whereabouts *w, char *out, size_t cap)
	__attribute__((nonnull));

#endif
