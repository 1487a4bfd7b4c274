/* residue: what nobody needs any more.
 *
 * Owns: which files of ours those are: records that no enrolment stands for, what killed writers
 *       and a killed daemon left, damaged files that were put aside long ago.
 * MUST: keep whatever denies somebody a login: a block, a lost enrolment's record, state/former;
 *       keep what has changed lately: somebody may be at work on it; keep a record where it could
 *       not be found out whose it is (C6); name what it keeps with what to type.
 * Never: removes an enrolment. */
#ifndef CLI_RESIDUE_H
#define CLI_RESIDUE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/house.h"

struct residue {
	const struct house *h;
	bool dry;        /* only print */
	int64_t now_s;   /* wall */
	int64_t older_s; /* the age of what goes */
	unsigned gone;   /* removed, or to be removed */
	unsigned failed;
};

/* Each prints a line for what it removes or names. */
void residue_records(struct residue *r) __attribute__((nonnull));
void residue_leavings(struct residue *r) __attribute__((nonnull));
void residue_damaged(struct residue *r) __attribute__((nonnull));
void residue_socket(struct residue *r) __attribute__((nonnull));

#endif
