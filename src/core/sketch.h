/* sketch: budgets of many, more than there is room to name: a count-min sketch.
 *
 * Owns: two rows of cells; whoever is counted has one cell in each, found by a keyed hash.
 * MUST: charge in both rows and believe the smaller, so that who shares a cell with others is
 *       charged too much at worst, and never too little.
 * Never: knows whom it counts, does I/O. Pure. */
#ifndef CORE_SKETCH_H
#define CORE_SKETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/number.h"
#include "core/slot.h"
#include "core/tally.h"

enum {
	SKETCH_ROWS = 2,
	SKETCH_CELLS = 300, /* of a row */
};

struct sketch_cell {
	struct tally tallies[NUMBER_RATES_MAX];
};

/* All zero: nothing was counted. */
struct sketch {
	uint32_t window_s[NUMBER_RATES_MAX]; /* of all cells; 0: never used */
	struct sketch_cell rows[SKETCH_ROWS][SKETCH_CELLS];
};

/* Where somebody is counted. */
struct sketch_spot {
	bool known; /* else there is nothing to count: a login without an address */
	uint16_t at[SKETCH_ROWS];
};

struct sketch_spot sketch_find(const unsigned char mac[DIGEST_SIZE]) __attribute__((nonnull));

/* In all of these: rates end with a count of 0, and a count above TALLY_LIMIT_MAX is that; now_s
 * never runs backwards. */

/* Seconds until there is room for one more; 0: there is. */
int64_t sketch_wait_s(const struct sketch *s, const struct sketch_spot *spot,
	const struct number_rate rates[NUMBER_RATES_MAX], int64_t now_s) __attribute__((nonnull));
/* Charge one. True: a rate is now at 80 % or more. */
bool sketch_add(struct sketch *s, const struct sketch_spot *spot,
	const struct number_rate rates[NUMBER_RATES_MAX], int64_t now_s) __attribute__((nonnull));
/* Take back one that was charged at since_s or later. */
void sketch_refund(struct sketch *s, const struct sketch_spot *spot,
	const struct number_rate rates[NUMBER_RATES_MAX], int64_t now_s, int64_t since_s)
	__attribute__((nonnull));
/* How many count at a spot, by the rate of this index. */
uint32_t sketch_sum(const struct sketch *s, const struct sketch_spot *spot,
	const struct number_rate *rate, int i, int64_t now_s) __attribute__((nonnull));
/* Forget what is counted here: the smaller cell only, so that others keep theirs in the other. */
void sketch_forgive(struct sketch *s, const struct sketch_spot *spot) __attribute__((nonnull));

/* Values that are written. */
bool sketch_sane(const struct sketch *s) __attribute__((nonnull));
void sketch_put(struct slot_cursor *c, const struct sketch *s) __attribute__((nonnull));
void sketch_get(struct slot_cursor *c, struct sketch *s) __attribute__((nonnull));

#endif
