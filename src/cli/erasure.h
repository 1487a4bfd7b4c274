/* erasure: what lies about users beside their entry and record (G5).
 *
 * Owns: which messages, which files of killed writers and which damaged ones go with a user.
 * MUST: find messages by each of the user's numbers and by the name.
 * Never: asks, prints; touches entry and record: see membership. */
#ifndef CLI_ERASURE_H
#define CLI_ERASURE_H

#include <stddef.h>

#include "core/enrolment.h"

/* A killed enroll may have left a number in a file that it never finished. */
int erasure_sweep(struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Damaged files of theirs that were put aside. */
int erasure_damaged(uint32_t uid, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* In the outbox. entry: of the user, NULL where none is known. *n: how many. */
int erasure_messages(const struct directory_entry *entry, const char *name, size_t *n,
	struct fault *f) __attribute__((warn_unused_result, nonnull(2, 3, 4)));

#endif
