/* roster: a user's numbers as the commands speak of them and change them.
 *
 * Owns: finding a number by its position (as in the menu of a login), its last digits or as a
 *       whole; adding, replacing, removing and putting first, in an entry in memory.
 * MUST: keep each number once; refuse words that fit two numbers; keep the positions of numbers
 *       that a change is not about, but for those behind a removed one.
 * Never: does I/O. Pure. */
#ifndef CLI_ROSTER_H
#define CLI_ROSTER_H

#include <stdint.h>

#include "core/enrolment.h"

/* "2" (a position), "34" or "...34" (last digits), or the number. *place: 0 is the default. ABSENT:
 * there is none; BAD: there are two, or this cannot mean a number. */
int roster_find(const struct directory_entry *e, const char *typed, uint32_t *place,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Behind all others. BAD: it is there, or there is no room. */
int roster_add(struct directory_entry *e, const struct enrolment_number *n, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* In the place of another. */
void roster_put(struct directory_entry *e, uint32_t place, const struct enrolment_number *n)
	__attribute__((nonnull));

/* Those behind it move up: behind a removed default stands a new one. BAD: it is the only one. */
int roster_remove(struct directory_entry *e, uint32_t place, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* It and the default change places. */
void roster_put_first(struct directory_entry *e, uint32_t place) __attribute__((nonnull));

#endif
